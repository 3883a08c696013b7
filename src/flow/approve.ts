import { type Actor, type SlackUser, slackUserOf } from '../core/actor.ts';
import { eligible } from '../core/eligibility.ts';
import type { PlanId } from '../core/ids.ts';
import { planOf } from '../core/incident.ts';
import type { ApprovalRequirement } from '../core/plan.ts';
import type { AsOf, People } from '../core/ports/messenger.ts';
import { redactText } from '../core/redact.ts';
import type { Person, Team, TeamMembers } from '../core/team.ts';
import { type Acting, act } from './act.ts';

export type Approving = Acting & { readonly people: People; readonly teams: () => readonly Team[] };

/** A click on Approve or Reject. Whether the person counts is looked up now; the answer is a sentence for them. */
export async function castVote(
  approving: Approving,
  click: { plan: PlanId; vote: 'approve' | 'reject'; voter: SlackUser; reason: string | null },
): Promise<{ counted: boolean; says: string }> {
  const id = await approving.ledger.incidentOfPlan(click.plan);
  const incident = id === null ? null : await approving.ledger.load(id);
  const state = incident === null ? undefined : planOf(incident, click.plan);
  if (id === null || state === undefined) return { counted: false, says: 'There is no such plan any more.' };
  const person = await approving.people.person(click.voter.user);
  if (person === null)
    return { counted: false, says: 'Slack does not know you right now. Try again in a minute.' };

  const { requestedBy, verdict } = state.plan;
  const { teams, ineligible } = await standing(approving, verdict.approvals, {
    person: { ...person, slack: click.voter },
    requestedBy,
  });
  const actor: Actor = { kind: 'human', slack: click.voter, name: person.name };
  const voted = await act(
    approving,
    id,
    {
      do: 'vote',
      plan: click.plan,
      vote: click.vote,
      person: { ...person, slack: click.voter },
      teams,
      reason: click.reason === null ? null : redactText(click.reason),
      ineligible,
    },
    { actor, cause: null },
  );
  if (voted.status === 'refused') return { counted: false, says: voted.refusal.says };
  return voted.status === 'done'
    ? { counted: true, says: 'Counted.' }
    : { counted: false, says: 'There is no such plan any more.' };
}

/** The members of the teams that requirements name, as Slack says. */
export async function membersOf(
  { people, teams }: Pick<Approving, 'people' | 'teams'>,
  requirements: readonly ApprovalRequirement[],
  asOf: AsOf = 'lately',
): Promise<ReadonlyMap<string, TeamMembers>> {
  const members = new Map<string, TeamMembers>();
  for (const name of new Set(requirements.flatMap((requirement) => requirement.teams))) {
    const team = teams().find((candidate) => candidate.name === name);
    members.set(
      name,
      team === undefined
        ? { status: 'unreadable', says: `firstmate.yaml has no team ${name}` }
        : await people.members(team, asOf),
    );
  }
  return members;
}

/** Which of the requirements' teams the person is in now, and why they do not count, if so. Unreadable teams count nobody. */
export async function standing(
  approving: Pick<Approving, 'people' | 'teams'>,
  requirements: readonly ApprovalRequirement[],
  {
    person,
    requestedBy,
    asOf,
  }: { readonly person: Person; readonly requestedBy: Actor; readonly asOf?: AsOf },
): Promise<{ teams: readonly string[]; ineligible: string | null }> {
  const members = await membersOf(approving, requirements, asOf);
  const requester = slackUserOf(requestedBy);
  const verdicts = requirements.map((requirement) =>
    eligible(
      person,
      members,
      requirement,
      requirement.barsRequester && requester !== null ? [requester] : [],
    ),
  );
  const teams = [...new Set(verdicts.flatMap((verdict) => (verdict.counts ? verdict.teams : [])))];
  if (teams.length > 0) return { teams, ineligible: null };
  const says = verdicts[0]?.says ?? 'Nobody may approve this plan: no rule names anybody.';
  return { teams: [], ineligible: says };
}
