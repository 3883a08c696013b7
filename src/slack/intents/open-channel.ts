import type { Incident } from '../../core/incident.ts';
import type { SendEnd } from '../../core/ports/messenger.ts';
import { channelName } from '../channel-name.ts';
import { findChannel, type KnownChannel } from '../channels.ts';
import { asUnknown } from '../deliver.ts';
import { attempt, isFailure } from '../failure.ts';
import type { Self, Tools } from '../tools.ts';

const MOST_NAMES = 20;
/** How far Slack's clock may be behind ours. */
const SKEW_MS = 5 * 60_000;

/**
 * Makes the incident's channel. The purpose names the incident right after the creation, so that a channel of
 * which we do not know that we made it can be told from somebody else's.
 */
export async function openChannel(tools: Tools, incident: Incident): Promise<SendEnd> {
  const self = await attempt(tools.identify);
  if (isFailure(self)) return self.end;
  for (let number = 1; number <= MOST_NAMES; number += 1) {
    const name = channelName(incident, number);
    const made = await attempt(() => tools.client.conversations.create({ name }));
    if (!isFailure(made))
      return mark(tools, self, incident, { id: made.channel?.id ?? '', name: made.channel?.name ?? name });
    if (made.code !== 'name_taken') return made.end;
    const other = await findChannel(tools, (channel) => channel.name === name);
    if (isFailure(other)) return other.end;
    if (other !== null && isOurs(other, self, incident)) return mark(tools, self, incident, other);
  }
  return { status: 'refused', says: `${MOST_NAMES} names for the channel of ${incident.id} are taken` };
}

/** The channel of an attempt whose end is not known. */
export async function findOpened(tools: Tools, incident: Incident): Promise<SendEnd | null> {
  const self = await attempt(tools.identify);
  if (isFailure(self)) return asUnknown(self);
  const found = await findChannel(tools, (channel) => isOurs(channel, self, incident));
  if (isFailure(found)) return asUnknown(found);
  return found === null ? null : mark(tools, self, incident, found);
}

/** We made it, for this incident: its purpose says so, or it has our name for it and is younger than the incident. */
export function isOurs(channel: KnownChannel, self: Self, incident: Incident): boolean {
  if (channel.creator !== self.userId || channel.archived) return false;
  const id = incident.id.toLowerCase();
  if (channel.name !== id && !channel.name.startsWith(`${id}-`)) return false;
  if (channel.purpose !== '')
    return channel.purpose.includes(incident.id) && channel.purpose.includes(incident.openedAt);
  return channel.created * 1000 >= Date.parse(incident.openedAt) - SKEW_MS;
}

async function mark(
  tools: Tools,
  self: Self,
  incident: Incident,
  channel: { readonly id: string; readonly name: string },
): Promise<SendEnd> {
  const purpose = `${incident.id}, opened ${incident.openedAt} by firstmate`;
  const marked = await attempt(() => tools.client.conversations.setPurpose({ channel: channel.id, purpose }));
  // The same again finds the channel by its name and age; a refusal leaves it unmarked, which still serves.
  if (isFailure(marked) && marked.end.status !== 'refused') return marked.end;
  return {
    status: 'sent',
    result: { channel: channel.id, ts: null, sentAt: tools.now().toISOString() },
    channel: { enterprise: self.enterprise, team: self.team, channel: channel.id, name: channel.name },
  };
}
