import type { Incident } from '../../core/incident.ts';
import type { SendEnd } from '../../core/ports/messenger.ts';
import { attempt, isFailure } from '../failure.ts';
import type { Tools } from '../tools.ts';
import { topic } from '../views/header.ts';

/** Doing it twice changes nothing, so an unknown end needs no search. */
export async function setTopic(tools: Tools, incident: Incident, channel: string): Promise<SendEnd> {
  const set = await attempt(() => tools.client.conversations.setTopic({ channel, topic: topic(incident) }));
  if (isFailure(set)) return set.end;
  return { status: 'sent', result: { channel, ts: null, sentAt: tools.now().toISOString() } };
}
