import type { Deployment } from '../types.ts';

/** A count or a percentage of a total as a number of pods. */
export function resolveCount(
  value: number | string,
  total: number,
  round: (value: number) => number,
): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  return percent === undefined ? Number(value) || 0 : round((Number(percent) * total) / 100);
}

/** How many pods a rolling update may add (rounded up) and do without (rounded down); never both zero. */
export function rollingLimits(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
  const { replicas, strategy } = deployment.spec;
  if (strategy.type !== 'RollingUpdate') return { maxSurge: 0, maxUnavailable: replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy.rollingUpdate ?? {};
  const surge = resolveCount(maxSurge, replicas, Math.ceil);
  const unavailable = Math.min(resolveCount(maxUnavailable, replicas, Math.floor), replicas);
  return surge === 0 && unavailable === 0
    ? { maxSurge: 0, maxUnavailable: 1 }
    : { maxSurge: surge, maxUnavailable: unavailable };
}
