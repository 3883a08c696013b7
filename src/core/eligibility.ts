import { type SlackUser, sameSlackUser } from './actor.ts';
import type { ApprovalRequirement } from './plan.ts';
import type { Person, TeamMembers } from './team.ts';

/** `teams` are those of the requirement that the person is in; `says` is a sentence to them. */
export type Eligibility = {
  readonly counts: boolean;
  readonly teams: readonly string[];
  readonly says: string;
};

/**
 * Whether a person's approval counts towards a requirement, by what Slack says of them and of the teams now. Only an
 * ordinary, present member of our workspace counts, and only in a team whose members can be read.
 * @param barred those who may not approve this plan, such as who asked for it where that is forbidden
 */
export function eligible(
  person: Person,
  members: ReadonlyMap<string, TeamMembers>,
  requirement: ApprovalRequirement,
  barred: readonly SlackUser[] = [],
): Eligibility {
  const no = (says: string): Eligibility => ({ counts: false, teams: [], says });
  if (person.bot) return no('An approval by a bot does not count.');
  if (person.stranger) return no('An approval from another workspace does not count.');
  if (person.guest) return no('An approval by a guest does not count.');
  if (person.deactivated) return no('An approval by a deactivated account does not count.');
  if (barred.some((user) => sameSlackUser(user, person.slack))) {
    return no('Who asked for a change may not approve it.');
  }
  if (requirement.teams.length === 0) {
    return no(`Nobody may approve this: ${requirement.by} names no team.`);
  }
  const unreadable: string[] = [];
  const teams = requirement.teams.filter((name) => {
    const team = members.get(name);
    if (team?.status === 'known') return team.users.includes(person.slack.user);
    unreadable.push(`${name} (${team?.says ?? 'nobody looked'})`);
    return false;
  });
  if (teams.length > 0) return { counts: true, teams, says: `In ${teams.join(', ')}.` };
  const wanted = requirement.teams.join(' or ');
  return no(
    unreadable.length === 0
      ? `You are not in ${wanted}, whom ${requirement.by} asks, so your approval does not count.`
      : `${requirement.by} asks ${wanted}, and whether you are in it cannot be told: the members of ${unreadable.join(', ')} could not be read.`,
  );
}

/** One approval that counts: by whom, and the teams that they approve for. */
export type CountedVote = { readonly voter: SlackUser; readonly teams: readonly string[] };

/**
 * Whether every requirement has its quorum of distinct people; one person may count towards several requirements,
 * never twice towards one, and who asked for the change not where a requirement bars them. No requirements at all is a quorum that nobody can reach.
 */
export function quorumMet(
  requirements: readonly ApprovalRequirement[],
  votes: readonly CountedVote[],
  requester: SlackUser | null = null,
): { readonly met: boolean; readonly missing: readonly string[] } {
  if (requirements.length === 0) return { met: false, missing: ['no rule says who may approve'] };
  const missing = requirements.flatMap(({ by, teams, quorum, barsRequester }) => {
    const voters = votes.filter(
      (vote) =>
        vote.teams.some((team) => teams.includes(team)) &&
        !(barsRequester && requester !== null && sameSlackUser(vote.voter, requester)),
    );
    const people = voters.filter(
      (vote, at) => voters.findIndex((other) => sameSlackUser(other.voter, vote.voter)) === at,
    );
    if (teams.length === 0) return [`nobody may approve: ${by} names no team`];
    // Not `quorum - people.length`: a quorum that is no number must not be reached either.
    if (people.length >= Math.max(1, quorum)) return [];
    return [`${Math.max(1, quorum) - people.length} more of ${teams.join(' or ')} (${by})`];
  });
  return { met: missing.length === 0, missing };
}
