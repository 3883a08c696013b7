import { SEVERITIES } from '../core/severity.ts';
import type { Answer, SlackActions } from './actions.ts';
import { type Asked, inChannel } from './asked.ts';

/** `severity SEV2 only the canary`: how bad people think it is; alerts raise it again only by what is worse. */
export function setSeverity(actions: SlackActions, asked: Asked, rest: string): Promise<Answer> {
  return inChannel(actions, asked, async ({ id: incident, severity }) => {
    const [, word = '', why = ''] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
    const to = SEVERITIES.find((one) => one === word.toUpperCase());
    if (to === undefined)
      return { says: `It is ${severity}. Say one of ${SEVERITIES.join(', ')}, and why if you like.` };
    return actions.setSeverity({ incident, to, why: why === '' ? null : why, by: asked.by });
  });
}
