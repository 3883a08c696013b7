import type { Effect } from './effect.ts';
import type { RemovedPod, WorkloadFacts } from './facts.ts';

/** How many available pods of a workload the change takes away at once, before any comes back. */
export function podsTaken(workload: WorkloadFacts, effect: Effect, removed: readonly RemovedPod[]): number {
  const gone = removed.filter((pod) => pod.workload === workload.name && pod.ready).length;
  return gone + takenByRollout(workload, effect) + takenByScaling(workload, effect);
}

/** A rolling update never leaves fewer than `desired - maxUnavailable`, and a pod that does not serve is no loss. */
function takenByRollout(workload: WorkloadFacts, effect: Effect): number {
  if (!effect.replaced.includes(workload.name)) return 0;
  if (workload.rollout === 'paused' && !effect.resumed.includes(workload.name)) return 0;
  const { available, desired, updated, replaces } = workload;
  switch (replaces.how) {
    case 'by_hand':
      return 0;
    case 'at_once':
      return available;
    case 'rolling':
      return Math.min(available, Math.max(0, available - (desired - replaces.maxUnavailable)));
    case 'by_number': {
      // Going back replaces only what was updated, which is what is down when an update does not come up.
      const onlyBroken = effect.goesBack && updated <= desired - available;
      return onlyBroken ? 0 : Math.min(available, replaces.maxUnavailable);
    }
  }
}

/** Pods that are not available go first. */
function takenByScaling(workload: WorkloadFacts, effect: Effect): number {
  const scaled = effect.scaled.find((one) => one.workload === workload.name);
  return scaled === undefined || scaled.after >= scaled.before
    ? 0
    : Math.max(0, workload.available - scaled.after);
}
