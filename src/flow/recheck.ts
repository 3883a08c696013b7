import { slackUserOf } from '../core/actor.ts';
import { isAsApproved } from '../core/approval.ts';
import { quorumMet } from '../core/eligibility.ts';
import { policyInForce } from '../core/guards.ts';
import type { Incident } from '../core/incident.ts';
import type { ApprovalRequirement, Plan, Verdict } from '../core/plan.ts';
import type { PlanState } from '../core/plan-state.ts';
import type { ClusterWriter } from '../core/ports/cluster.ts';
import { type Approving, standing } from './approve.ts';
import type { Judging } from './judge-change.ts';

/** What was approved is looked at once more before it is carried out; whatever does not hold any more voids it. */
export type Rechecking = Approving & Judging;

const ATTEMPTS = 3;
const RECHECK_PAUSE_MS = 2_000;

/** Why a plan that was approved may not run any more; null when it may. */
export function stillSo(rechecking: Rechecking, state: PlanState): string | null {
  const { plan } = state;
  if (state.expiresAt !== null && Date.parse(state.expiresAt) <= Date.parse(rechecking.clock.now())) {
    return 'It expired before it could be carried out.';
  }
  if (!isAsApproved(state)) return 'It is not the plan that was approved.';
  const catalog = rechecking.catalog();
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

/** Null when what was reviewed is still so, else why not. A cluster that cannot be asked is asked a few times. */
export async function recheck(
  rechecking: Rechecking,
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
    await rechecking.clock.sleep(RECHECK_PAUSE_MS, stop);
  }
}

/** Why the rules or the votes do not carry the plan any more; null when they do. */
export async function objectionTo(
  rechecking: Rechecking,
  state: PlanState,
  verdict: Verdict,
): Promise<string | null> {
  const said = (speaks: (rule: Verdict['rules'][number]) => boolean): string =>
    verdict.rules.flatMap((rule) => (speaks(rule) ? [rule.says] : [])).join('; ');
  if (!verdict.allowed) return `It is not allowed any more: ${said((rule) => rule.denies)}`;
  if (state.plan.verdict.automatic !== true) return notApproved(rechecking, state, verdict.approvals);
  if (verdict.automatic === true) return null;
  return `It is not left to firstmate any more (${said((rule) => rule.rule === 'mode.auto')}). Press Refresh, so that people can approve it.`;
}

/** Whether the votes still count, towards what the plan asked for and towards what the rules ask for now. */
async function notApproved(
  rechecking: Rechecking,
  state: PlanState,
  now: readonly ApprovalRequirement[],
): Promise<string | null> {
  const votes: { voter: PlanState['votes'][number]['voter']; teams: readonly string[] }[] = [];
  const required = [...state.plan.verdict.approvals, ...now];
  for (const vote of state.votes.filter((cast) => cast.vote === 'approve')) {
    const person = await rechecking.people.person(vote.voter.user, 'now');
    if (person === null)
      return `Slack does not say who ${vote.name} is right now, so their approval cannot be checked.`;
    const { teams, ineligible } = await standing(rechecking, required, {
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

/** What people saw and said lies on disk; whoever edits it there, while this runs or before, ends the plan. */
export async function alteredOnDisk(
  { ledger }: Pick<Rechecking, 'ledger'>,
  { id }: Incident,
): Promise<string | null> {
  const fault = await ledger.firstBroken(id);
  if (fault === null) return null;
  return `The timeline of ${id} was altered in the database at event ${fault.seq}: ${fault.says}. Run firstmate audit verify.`;
}
