import { FIRSTMATE, slackUserOf } from '../core/actor.ts';
import { approvedPlan, isAsApproved } from '../core/approval.ts';
import type { Command } from '../core/decision.ts';
import { quorumMet } from '../core/eligibility.ts';
import { policyInForce } from '../core/guards.ts';
import { type Incident, planOf } from '../core/incident.ts';
import { canonicalJson, sha256 } from '../core/json.ts';
import type { ApprovalRequirement, Plan, Verdict } from '../core/plan.ts';
import type { PlanState, WriteState } from '../core/plan-state.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Arrival, Clusters, ClusterWriter, WriteEnd } from '../core/ports/cluster.ts';
import { type Acted, act } from './act.ts';
import { type Approving, standing } from './approve.ts';
import { changeOf, type Judging, judgeChange } from './judge-change.ts';

export type Executing = Approving &
  Judging & {
    readonly clusters: Clusters;
    readonly log: Log;
    readonly writeTimeoutMs: number;
  };

const ATTEMPTS = 3;
const RECHECK_PAUSE_MS = 2_000;

/**
 * Carries an approved plan out, once. Everything that was checked at the click is checked again; each request's
 * start is on disk before it leaves. After a crash it goes on here: what has a start and no end is settled by
 * reading the cluster, and never sent again.
 */
export async function execute(
  executing: Executing,
  incident: Incident,
  plan: Plan,
  stop: AbortSignal,
): Promise<void> {
  const decided = (command: Command): Promise<Acted> =>
    act(executing, incident.id, command, { actor: FIRSTMATE, cause: null });
  const writer = executing.clusters.writer(plan.cluster);
  if (writer === undefined) {
    await decided({
      do: 'void',
      plan: plan.id,
      reason: `The cluster ${plan.cluster} is not configured any more.`,
    });
    return;
  }

  let state = planOf(incident, plan.id);
  if (state?.status === 'approved') {
    const objection = stillSo(executing, state);
    if (objection !== null) {
      await decided({ do: 'void', plan: plan.id, reason: objection });
      return;
    }
    const holds = await recheck(executing, writer, plan, stop);
    if (holds === 'stopped') return;
    if (holds !== null) {
      await decided({ do: 'void', plan: plan.id, reason: holds });
      return;
    }
    const paused = await executing.ledger.paused();
    if (paused !== null) {
      await decided({
        do: 'void',
        plan: plan.id,
        reason: `Writes are paused (${paused.reason}). Resume, then press Refresh.`,
      });
      return;
    }
    const claimed = await judgeAndClaim(executing, incident, state, decided, stop);
    if (claimed?.status !== 'done') return;
    state = planOf(claimed.incident, plan.id);
  }
  if (state?.status !== 'executing') return;
  await writeAll(executing, writer, state, decided, stop);
}

/**
 * The rules speak once more, on the facts as they are now; then the execution is claimed. Null when it is not. One
 * at a time for a service in a cluster, since a limit on changes counts the claims before.
 */
async function judgeAndClaim(
  executing: Executing,
  incident: Incident,
  state: PlanState,
  decided: Decide,
  stop: AbortSignal,
): Promise<Acted | null> {
  const { plan } = state;
  return executing.mailbox.run(`claim ${plan.cluster} ${incident.service}`, 'ordinary', async () => {
    const change = changeOf(executing.catalog(), plan);
    const { verdict } = await judgeChange(executing, { incident, change, stop });
    if (stop.aborted) return null;
    const objection =
      (await objectionTo(executing, state, verdict)) ?? (await alteredOnDisk(executing, incident));
    if (objection !== null) {
      await decided({ do: 'void', plan: plan.id, reason: objection });
      return null;
    }
    // Slack was asked meanwhile, which takes as long as it takes.
    if (stop.aborted) return null;
    return decided({ do: 'claim', plan: plan.id, paused: null });
  });
}

/** What people saw and said lies on disk; whoever edits it there, while this runs or before, ends the plan. */
async function alteredOnDisk({ ledger }: Executing, { id }: Incident): Promise<string | null> {
  const fault = await ledger.firstBroken(id);
  if (fault === null) return null;
  return `The timeline of ${id} was altered in the database at event ${fault.seq}: ${fault.says}. Run firstmate audit verify.`;
}

async function objectionTo(executing: Executing, state: PlanState, verdict: Verdict): Promise<string | null> {
  const said = (speaks: (rule: Verdict['rules'][number]) => boolean): string =>
    verdict.rules.flatMap((rule) => (speaks(rule) ? [rule.says] : [])).join('; ');
  if (!verdict.allowed) return `It is not allowed any more: ${said((rule) => rule.denies)}`;
  if (state.plan.verdict.automatic !== true) return notApproved(executing, state, verdict.approvals);
  if (verdict.automatic === true) return null;
  return `It is not left to firstmate any more (${said((rule) => rule.rule === 'mode.auto')}). Press Refresh, so that people can approve it.`;
}

/** Why a plan that was approved may not run any more; null when it may. */
function stillSo(executing: Executing, state: PlanState): string | null {
  const { plan } = state;
  if (state.expiresAt !== null && Date.parse(state.expiresAt) <= Date.parse(executing.clock.now())) {
    return 'It expired before it could be carried out.';
  }
  if (!isAsApproved(state)) return 'It is not the plan that was approved.';
  const catalog = executing.catalog();
  const runbook = plan.runbook;
  if (
    runbook !== null &&
    !catalog.runbooks.some((known) => known.name === runbook.name && known.hash === runbook.hash)
  ) {
    return `The runbook ${runbook.name} changed after the plan was made.`;
  }
  const policy = plan.verdict.policy;
  if (policy !== null && policyInForce(catalog.policies, policy.name)?.hash !== policy.hash) {
    return `The policy of ${policy.name} changed after the plan was made.`;
  }
  return null;
}

