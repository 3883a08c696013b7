import type { FieldChange, ObjectRef } from '../kube.ts';

/** The replicas that a HorizontalPodAutoscaler keeps to (autoscaling/v2, spec.minReplicas and spec.maxReplicas). */
export type Bounds = { readonly min: number; readonly max: number };

/** A change of an autoscaler's bounds: it scales the workload that the autoscaler minds. */
export type Autoscaling = {
  readonly of: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>;
  readonly from: Bounds;
  readonly to: Bounds;
};

/**
 * How many replicas a workload may be left with at once. One above the new maximum is scaled down to it, one below the
 * new minimum up to it; one that only the old minimum holds up may fall to the new one, and a minimum of zero lets it
 * fall to nothing.
 */
export function replicasWithin({ from, to }: Autoscaling, replicas: number): number {
  if (to.min === 0 && from.min > 0) return 0;
  if (replicas <= from.min && to.min < from.min) return Math.min(to.min, to.max);
  return Math.min(to.max, Math.max(to.min, replicas));
}

/** By how many replicas the change moves what is possible, whatever the load asks for. */
export function boundsMoved({ from, to }: Autoscaling): number {
  return Math.max(Math.abs(to.min - from.min), Math.abs(to.max - from.max));
}

/** Whether a diff is about an autoscaler's bounds: nothing else has fields of these names. */
export function setsBounds(diff: readonly FieldChange[]): boolean {
  return diff.some(({ path }) => path === 'spec.minReplicas' || path === 'spec.maxReplicas');
}
