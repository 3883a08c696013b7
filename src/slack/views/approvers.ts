import { slackUserOf } from '../../core/actor.ts';
import type { ApprovalRequirement } from '../../core/plan.ts';
import type { PlanState } from '../../core/plan-state.ts';
import type { ViewFacts } from './facts.ts';
import { count, lines, person, prose } from './text.ts';

const ROOM = 1_600;
const MOST_TEAMS = 4;
const MOST_NAMES = 5;

/** Requirement by requirement; a list that is empty or cannot be read is said, since then nobody counts. */
export function approvers(state: PlanState, facts: ViewFacts): string {
  const all = state.plan.verdict.approvals;
  if (all.length === 0) return 'Nobody: no rule names an approver.';
  return lines(
    all.map((one) => requirement(one, state, facts)),
    ROOM,
  );
}

function requirement(one: ApprovalRequirement, state: PlanState, facts: ViewFacts): string {
  const by = prose(one.by, 80);
  if (one.teams.length === 0) return `• ${by}: nobody, its list of approvers is empty`;
  const requester = slackUserOf(state.plan.requestedBy)?.user;
  const filled = new Set(
    state.votes
      .filter((vote) => vote.vote === 'approve' && vote.teams.some((team) => one.teams.includes(team)))
      .map((vote) => vote.voter.user)
      .filter((user) => one.barsRequester !== true || user !== requester),
  );
  const mark = filled.size >= one.quorum ? '✓' : '•';
  const sofar =
    filled.size === 0 && one.quorum <= 1
      ? ''
      : `\n   so far ${filled.size} of ${one.quorum}${[...filled]
          .slice(0, MOST_NAMES)
          .map((user, at) => `${at === 0 ? ': ' : ', '}${person(user)}`)
          .join('')}`;
  const teams = one.teams.slice(0, MOST_TEAMS).map((team) => teamLine(team, facts));
  const more = one.teams.length - teams.length;
  const barred = one.barsRequester ? ', not who asked for it' : '';
  return `${mark} ${by}: ${count(one.quorum, 'person', 'people')} of ${teams.join('; ')}${more > 0 ? `; and ${count(more, 'more team')}` : ''}${barred}${sofar}`;
}

function teamLine(team: string, facts: ViewFacts): string {
  const name = prose(team, 60);
  const members = facts.members.get(team);
  if (members === undefined) return `${name} (no such team in the settings, so nobody)`;
  if (members.status === 'unreadable') return `${name} (nobody can be counted: ${prose(members.says, 120)})`;
  if (members.users.length === 0) return `${name} (has no members, so nobody)`;
  const shown = members.users.slice(0, MOST_NAMES).map(person).join(', ');
  const more = members.users.length - MOST_NAMES;
  return `${name} (${shown}${more > 0 ? ` and ${more} more` : ''})`;
}
