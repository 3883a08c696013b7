import type { EventType, TimelineEvent } from './events.ts';
import type { OutboxMessage } from './outbox.ts';
import { sentence } from './timeline-text.ts';

const TOLD: ReadonlySet<EventType> = new Set<EventType>([
  'writes.paused',
  'writes.resumed',
  'source.silent',
  'source.heard',
]);

/** The lane of what is told to everyone and belongs to no incident. */
export const NOTICES = 'notices';

/** What people are told because of one event of the system stream: a pause or its end concerns everyone, so does a sender of
 * alerts that fell silent. */
export function announceSystem(event: TimelineEvent): readonly OutboxMessage[] {
  if (!TOLD.has(event.type)) return [];
  const said = sentence(event);
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return [{ key: `notice:${event.id}`, lane: NOTICES, incident: null, intent: { kind: 'notice', text } }];
}
