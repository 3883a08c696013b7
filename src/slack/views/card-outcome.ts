import type { PlanState, Vote } from '../../core/plan-state.ts';
import { type Block, section } from './blocks.ts';
import { lines, person, prose, when } from './text.ts';

const ROOM = 1_800;

/** How it went and who decided, the latest vote first. */
export function outcome(state: PlanState): readonly Block[] {
  const said = [...result(state), ...validation(state), ...votes(state)];
  return said.length === 0 ? [] : [section(lines(said, ROOM))];
}

function votes(state: PlanState): readonly string[] {
  return state.votes.map(voteLine).toReversed();
}

function voteLine(vote: Vote): string {
  const did = vote.vote === 'approve' ? 'Approved' : 'Rejected';
  const why = vote.reason === null ? '' : `: ${prose(vote.reason, 250)}`;
  return `${did} by ${person(vote.voter.user)} ${when(vote.at)}${why}`;
}

function result(state: PlanState): readonly string[] {
  const at = state.finishedAt === null ? '' : ` ${when(state.finishedAt)}`;
  switch (state.status) {
    case 'proposed':
    case 'denied':
      return [];
    case 'approved':
      return [`It is about to run${automatically(state)}.`];
    case 'rejected':
      return state.votes.length > 0 ? [] : [`Rejected: ${prose(state.says, 300)}`];
    case 'expired':
      return [
        `Nobody decided in time${state.decidedAt === null ? '' : `; it expired ${when(state.decidedAt)}`}. Refresh looks at the cluster again.`,
      ];
    case 'voided':
      return [
        `Not valid any more: ${prose(state.says, 400)}. Nothing was changed. Refresh looks at the cluster again.`,
      ];
    case 'executing':
      return [
        `Running${automatically(state)}${state.executedAt === null ? '' : ` since ${when(state.executedAt)}`}`,
      ];
    case 'succeeded':
      return [`✓ Done${at}${automatically(state)}: ${prose(state.says, 400)}`];
    case 'failed':
      return [`✗ Failed${at}: ${prose(state.says, 400)} Refresh looks at the cluster again.`];
    case 'indeterminate':
      return [
        `⚠ It is not known whether the change arrived${at}: ${prose(state.says, 400)}. firstmate does not try again; please look at the cluster. Refresh looks at it again.`,
      ];
  }
}

/** Nobody was asked: people hear by whose leave. */
function automatically({ plan: { verdict } }: PlanState): string {
  return verdict.automatic === true
    ? `, as the policy ${prose(verdict.policy?.name ?? '', 60)} leaves it to firstmate`
    : '';
}

function validation(state: PlanState): readonly string[] {
  if (state.validation === null) {
    return state.status === 'succeeded' && state.plan.validate !== null
      ? ['… checking whether it helped']
      : [];
  }
  const { passed, says, at } = state.validation;
  return [`${passed ? '✓ It helped' : '✗ It did not help'} ${when(at)}: ${prose(says, 400)}`];
}
