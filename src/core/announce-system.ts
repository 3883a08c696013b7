import type { TimelineEvent } from './events.ts';
import type { OutboxMessage } from './outbox.ts';
import { sentence } from './timeline-text.ts';

/** The lane of what is told to everyone and belongs to no incident. */
export const NOTICES = 'notices';

/** What people are told because of one event of the system stream: a pause or its end concerns everyone. */
export function announceSystem(event: TimelineEvent): readonly OutboxMessage[] {
  if (event.type !== 'writes.paused' && event.type !== 'writes.resumed') return [];
  const said = sentence(event);
  const text = said.charAt(0).toUpperCase() + said.slice(1);
  return [{ key: `notice:${event.id}`, lane: NOTICES, incident: null, intent: { kind: 'notice', text } }];
}
