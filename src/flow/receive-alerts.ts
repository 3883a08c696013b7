import type { Actor } from '../core/actor.ts';
import {
  type Alert,
  type AlertMemory,
  asOf,
  type EarlyRemark,
  remember,
  rememberGroup,
} from '../core/alert.ts';
import type { Cause } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import { placeAlert } from '../core/place-alert.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Delivery, Inbox } from '../core/ports/inbox.ts';
import { RANKS } from '../core/problem.ts';
import { redactText } from '../core/redact.ts';
import { worse } from '../core/severity.ts';
import { subjectOf } from '../core/subject.ts';
import { act } from './act.ts';
import type { Counting } from './count-alerts.ts';
import { createMemories, type Lately, type Memories } from './memories.ts';
import { follow, type Routing, routeAlert, wasMoved } from './route-alert.ts';

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

export type Receiving = Routing & {
  readonly inbox: Inbox;
  readonly lately: Lately;
  readonly counting: Counting;
  readonly log: Log;
  /** Parses a stored body; it was checked before it was stored. @throws Error with a sentence for one that is not */
  readonly read: (delivery: Delivery) => Told;
};

/** Small enough that what one look keeps in mind stays small, and large enough that a storm commits seldom. */
const BATCH = 50;

/** Handles what the inbox holds, oldest first, until it is empty. Handling a delivery twice changes nothing. */
export async function receiveAlerts(receiving: Receiving, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const deliveries = await receiving.inbox.pending(BATCH);
    if (deliveries.length === 0) return;
    const memories = createMemories(receiving.alerts, receiving.lately);
    const done: { id: string; fault: string | null }[] = [];
    for (const delivery of deliveries) {
      if (stop.aborted) break;
      done.push({ id: delivery.id, fault: await receiveDelivery(receiving, memories, delivery, stop) });
      // Between two deliveries people's clicks and new webhooks get their turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await receiving.inbox.done(done, memories.changed(), receiving.clock.now());
    memories.kept();
    for (const id of memories.touched()) receiving.counting.changed(id);
    await receiving.counting.count();
  }
}

async function receiveDelivery(
  receiving: Receiving,
  memories: Memories,
  delivery: Delivery,
  stop: AbortSignal,
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
  for (const alert of causesFirst(told.alerts)) {
    const incident = await tellAlert(receiving, memories, alert, told, delivery, stop);
    if (incident !== null) touched.add(incident);
  }
  for (const remark of told.remarks ?? [])
    await takeRemark(receiving, memories, delivery.source, remark, cause);
  await tellTruncated(receiving, memories, delivery.source, told, touched, cause);
  return null;
}

/** What others hang on opens its incident before they look for one. */
function causesFirst(alerts: readonly Alert[]): readonly Alert[] {
  return alerts
    .map((alert) => ({ alert, rank: RANKS.indexOf(subjectOf(alert.labels).rank) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ alert }) => alert);
}

/** Which incident knows the alert now; null when it is none's. */
async function tellAlert(
  receiving: Receiving,
  memories: Memories,
  told: Alert,
  { toldAt, groupKey }: Told,
  delivery: Delivery,
  stop: AbortSignal,
): Promise<IncidentId | null> {
  const about: { actor: Actor; cause: Cause } = {
    actor: { kind: 'source', name: told.source },
    cause: { delivery: delivery.id },
  };
  // A source that says when it was so is believed over the start of the alert, which may be an earlier episode's.
  const alert = toldAt === undefined || told.status === 'resolved' ? told : { ...told, startsAt: toldAt };
  const known = await memories.alert(alert.source, alert.fingerprint);
  const { memory, news } = remember(known, alert, delivery.receivedAt);
  const repeats = news.kind === 'nothing' && news.reason === 'repeat';
  // Labels make an Alertmanager's fingerprint; only who names alerts otherwise can change them while they fire.
  const mayBeWorse = repeats && toldAt !== undefined;
  if (news.kind === 'nothing' && !mayBeWorse) {
    memories.keepAlert(memory, known);
    return memory.incident;
  }
  if (news.kind === 'resolved') {
    memories.keepAlert(memory, known);
    return tellEnd(receiving, memory, alert, about);
  }

  const place = placeAlert(alert, groupKey, receiving.rules(), receiving.clock.now());
  const severity = mayBeWorse ? worse(known?.severity ?? 'SEV4', place.severity) : place.severity;
  const placed = { ...memory, severity, problem: place.key, link: place.link };
  const knownOpen = known?.incident == null ? null : await follow(receiving, known.incident, place.key);
  if (place.opens === 'none' && (knownOpen === null || knownOpen.status === 'resolved')) {
    memories.keepAlert({ ...placed, incident: null }, known);
    return null;
  }
  if (mayBeWorse && severity === known?.severity) {
    memories.keepAlert(memory, known);
    return memory.incident;
  }
  const incident = await routeAlert(receiving, memories, alert, place, known?.incident ?? null, about, stop);
  memories.keepAlert({ ...placed, incident }, known);
  if (known === null)
    for (const remark of await memories.earlyRemarks(alert.source, alert.fingerprint))
      await noteRemark(receiving, { incident, problem: place.key }, remark, about.cause);
  return incident;
}

/** Where the alert was told it is over now; null where it was never told. */
async function tellEnd(
  receiving: Receiving,
  memory: AlertMemory,
  alert: Alert,
  about: { readonly actor: Actor; readonly cause: Cause },
): Promise<IncidentId | null> {
  const problem = memory.problem ?? '';
  const severity = memory.severity ?? 'SEV4';
  const command = { do: 'tell_alert', alert, problem, severity, opens: 'line' } as const;
  for (;;) {
    const incident = memory.incident === null ? null : await follow(receiving, memory.incident, problem);
    if (incident === null) return null;
    if (!wasMoved(await act(receiving, incident.id, command, about))) return incident.id;
  }
}

/** What people said where the alert came from belongs on the timeline of its incident, at its own time and once. */
async function takeRemark(
  receiving: Receiving,
  memories: Memories,
  source: string,
  { id, fingerprint, at, by, text }: Remark,
  cause: Cause,
): Promise<void> {
  const remark: EarlyRemark = { source, fingerprint, id, at, by, text: redactText(text) };
  const known = await memories.alert(source, fingerprint);
  if (known === null) memories.keepRemark(remark);
  else await noteRemark(receiving, known, remark, cause);
}

async function noteRemark(
  receiving: Receiving,
  { incident: id, problem }: Pick<AlertMemory, 'incident' | 'problem'>,
  { source, ...said }: EarlyRemark,
  cause: Cause,
): Promise<void> {
  const incident = id === null ? null : await follow(receiving, id, problem ?? '');
  if (incident === null) return;
  const note = { do: 'note', text: said.text, by: said.by ?? source, at: said.at, ref: said.id } as const;
  await act(receiving, incident.id, note, { actor: { kind: 'source', name: source }, cause });
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
  memories.keepGroup(group, known);
  const concerned = new Set(group.hidden > 0 || (known?.hidden ?? 0) > 0 ? touched : []);
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
