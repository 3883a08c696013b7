import { decide } from '../core/decide.ts';
import { type About, type Command, isRefusal, type Refusal } from '../core/decision.ts';
import type { TimelineEvent } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Ledger } from '../core/ports/ledger.ts';
import type { Mailbox } from './mailbox.ts';

export type Acting = {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly mailbox: Mailbox;
};

export type Acted =
  | { readonly status: 'done'; readonly incident: Incident; readonly events: readonly TimelineEvent[] }
  | { readonly status: 'refused'; readonly refusal: Refusal; readonly incident: Incident }
  | { readonly status: 'no_such_incident' };

/**
 * Decides one command on the incident as it is now and appends the events. Another process that was first makes
 * a conflict: load again, decide again.
 * @throws StoreUnavailable
 */
export async function act(
  acting: Acting,
  id: IncidentId,
  command: Command,
  about: Omit<About, 'now'>,
): Promise<Acted> {
  const urgency = about.actor.kind === 'human' ? 'person' : 'ordinary';
  return acting.mailbox.run(id, urgency, async () => {
    for (;;) {
      const incident = await acting.ledger.load(id);
      if (incident === null) return { status: 'no_such_incident' };
      const now = acting.clock.now();
      const decided = decide(incident, command, { ...about, now });
      if (isRefusal(decided)) return { status: 'refused', refusal: decided, incident };
      const appended = await acting.ledger.append(id, incident.seq, decided, now);
      if (appended.status === 'conflict') {
        if (appended.reason === 'seq') continue;
        const says = 'Another incident of the same problem is open already.';
        return { status: 'refused', refusal: { refused: 'open_elsewhere', says }, incident };
      }
      return { status: 'done', incident: appended.incident ?? incident, events: appended.events };
    }
  });
}
