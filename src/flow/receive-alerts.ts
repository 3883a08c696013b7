import type { Actor } from '../core/actor.ts';
import { type Alert, type AlertEpisode, alertNews } from '../core/alert.ts';
import type { Cause } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import { alertKey, type Incident } from '../core/incident.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Delivery, Inbox } from '../core/ports/inbox.ts';
import { type Acting, act } from './act.ts';
import { type Opening, type OpeningRules, openIncident, placeOf } from './open-incident.ts';

/** What one delivery says, in firstmate's terms. `hidden` counts the alerts of the group that it left out. */
export type Told = {
  readonly alerts: readonly Alert[];
  readonly groupKey: string;
  readonly hidden: number;
};

export type Receiving = Acting & {
  readonly inbox: Inbox;
  readonly log: Log;
  readonly rules: () => OpeningRules;
  /** Parses a stored body; it was checked before it was stored. @throws Error with a sentence for one that is not */
  readonly read: (delivery: Delivery) => Told;
};

const BATCH = 50;

/** Handles what the inbox holds, oldest first, until it is empty. Handling a delivery twice changes nothing. */
export async function receiveAlerts(receiving: Receiving, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const deliveries = await receiving.inbox.pending(BATCH);
    if (deliveries.length === 0) return;
    const done: { id: string; fault: string | null }[] = [];
    for (const delivery of deliveries) {
      if (stop.aborted) break;
      done.push({ id: delivery.id, fault: await receiveDelivery(receiving, delivery) });
      // Between two deliveries people's clicks and new webhooks get their turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await receiving.inbox.done(done, receiving.clock.now());
  }
}

async function receiveDelivery(receiving: Receiving, delivery: Delivery): Promise<string | null> {
  let told: Told;
  try {
    told = receiving.read(delivery);
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    receiving.log.warn({ delivery: delivery.id, source: delivery.source, says }, 'delivery.unreadable');
    return says;
  }
  const cause: Cause = { delivery: delivery.id };
  const touched = new Set<IncidentId>();
  for (const alert of told.alerts) {
    const incident = await tellAlert(receiving, alert, cause);
    if (incident !== null) touched.add(incident);
  }
  await tellTruncated(receiving, delivery.source, told, touched, cause);
  return null;
}

async function tellAlert(receiving: Receiving, alert: Alert, cause: Cause): Promise<IncidentId | null> {
  const actor: Actor = { kind: 'source', name: alert.source };
  const known = await lastKnown(receiving, alert);
  const news = alertNews(known?.episode ?? null, alert);
  if (known !== null && (news.kind === 'nothing' || known.incident.status !== 'resolved')) {
    if (news.kind === 'nothing') return known.incident.id;
    const { severity } = placeOf(alert, receiving.rules());
    await act(receiving, known.incident.id, { do: 'tell_alert', alert, severity }, { actor, cause });
    return known.incident.id;
  }
  if (news.kind !== 'fired') return null;

  const opening: Opening = placeOf(alert, receiving.rules());
  if (opening.opens === 'none') return null;
  return openIncident(receiving, opening, alert, { actor, cause });
}

/** The newest incident that has this alert, and the alert's episode in it. */
async function lastKnown(
  receiving: Receiving,
  alert: Alert,
): Promise<{ incident: Incident; episode: AlertEpisode } | null> {
  const [id] = await receiving.ledger.incidentsOfAlert(alert.source, alert.fingerprint);
  const incident = id === undefined ? null : await receiving.ledger.load(id);
  const episode = incident?.alerts[alertKey(alert)];
  return incident === null || episode === undefined ? null : { incident, episode };
}

/** A cut delivery keeps the incidents of its group open; a whole one of the same group lets go of all of them. */
async function tellTruncated(
  receiving: Receiving,
  source: string,
  told: Told,
  touched: ReadonlySet<IncidentId>,
  cause: Cause,
): Promise<void> {
  const concerned = new Set(touched);
  if (told.hidden === 0) {
    for (const id of await receiving.ledger.unfinished()) {
      const incident = await receiving.ledger.load(id);
      if ((incident?.hidden[`${source} ${told.groupKey}`] ?? 0) > 0) concerned.add(id);
    }
  }
  for (const id of concerned) {
    const command = { do: 'tell_truncated', source, groupKey: told.groupKey, hidden: told.hidden } as const;
    await act(receiving, id, command, { actor: { kind: 'source', name: source }, cause });
  }
}
