import { allowances, allows, denies, type Guard } from './guard.ts';

const RULE = 'policy.replica_bounds';

/** The replica counts that the policies allow; unknown is outside. */
export const policyReplicaBounds: Guard = (input) => {
  const actions = allowances(input).map(({ action }) => action);
  const lows = actions.flatMap((action) => action.minReplicas ?? []);
  const highs = actions.flatMap((action) => action.maxReplicas ?? []);
  if (lows.length === 0 && highs.length === 0) return null;
  const low = Math.max(...lows, 0);
  const high = Math.min(...highs, Number.POSITIVE_INFINITY);
  const bounds = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `${low} to ${high}`;
  const after = input.draft.facts.replicasAfter;
  if (after === null)
    return denies(RULE, `${bounds} replicas are allowed, and how many there would be is not known`);
  return after >= low && after <= high
    ? allows(RULE, `${after} replicas, ${bounds} allowed`)
    : denies(RULE, `${after} replicas, ${bounds} allowed`);
};
