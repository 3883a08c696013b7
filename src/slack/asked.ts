import type { SlackChannel, SlackUser } from '../core/actor.ts';
import type { Incident } from '../core/incident.ts';
import type { Answer, Opened, SlackActions } from './actions.ts';
import { channelName } from './channel-name.ts';

/** What a person typed after the command's name, and where. */
export type Asked = {
  readonly command: string;
  readonly text: string;
  readonly by: SlackUser;
  readonly channel: SlackChannel;
  /** Asked before anything is lifted that holds writes back: whether it was said just now. `title` heads a modal. */
  readonly isNew: (title: string) => Promise<boolean>;
};

/** Acts on the channel's incident; elsewhere says where to say it. */
export async function inChannel(
  actions: Pick<SlackActions, 'incidentIn'>,
  asked: Asked,
  act: (incident: Incident) => Promise<Answer>,
): Promise<Answer> {
  const incident = await actions.incidentIn(asked.channel);
  return incident === null ? elsewhere(asked, 'list') : act(incident);
}

export function elsewhere({ command }: Asked, hint: string): Answer {
  return {
    says: `This channel belongs to no incident. Say it in an incident’s channel; ${command} ${hint} finds one.`,
  };
}

/** Names the channel before Slack made it; one whose name somebody else has gets a number behind it. */
export function whereItOpened({ opened }: Opened, did: string): string {
  return `${did} ${opened.id} (${opened.severity}, ${opened.cluster}). Its channel opens: #${channelName(opened)}.`;
}