/** Whether the votes still count, towards what the plan asked for and towards what the rules ask for now. */
async function notApproved(
  executing: Executing,
  state: PlanState,
  now: readonly ApprovalRequirement[],
): Promise<string | null> {
  const votes: { voter: PlanState['votes'][number]['voter']; teams: readonly string[] }[] = [];
  const required = [...state.plan.verdict.approvals, ...now];
  for (const vote of state.votes.filter((cast) => cast.vote === 'approve')) {
    const person = await executing.people.person(vote.voter.user, 'now');
    if (person === null)
      return `Slack does not say who ${vote.name} is right now, so their approval cannot be checked.`;
    const { teams, ineligible } = await standing(executing, required, {
      person: { ...person, slack: vote.voter },
      requestedBy: state.plan.requestedBy,
      asOf: 'now',
    });
    if (ineligible !== null) return `${vote.name}'s approval does not count any more: ${ineligible}`;
    votes.push({ voter: vote.voter, teams });
  }
  for (const requirements of [state.plan.verdict.approvals, now]) {
    const quorum = quorumMet(requirements, votes, slackUserOf(state.plan.requestedBy));
    if (!quorum.met) return `It is not approved any more: ${quorum.missing.join('; ')}`;
  }
  return null;
}

/** Null when what was reviewed is still so, else why not. A cluster that cannot be asked is asked a few times. */
async function recheck(
  executing: Executing,
  writer: ClusterWriter,
  plan: Plan,
  stop: AbortSignal,
): Promise<string | null | 'stopped'> {
  for (let attempt = 1; ; attempt += 1) {
    if (stop.aborted) return 'stopped';
    const answer = await writer.recheck(plan, stop);
    if (stop.aborted) return 'stopped';
    if (answer.status === 'holds') return null;
    if (answer.status === 'changed') return answer.says;
    if (attempt === ATTEMPTS) return `What was reviewed cannot be compared now: ${answer.says}`;
    await executing.clock.sleep(RECHECK_PAUSE_MS, stop);
  }
}

type Decide = (command: Command) => Promise<Acted>;

async function writeAll(
  executing: Executing,
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
      before === undefined || stillWaits(before, deadlineOf(claimed, index), executing.clock.now())
        ? await send(executing, writer, claimed, index, decided, stop)
        : await pickUp(executing, writer, plan, before, stop);
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
  executing: Executing,
  writer: ClusterWriter,
  plan: Plan,
  write: WriteState,
  stop: AbortSignal,
): Promise<WriteEnd | 'stopped'> {
  switch (write.outcome) {
    case null:
      return settle(executing, writer, plan, write, stop);
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
  executing: Executing,
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
    const before = await heldBack(executing);
    if (before !== null) return before;
    const started = await decided({ do: 'start_write', plan: plan.id, index, requestHash });
    if (started.status !== 'done') return 'stopped';
    const altered = await alteredOnDisk(executing, started.incident);
    if (altered !== null) return { outcome: 'not_sent', says: altered, retryAfterMs: null };
    const approved = approvedPlan(started.incident, plan);
    if ('refused' in approved) return { outcome: 'not_sent', says: approved.says, retryAfterMs: null };
    // Somebody may have paused while the start went to the disk.
    const meanwhile = await heldBack(executing);
    if (meanwhile !== null) return meanwhile;

    const end = await writer.write(approved, index, AbortSignal.timeout(executing.writeTimeoutMs));
    const write = planOf(started.incident, plan.id)?.writes.find((candidate) => candidate.index === index);
    if (end.outcome === 'unknown') {
      if (write === undefined) return end;
      return settle(executing, writer, plan, write, stop);
    }
    const wait = end.outcome === 'applied' ? null : end.retryAfterMs;
    if (wait === null) return end;
    const waits = deadline !== null && end.outcome === 'refused' && end.status === 429;
    if (waits ? Date.parse(executing.clock.now()) + wait >= deadline : attempt >= ATTEMPTS) return end;
    const status = end.outcome === 'refused' ? end.status : null;
    await decided({ do: 'finish_write', plan: plan.id, index, outcome: end.outcome, status, says: end.says });
    await executing.clock.sleep(wait, stop);
  }
}

/** Why no request may leave now, if writes are paused. */
async function heldBack({ ledger }: Executing): Promise<WriteEnd | null> {
  const paused = await ledger.paused();
  if (paused === null) return null;
  return { outcome: 'not_sent', says: `Writes are paused: ${paused.reason}.`, retryAfterMs: null };
}

/**
 * A request with a start and no known end. Its mark on the object proves that it arrived. A missing mark proves the
 * contrary only once the server's own deadline for it is over.
 */
async function settle(
  executing: Executing,
  writer: ClusterWriter,
  plan: Plan,
  write: WriteState,
  stop: AbortSignal,
): Promise<WriteEnd | 'stopped'> {
  const over = Date.parse(write.startedAt) + executing.writeTimeoutMs * 1.5;
  for (;;) {
    if (stop.aborted) return 'stopped';
    const arrival: Arrival = await writer.arrival(plan, write.index, stop);
    if (stop.aborted) return 'stopped';
    if (arrival.status === 'arrived') return { outcome: 'applied', status: 200, says: arrival.says };
    const left = over - Date.parse(executing.clock.now());
    if (left <= 0) {
      return arrival.status === 'not_arrived'
        ? { outcome: 'not_sent', says: 'The request was cut off and did not arrive.', retryAfterMs: null }
        : { outcome: 'unknown', says: `Nobody can say whether the request arrived: ${arrival.says}` };
    }
    await executing.clock.sleep(Math.min(left, 1_000), stop);
  }
}
