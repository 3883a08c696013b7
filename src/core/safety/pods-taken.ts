import type { Effect } from './effect.ts';
import type { RemovedPod, WorkloadFacts } from './facts.ts';

/** How many available pods of a workload the change takes away at once, before any comes back. */
export function podsTaken(workload: WorkloadFacts, effect: Effect, removed: readonly RemovedPod[]): number {
  const gone = removed.filter((pod) => pod.workload === workload.name && pod.ready).length;
  return gone + takenByRollout(workload, effect) + takenByScaling(workload, effect);
}

/** A rolling update takes pods that do not serve first, and never more than leaves `desired - maxUnavailable`. */
function takenByRollout(workload: WorkloadFacts, effect: Effect): number {
  if (!effect.replaced.includes(workload.name) || workload.rollout === 'paused') return 0;
  const { available, desired, replaces } = workload;
  switch (replaces.how) {
    case 'by_hand':
      return 0;
    case 'at_once':
      return available;
    case 'rolling':
      return Math.min(available, Math.max(0, available - (desired - replaces.maxUnavailable)));
  }
}

/** Pods that are not available go first. */
function takenByScaling(workload: WorkloadFacts, effect: Effect): number {
  const scaled = effect.scaled.find((one) => one.workload === workload.name);
  return scaled === undefined || scaled.after >= scaled.before
    ? 0
    : Math.max(0, workload.available - scaled.after);
}
