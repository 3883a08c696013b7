import { sameSlackUser, slackUserOf } from './actor.ts';
import {
  alreadySo,
  type Command,
  type MakeEvent,
  type PlanCommand,
  type Refusal,
  refuse,
} from './decision.ts';
import { quorumMet } from './eligibility.ts';
import type { NewEvent } from './events.ts';
import { type Incident, planOf } from './incident.ts';
import type { PlanState } from './plan-state.ts';

/** What a command does to one plan. Voting, claiming and the at-most-once rule of writes are decided here. */
export function decidePlan(
  state: Incident,
  command: PlanCommand,
  now: string,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  const plan = planOf(state, command.plan);
  if (plan === undefined) return refuse('unknown_plan', `${state.id} has no such plan.`);
  const id = plan.plan.id;
  switch (command.do) {
    case 'note_shown': {
      if (plan.expiresAt !== null) return alreadySo();
      const expiresAt = new Date(Date.parse(command.at) + plan.plan.validForMs).toISOString();
      return [event('plan.shown', { plan: id, expiresAt })];
    }
    case 'vote':
      return vote(plan, command, now, event);
    case 'expire':
      return plan.status === 'proposed' ? [event('plan.expired', { plan: id })] : alreadySo();
    case 'void':
      if (plan.status !== 'proposed' && plan.status !== 'approved') return alreadySo();
      return [event('plan.voided', { plan: id, reason: command.reason })];
    case 'claim':
      if (plan.status !== 'approved')
        return refuse('not_approved', `The plan is ${plan.status}, not approved.`);
      if (command.paused !== null) return refuse('paused', `Writes are paused: ${command.paused}`);
      return [event('execution.started', { plan: id, hash: plan.plan.hash })];
    case 'start_write': {
      if (plan.status !== 'executing')
        return refuse('not_approved', `The plan is ${plan.status}, not being executed.`);
      const last = plan.writes.find((write) => write.index === command.index);
      // Only a definite "it did not happen" leaves the request unspent; an unknown end spends it.
      if (last !== undefined && last.outcome !== 'refused' && last.outcome !== 'not_sent') {
        return refuse(
          'write_spent',
          'This request was sent once and may have arrived; it is not sent again.',
        );
      }
      const { index, requestHash } = command;
      return [event('write.started', { plan: id, index, requestHash, attempt: (last?.attempts ?? 0) + 1 })];
    }
    case 'finish_write': {
      const write = plan.writes.find((candidate) => candidate.index === command.index);
      if (write === undefined || write.outcome !== null) return alreadySo();
      const { index, outcome, status, says } = command;
      return [event('write.finished', { plan: id, index, outcome, status, says })];
    }
    case 'finish_execution':
      if (plan.status !== 'executing') return alreadySo();
      return [event('execution.finished', { plan: id, outcome: command.outcome, says: command.says })];
    case 'leave_indeterminate':
      if (plan.status !== 'executing') return alreadySo();
      return [event('execution.indeterminate', { plan: id, says: command.says })];
    case 'validate':
      if (plan.status !== 'succeeded' || plan.validation?.passed === command.passed) return alreadySo();
      return [
        event(command.passed ? 'validation.passed' : 'validation.failed', { plan: id, says: command.says }),
      ];
  }
}

function vote(
  plan: PlanState,
  command: Extract<Command, { do: 'vote' }>,
  now: string,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  const decided = notOpen(plan, now);
  if (decided !== null) return decided;
  if (command.ineligible !== null) return refuse('not_eligible', command.ineligible);
  const { person, reason } = command;
  const id = plan.plan.id;
  if (plan.votes.some((cast) => sameSlackUser(cast.voter, person.slack) && cast.vote === command.vote)) {
    return refuse('already_voted', 'Your vote is counted already.');
  }
  if (command.vote === 'reject' && (reason === null || reason.trim() === '')) {
    return refuse('reason_missing', 'Say in a few words why, so that the next person knows.');
  }
  const cast = event('vote.cast', {
    plan: id,
    vote: command.vote,
    voter: person.slack,
    teams: command.teams,
    reason,
  });
  if (command.vote === 'reject') return [cast, event('plan.rejected', { plan: id, reason: reason ?? '' })];

  const votes = [
    ...plan.votes.filter((other) => other.vote === 'approve'),
    { voter: person.slack, teams: command.teams },
  ];
  const requester = slackUserOf(plan.plan.requestedBy);
  if (!quorumMet(plan.plan.verdict.approvals, votes, requester).met) return [cast];
  const approvedBy = votes.map((other) => other.voter);
  return [cast, event('plan.approved', { plan: id, hash: plan.plan.hash, approvedBy })];
}

function notOpen(plan: PlanState, now: string): Refusal | null {
  if (plan.status === 'expired')
    return refuse('plan_expired', 'This plan has expired. Press Refresh for a new one.');
  if (plan.status !== 'proposed') return refuse('plan_decided', `This plan is ${plan.status} already.`);
  if (plan.expiresAt === null)
    return refuse('plan_not_shown', 'This plan is not ready yet. Try again in a moment.');
  if (Date.parse(plan.expiresAt) <= Date.parse(now)) {
    return refuse('plan_expired', 'This plan has expired. Press Refresh for a new one.');
  }
  return null;
}
