import { setsBounds } from '../safety/autoscaling.ts';
import { allowances, allows, denies, type Guard, type GuardInput } from './guard.ts';

const RULE = 'policy.replica_bounds';

/** The replica counts that the policies allow, whether set at once or left to an autoscaler; unknown is outside. */
export const policyReplicaBounds: Guard = (input) => {
  const actions = allowances(input).map(({ action }) => action);
  const lows = actions.flatMap((action) => action.minReplicas ?? []);
  const highs = actions.flatMap((action) => action.maxReplicas ?? []);
  if (lows.length === 0 && highs.length === 0) return null;
  if (input.actionType === 'patch' && !setsBounds(input.draft.diff)) return null;
  const low = Math.max(...lows, 0);
  const high = Math.min(...highs, Number.POSITIVE_INFINITY);
  const bounds = high === Number.POSITIVE_INFINITY ? `at least ${low}` : `${low} to ${high}`;
  const after = possible(input);
  if (after === null)
    return denies(RULE, `${bounds} replicas are allowed, and how many there would be is not known`);
  const [least, most] = after;
  const said = `${least === most ? least : `${least} to ${most}`} replicas, ${bounds} allowed`;
  return least >= low && most <= high ? allows(RULE, said) : denies(RULE, said);
};

/** The fewest and the most replicas that there may be afterwards. */
function possible({ actionType, draft }: GuardInput): readonly [number, number] | null {
  const { autoscaling, replicasAfter } = draft.facts;
  if (actionType === 'patch')
    return autoscaling === undefined ? null : [autoscaling.to.min, autoscaling.to.max];
  return replicasAfter === null ? null : [replicasAfter, replicasAfter];
}
