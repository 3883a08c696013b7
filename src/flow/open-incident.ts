import type { Actor } from '../core/actor.ts';
import type { Alert, AlertEpisode } from '../core/alert.ts';
import { type Cause, type EventPayloads, newEvent } from '../core/events.ts';
import { type IncidentId, incidentId } from '../core/ids.ts';
import type { Acting } from './act.ts';

export type Opening = Omit<EventPayloads['incident.opened'], 'incident'>;

/**
 * Opens an incident under the next free number, with its first alert unless a person declares it without one. Null
 * when another one of the same problem is open: the store's unique key decides between two that try at once.
 */
export async function openIncident(
  acting: Acting,
  opening: Opening,
  first: { readonly alert: Alert; readonly problem: string } | null,
  about: { readonly actor: Actor; readonly cause: Cause },
): Promise<IncidentId | null> {
  for (;;) {
    const now = acting.clock.now();
    const year = new Date(now).getUTCFullYear();
    const id = incidentId(year, await acting.ledger.nextNumber(year));
    const when = { occurredAt: now, actor: about.actor, cause: about.cause };
    const events = [newEvent('incident.opened', { incident: id, ...opening }, when)];
    if (first !== null) {
      const problem = first.problem === opening.correlationKey ? null : first.problem;
      events.push(newEvent('alert.fired', { alert: episodeOf(first.alert), reason: 'first', problem }, when));
    }
    const appended = await acting.mailbox.run(id, 'ordinary', () => acting.ledger.append(id, 0, events, now));
    if (appended.status === 'appended') return id;
    // A number that another one took meanwhile is tried again with the next.
    if (appended.reason === 'open_elsewhere') return null;
  }
}

function episodeOf(alert: Alert): AlertEpisode {
  const { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl } = alert;
  return { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl };
}
