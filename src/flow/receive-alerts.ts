import type { Actor } from '../core/actor.ts';
import { type Alert, asOf, remember, rememberGroup } from '../core/alert.ts';
import type { Cause } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Delivery, Inbox } from '../core/ports/inbox.ts';
import { redactText } from '../core/redact.ts';
import { type Acting, act } from './act.ts';
import { createMemories, type Lately, type Memories } from './memories.ts';
import { type Opening, type OpeningRules, openIncident, placeOf } from './open-incident.ts';

/** What one delivery says, in firstmate's terms. `hidden` counts the alerts of the group that it left out. */
export type Told = {
  readonly alerts: readonly Alert[];
  readonly groupKey: string;
  readonly hidden: number;
  /** When it was so, for sources that say it and deliver in any order; ISO 8601 in UTC. */
  readonly toldAt?: string;
  readonly remarks?: readonly Remark[];
};

/** What people did to an alert where it came from. `id` is the same however often it is told. */
export type Remark = {
  readonly id: string;
  readonly fingerprint: string;
  readonly at: string;
  /** The person's name there; null where no person did it. */
  readonly by: string | null;
  /** One line, as the sender wrote it. */
  readonly text: string;
  readonly kind:
    | 'note'
    | 'acknowledged'
    | 'unacknowledged'
    | 'assigned'
    | 'escalated'
    | 'priority'
    | 'responder'
    | 'resolved'
    | 'merged'
    | 'reopened';
};

export type Receiving = Acting & {
  readonly inbox: Inbox;
  readonly lately: Lately;
  readonly log: Log;
  readonly rules: () => OpeningRules;
  /** Parses a stored body; it was checked before it was stored. @throws Error with a sentence for one that is not */
  readonly read: (delivery: Delivery) => Told;
};

const BATCH = 200;

/** Handles what the inbox holds, oldest first, until it is empty. Handling a delivery twice changes nothing. */
export async function receiveAlerts(receiving: Receiving, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const deliveries = await receiving.inbox.pending(BATCH);
    if (deliveries.length === 0) return;
    const memories = createMemories(receiving.inbox, receiving.lately);
    const done: { id: string; fault: string | null }[] = [];
    for (const delivery of deliveries) {
      if (stop.aborted) break;
      done.push({ id: delivery.id, fault: await receiveDelivery(receiving, memories, delivery) });
      // Between two deliveries people's clicks and new webhooks get their turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await receiving.inbox.done(done, memories.changed(), receiving.clock.now());
    memories.kept();
  }
}

async function receiveDelivery(
  receiving: Receiving,
  memories: Memories,
  delivery: Delivery,
): Promise<string | null> {
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
    const incident = await tellAlert(receiving, memories, alert, told, delivery);
    if (incident !== undefined) touched.add(incident);
  }
  for (const remark of told.remarks ?? []) await noteRemark(receiving, delivery.source, remark, cause);
  await tellTruncated(receiving, memories, delivery.source, told, touched, cause);
  return null;
}

async function tellAlert(
  receiving: Receiving,
  memories: Memories,
  told: Alert,
  { toldAt, hidden }: Told,
  delivery: Delivery,
): Promise<IncidentId | undefined> {
  const about: { actor: Actor; cause: Cause } = {
    actor: { kind: 'source', name: told.source },
    cause: { delivery: delivery.id },
  };
  // A source that says when it was so is believed over the start of the alert, which may be an earlier episode's.
  const alert = toldAt === undefined || told.status === 'resolved' ? told : { ...told, startsAt: toldAt };
  const known = await memories.alert(alert.source, alert.fingerprint);
  const { memory, news } = remember(known, alert, delivery.receivedAt);
  memories.keepAlert(memory);
  // Most of what comes is a repeat of what is known; only a cut delivery concerns its incident all the same.
  if (news.kind === 'nothing' && hidden === 0) return undefined;
  const [last] = await receiving.ledger.incidentsOfAlert(alert.source, alert.fingerprint);
  if (news.kind === 'nothing') return last;

  const place: Opening = placeOf(alert, receiving.rules());
  const incident = last === undefined ? null : await receiving.ledger.load(last);
  if (last !== undefined && incident !== null && incident.status !== 'resolved') {
    await act(receiving, last, { do: 'tell_alert', alert, severity: place.severity }, about);
    return last;
  }
  if (news.kind === 'resolved' || place.opens === 'none') return undefined;
  return openIncident(receiving, place, alert, about);
}

/** What people said where the alert came from belongs on the timeline of its incident, at its own time and once. */
async function noteRemark(receiving: Receiving, source: string, remark: Remark, cause: Cause): Promise<void> {
  const [incident] = await receiving.ledger.incidentsOfAlert(source, remark.fingerprint);
  if (incident === undefined) return;
  const by = remark.by ?? source;
  const note = { do: 'note', text: redactText(remark.text), by, at: remark.at, ref: remark.id } as const;
  await act(receiving, incident, note, { actor: { kind: 'source', name: source }, cause });
}

/** A cut delivery keeps the incidents of its group open; a whole one of the same group lets go of all of them. */
async function tellTruncated(
  receiving: Receiving,
  memories: Memories,
  source: string,
  told: Told,
  touched: ReadonlySet<IncidentId>,
  cause: Cause,
): Promise<void> {
  const { groupKey } = told;
  const known = await memories.group(source, groupKey);
  const group = rememberGroup(known, { source, groupKey, hidden: told.hidden, asOf: asOf(told.alerts) });
  memories.keepGroup(group);
  const concerned = new Set(touched);
  if (group.hidden === 0 && (known?.hidden ?? 0) > 0) {
    for (const id of await receiving.ledger.unfinished()) {
      const incident = await receiving.ledger.load(id);
      if ((incident?.hidden[`${source} ${groupKey}`] ?? 0) > 0) concerned.add(id);
    }
  }
  for (const id of concerned) {
    const command = { do: 'tell_truncated', source, groupKey, hidden: group.hidden } as const;
    await act(receiving, id, command, { actor: { kind: 'source', name: source }, cause });
  }
}
