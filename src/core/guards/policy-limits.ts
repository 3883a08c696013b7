import { allows, denies, type Guard, type GuardInput, restrictionsOn } from './guard.ts';

const RULE = 'policy.limits';

/** Those that leave the number of replicas as it is. Of any other the numbers must be known. */
const KEEP_REPLICAS: ReadonlySet<string> = new Set([
  ...['rollback', 'restart', 'pause_rollout', 'resume_rollout', 'set_image', 'set_resources'],
  ...['delete_pod', 'delete_job', 'cordon', 'uncordon', 'drain', 'label', 'annotate'],
]);
/** Those that replace every replica, one after the other. */
const ROLLOUTS: ReadonlySet<string> = new Set(['rollback', 'restart', 'set_image', 'set_resources']);

type Measured = { readonly what: string; readonly limit: number; readonly value: number | null };

/** How much may change at once and in an hour; the smallest limit counts, and what is not known is over it. */
export const policyLimits: Guard = (input) => {
  const limits = restrictionsOn(input).flatMap((one) => one.limits ?? []);
  const least = (values: readonly (number | undefined)[]): number | null => {
    const set = values.filter((value) => value !== undefined);
    return set.length === 0 ? null : Math.min(...set);
  };
  const measured: Measured[] = [];
  const measure = (what: string, limit: number | null, value: () => number | null): void => {
    if (limit !== null) measured.push({ what, limit, value: value() });
  };
  const hourly = input.breakGlass === null ? least(limits.map((one) => one.changesPerHour)) : null;
  measure('changes an hour', hourly, () => {
    const { changesLastHour } = input.facts;
    return changesLastHour === null ? null : changesLastHour + 1;
  });
  measure('objects', least(limits.map((one) => one.objectsPerPlan)), () =>
    Math.max(input.draft.targets.length, input.draft.blast.objects),
  );
  measure('of the replicas (share)', least(limits.map((one) => one.shareOfReplicas)), () => shareOf(input));
  measure('replicas more or fewer', least(limits.map((one) => one.replicaDelta)), () => deltaOf(input));
  if (measured.length === 0) return null;
  const over = measured.filter(({ value, limit }) => !(value !== null && value <= limit));
  const says = (over.length > 0 ? over : measured).map(
    ({ what, limit, value }) => `${value ?? 'an unknown number'} ${what}, at most ${limit} allowed`,
  );
  return over.length > 0 ? denies(RULE, says.join('; ')) : allows(RULE, says.join('; '));
};

function deltaOf({ actionType, draft }: GuardInput): number | null {
  if (KEEP_REPLICAS.has(actionType)) return 0;
  const { replicasBefore, replicasAfter } = draft.facts;
  return replicasBefore === null || replicasAfter === null ? null : Math.abs(replicasAfter - replicasBefore);
}

/** Of no replicas at all, any is more than every share. */
function shareOf(input: GuardInput): number | null {
  if (ROLLOUTS.has(input.actionType)) return 1;
  const { replicasBefore } = input.draft.facts;
  if (replicasBefore === null) return null;
  const touched = input.actionType === 'scale' ? deltaOf(input) : input.draft.blast.pods;
  if (touched === null) return null;
  if (touched === 0) return 0;
  return replicasBefore === 0
    ? Number.POSITIVE_INFINITY
    : Math.round((touched / replicasBefore) * 1000) / 1000;
}
