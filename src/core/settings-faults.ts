import type { Catalog, DocumentFault } from './catalog.ts';
import type { AllowedAction, Policy, Restrictions } from './policy.ts';
import { globMatches } from './scope.ts';
import type { Settings } from './settings.ts';
import { isUser } from './team.ts';

type Known = Pick<Settings, 'clusters' | 'environments' | 'teams'>;

/**
 * What only the documents and firstmate.yaml together show: teams, clusters and environments that name nothing, and
 * quorums that a list of members cannot fill. Warnings, since each document holds; what is not configured at all is
 * not missed.
 */
export function settingsFaults(catalog: Catalog, settings: Known): readonly DocumentFault[] {
  const found = [
    ...unknownTeams(catalog, settings),
    ...catalog.policies.flatMap((policy) =>
      [policy, ...policy.allowedActions].flatMap((part) =>
        [...placesThatAreNone(part, settings), ...unreachable(policy, part, settings)].map((says) => ({
          file: policy.file,
          says: `${'type' in part ? `${part.type} can never apply` : 'this policy can never apply'}: ${says}`,
        })),
      ),
    ),
  ];
  const once = new Map(found.map((one) => [JSON.stringify(one), one]));
  return [...once.values()].map(({ file, says }) => ({
    place: { file, line: 1, column: 1 },
    severity: 'warning',
    says,
  }));
}

type Found = { readonly file: string; readonly says: string };

/** Approvers that no team of firstmate.yaml is called by: such a change nobody can approve. */
function unknownTeams(catalog: Catalog, { teams }: Known): readonly Found[] {
  const known = new Set(teams.map(({ name }) => name));
  if (known.size === 0) return [];
  const named = [
    ...catalog.policies.flatMap(({ file, allowedActions }) =>
      allowedActions.flatMap(({ approvers }) => approvers.map((team) => ({ file, team }))),
    ),
    ...catalog.runbooks.flatMap(({ file, actions }) =>
      actions.flatMap(({ approvals }) => approvals.map(({ group }) => ({ file, team: group }))),
    ),
    ...catalog.services.map(({ file, owner }) => ({ file, team: owner })),
  ];
  return named
    .filter(({ team }) => !known.has(team))
    .map(({ file, team }) => ({ file, says: `no team of firstmate.yaml is called "${team}"` }));
}

function placesThatAreNone(part: Restrictions, { clusters, environments }: Known): readonly string[] {
  const known = {
    cluster: clusters.map(({ name }) => name),
    environment: [
      ...environments.map(({ name }) => name),
      ...clusters.flatMap(({ environment }) => environment ?? []),
    ],
  };
  const none = (
    what: 'cluster' | 'environment',
    patterns: readonly string[] | undefined,
  ): readonly string[] =>
    patterns === undefined ||
    clusters.length === 0 ||
    patterns.some((pattern) => known[what].some((name) => globMatches(pattern, name)))
      ? []
      : [`no ${what} of firstmate.yaml is called ${patterns.join(' or ')}`];
  return [...none('cluster', part.clusters), ...none('environment', part.environments)];
}

/** A quorum of more people than the teams have, where firstmate.yaml itself lists who is in them. */
function unreachable(policy: Policy, part: Policy | AllowedAction, { teams }: Known): readonly string[] {
  if (!('type' in part) || part.approvers.length === 0) return [];
  const quorum = Math.max(policy.quorum ?? 1, part.quorum ?? 1);
  const asked = part.approvers.map((name) => teams.find((team) => team.name === name));
  const members = new Set<string>();
  for (const team of asked) {
    if (team === undefined || team.slackGroup !== null) return [];
    const named = team.members.length === 0 && team.oncall !== null ? [team.oncall] : team.members;
    if (!named.every(isUser)) return [];
    for (const member of named) members.add(member);
  }
  return members.size >= quorum
    ? []
    : [`${quorum} people must approve, and ${part.approvers.join(' and ')} have ${members.size}`];
}
