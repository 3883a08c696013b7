import { approvedPlan } from '../core/approval.ts';
import type { Command } from '../core/decision.ts';
import { planOf } from '../core/incident.ts';
import { canonicalJson, sha256 } from '../core/json.ts';
import type { Plan } from '../core/plan.ts';
import type { PlanState, WriteState } from '../core/plan-state.ts';
import type { Arrival, ClusterWriter, WriteEnd } from '../core/ports/cluster.ts';
import type { Acted, Acting } from './act.ts';
import { alteredOnDisk } from './recheck.ts';

export type Sending = Acting & { readonly writeTimeoutMs: number };

export type Decide = (command: Command) => Promise<Acted>;

const ATTEMPTS = 3;

/** Sends the requests of a claimed plan one after the other, and settles those that a crash left without an end. */
export async function sendPlan(
  sending: Sending,
  writer: ClusterWriter,
  claimed: PlanState,
  decided: Decide,
  stop: AbortSignal,
): Promise<void> {
  const { plan } = claimed;
  let writes: readonly WriteState[] = claimed.writes;
  for (let index = 0; index < plan.requests.length; index += 1) {
    const before = writes.find((write) => write.index === index);
    if (before?.outcome === 'applied') continue;
    const settled =
      before === undefined || stillWaits(before, deadlineOf(claimed, index), sending.clock.now())
        ? await send(sending, writer, claimed, index, decided, stop)
        : await pickUp(sending, writer, plan, before, stop);
    if (settled === 'stopped') return;
    if (settled.outcome === 'unknown') {
      await decided({
        do: 'finish_write',
        plan: plan.id,
        index,
        outcome: 'unknown',
        status: null,
        says: settled.says,
      });
      await decided({ do: 'leave_indeterminate', plan: plan.id, says: settled.says });
      return;
    }
    const status = 'status' in settled ? settled.status : null;
    const finished = await decided({
      do: 'finish_write',
      plan: plan.id,
      index,
      outcome: settled.outcome,
      status,
      says: settled.says,
    });
    if (settled.outcome !== 'applied') {
      const done =
        index === 0 ? 'Nothing was changed.' : `${index} of ${plan.requests.length} changes were made.`;
      await decided({
        do: 'finish_execution',
        plan: plan.id,
        outcome: 'failed',
        says: `${settled.says} ${done}`,
      });
      return;
    }
    if (finished.status === 'done') writes = planOf(finished.incident, plan.id)?.writes ?? writes;
  }
  await decided({ do: 'finish_execution', plan: plan.id, outcome: 'succeeded', says: plan.blast.says });
}

/**
 * Until when a 429 of a request is asked again, in milliseconds since the epoch; null where it has no patience of its
 * own. The time runs from the start of the execution: a drain's deadline is one for all its evictions.
 */
function deadlineOf({ plan, executedAt }: PlanState, index: number): number | null {
  const patienceMs = plan.requests[index]?.patienceMs;
  return patienceMs === undefined || executedAt === null ? null : Date.parse(executedAt) + patienceMs;
}

/** Whether a request was refused for the time being when its sender was stopped: it is unspent, and its time is not over. */
function stillWaits(write: WriteState, deadline: number | null, now: string): boolean {
  const refused = write.outcome === 'refused' && write.status === 429;
  return refused && deadline !== null && Date.parse(now) < deadline;
}

/** A request that was started before a crash: what is known of its end stands, what is not is read. It is not sent again. */
async function pickUp(
  sending: Sending,
  writer: ClusterWriter,
  plan: Plan,
  write: WriteState,
  stop: AbortSignal,
): Promise<WriteEnd | 'stopped'> {
  switch (write.outcome) {
    case null:
      return settle(sending, writer, plan, write, stop);
    case 'refused':
      return { outcome: 'refused', status: write.status ?? 0, says: write.says, retryAfterMs: null };
    case 'not_sent':
      return { outcome: 'not_sent', says: write.says, retryAfterMs: null };
    case 'applied':
    case 'unknown':
      return { outcome: 'unknown', says: write.says };
  }
}

/** Sends one request, its start on disk first; again only after a definite "it did not happen". */
async function send(
  sending: Sending,
  writer: ClusterWriter,
  claimed: PlanState,
  index: number,
  decided: Decide,
  stop: AbortSignal,
): Promise<WriteEnd | 'stopped'> {
  const { plan } = claimed;
  const request = plan.requests[index];
  if (request === undefined) throw new Error(`plan ${plan.id} has no request ${index}`);
  const requestHash = sha256(canonicalJson(request));
  const deadline = deadlineOf(claimed, index);
  for (let attempt = 1; ; attempt += 1) {
    if (stop.aborted) return 'stopped';
    const before = await heldBack(sending);
    if (before !== null) return before;
    const started = await decided({ do: 'start_write', plan: plan.id, index, requestHash });
    if (started.status !== 'done') return 'stopped';
    const altered = await alteredOnDisk(sending, started.incident);
    if (altered !== null) return { outcome: 'not_sent', says: altered, retryAfterMs: null };
    const approved = approvedPlan(started.incident, plan);
    if ('refused' in approved) return { outcome: 'not_sent', says: approved.says, retryAfterMs: null };
    // Somebody may have paused while the start went to the disk.
    const meanwhile = await heldBack(sending);
    if (meanwhile !== null) return meanwhile;

    const end = await writer.write(approved, index, AbortSignal.timeout(sending.writeTimeoutMs));
    const write = planOf(started.incident, plan.id)?.writes.find((candidate) => candidate.index === index);
    if (end.outcome === 'unknown') {
      if (write === undefined) return end;
      return settle(sending, writer, plan, write, stop);
    }
    const wait = end.outcome === 'applied' ? null : end.retryAfterMs;
    if (wait === null) return end;
    const waits = deadline !== null && end.outcome === 'refused' && end.status === 429;
    if (waits ? Date.parse(sending.clock.now()) + wait >= deadline : attempt >= ATTEMPTS) return end;
    const status = end.outcome === 'refused' ? end.status : null;
    await decided({ do: 'finish_write', plan: plan.id, index, outcome: end.outcome, status, says: end.says });
    await sending.clock.sleep(wait, stop);
  }
}

/** Why no request may leave now, if writes are paused. */
async function heldBack({ ledger }: Sending): Promise<WriteEnd | null> {
  const paused = await ledger.paused();
  if (paused === null) return null;
  return { outcome: 'not_sent', says: `Writes are paused: ${paused.reason}.`, retryAfterMs: null };
}

/**
 * A request with a start and no known end. Its mark on the object proves that it arrived. A missing mark proves the
 * contrary only once the server's own deadline for it is over.
 */
async function settle(
  sending: Sending,
  writer: ClusterWriter,
  plan: Plan,
  write: WriteState,
  stop: AbortSignal,
): Promise<WriteEnd | 'stopped'> {
  const over = Date.parse(write.startedAt) + sending.writeTimeoutMs * 1.5;
  for (;;) {
    if (stop.aborted) return 'stopped';
    const arrival: Arrival = await writer.arrival(plan, write.index, stop);
    if (stop.aborted) return 'stopped';
    if (arrival.status === 'arrived') return { outcome: 'applied', status: 200, says: arrival.says };
    const left = over - Date.parse(sending.clock.now());
    if (left <= 0) {
      return arrival.status === 'not_arrived'
        ? { outcome: 'not_sent', says: 'The request was cut off and did not arrive.', retryAfterMs: null }
        : { outcome: 'unknown', says: `Nobody can say whether the request arrived: ${arrival.says}` };
    }
    await sending.clock.sleep(Math.min(left, 1_000), stop);
  }
}
