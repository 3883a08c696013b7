import type { Actor } from '../core/actor.ts';
import type { Alert } from '../core/alert.ts';
import { type Cause, newEvent, type Timing } from '../core/events.ts';
import { type IncidentId, incidentId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import { type Place, placeAlert } from '../core/place-alert.ts';
import type { Matcher } from '../core/runbook.ts';
import type { Service } from '../core/service.ts';
import { type Acting, act } from './act.ts';

export type OpeningRules = {
  readonly openWhen: readonly (readonly Matcher[])[];
  readonly services: readonly Service[];
  readonly defaultResponder: string | null;
  readonly timing: Timing;
};
export type Opening = Place & { readonly timing: Timing };

export function placeOf(alert: Alert, rules: OpeningRules): Opening {
  return { ...placeAlert(alert, rules), timing: rules.timing };
}

/** The same problem soon after its end is the same incident, in the same channel. */
function mayReopen({ resolvedAt, timing }: Incident, now: string): boolean {
  return resolvedAt !== null && Date.parse(now) - Date.parse(resolvedAt) <= timing.reopenMs;
}

/**
 * Opens an incident for an alert, or tells it to the open one of the same problem. The store's unique key decides
 * between two that try at once.
 */
export async function openIncident(
  acting: Acting,
  opening: Opening,
  alert: Alert,
  about: { actor: Actor; cause: Cause },
): Promise<IncidentId> {
  if (opening.opens === 'none') throw new Error('an alert that opens nothing has no incident');
  for (;;) {
    const now = acting.clock.now();
    const last = await acting.ledger.lastByCorrelationKey(opening.correlationKey);
    const known = last === null ? null : await acting.ledger.load(last);
    if (known !== null && (known.status !== 'resolved' || mayReopen(known, now))) {
      if (known.status === 'resolved') {
        const because = `${alert.labels.alertname ?? 'An alert'} fires again.`;
        await act(acting, known.id, { do: 'reopen', because }, about);
      }
      await act(acting, known.id, { do: 'tell_alert', alert, severity: opening.severity }, about);
      return known.id;
    }
    const year = new Date(now).getUTCFullYear();
    const id = incidentId(year, await acting.ledger.nextNumber(year));
    const { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl } = alert;
    const when = { occurredAt: now, actor: about.actor, cause: about.cause };
    const appended = await acting.mailbox.run(id, 'ordinary', () =>
      acting.ledger.append(
        id,
        0,
        [
          newEvent(
            'incident.opened',
            {
              incident: id,
              title: opening.title,
              cluster: opening.cluster,
              source: alert.source,
              correlationKey: opening.correlationKey,
              service: opening.service,
              owner: opening.owner,
              serviceChannel: opening.serviceChannel,
              namespace: opening.namespace,
              workload: opening.workload,
              severity: opening.severity,
              visibility: opening.opens === 'channel' ? 'channel' : 'line',
              because: opening.because,
              timing: opening.timing,
            },
            when,
          ),
          newEvent(
            'alert.fired',
            {
              alert: { source, fingerprint, status, startsAt, endsAt, labels, annotations, generatorUrl },
              reason: 'first',
            },
            when,
          ),
        ],
        now,
      ),
    );
    if (appended.status === 'conflict') continue;
    return id;
  }
}
