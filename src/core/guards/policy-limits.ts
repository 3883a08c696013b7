import { replicaDelta, replicaShare } from '../replica-share.ts';
import { allows, denies, type Guard, restrictionsOn } from './guard.ts';

const RULE = 'policy.limits';

type Measured = { readonly what: string; readonly limit: number; readonly value: number | null };

/** How much may change at once and in an hour; the smallest limit counts, and what is not known is over it. */
export const policyLimits: Guard = (input) => {
  const limits = restrictionsOn(input).flatMap((one) => one.limits ?? []);
  const least = (values: readonly (number | undefined)[]): number | null => {
    const set = values.filter((value) => value !== undefined);
    return set.length === 0 ? null : Math.min(...set);
  };
  const change = { type: input.actionType, draft: input.draft };
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
  measure('of the replicas (share)', least(limits.map((one) => one.shareOfReplicas)), () =>
    replicaShare(change),
  );
  measure('replicas more or fewer', least(limits.map((one) => one.replicaDelta)), () => replicaDelta(change));
  if (measured.length === 0) return null;
  const over = measured.filter(({ value, limit }) => !(value !== null && value <= limit));
  const says = (over.length > 0 ? over : measured).map(
    ({ what, limit, value }) => `${value ?? 'an unknown number'} ${what}, at most ${limit} allowed`,
  );
  return over.length > 0 ? denies(RULE, says.join('; ')) : allows(RULE, says.join('; '));
};
