import { parseIncidentId } from '../core/ids.ts';
import type { Answer, SlackActions } from './actions.ts';
import { type Asked, inChannel } from './asked.ts';

/** `merge INC-…`: this channel's incident becomes part of that one. */
export function merge(actions: SlackActions, asked: Asked, rest: string): Promise<Answer> {
  return inChannel(actions, asked, async ({ id: incident }) => {
    const into = parseIncidentId(rest.toUpperCase());
    if (into === undefined) {
      return {
        says: `Say into which one: ${asked.command} merge INC-… makes ${incident} a part of it. ${asked.command} list has them.`,
      };
    }
    return actions.merge({ incident, into, by: asked.by });
  });
}
