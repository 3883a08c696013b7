import { sameJson } from '../json.ts';
import { selects } from '../selectors.ts';
import type { Simulation } from '../simulation.ts';
import type { Pod, PodDisruptionBudget } from '../types.ts';
import { setCondition } from './objects.ts';
import { isActive, isReady } from './pods.ts';
import { resolveCount } from './rolling-limits.ts';

/** How many pods their controllers want in all, which a budget's percentages and `maxUnavailable` count from. */
function expectedPods(simulation: Simulation, pods: Pod[]): number {
  const { store } = simulation;
  const wanted = new Map<string, number>();
  for (const pod of pods) {
    const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
    if (owner === undefined) {
      wanted.set(pod.metadata.uid, 1);
      continue;
    }
    const set =
      store.get('replicasets', pod.metadata.namespace, owner.name) ??
      store.get('statefulsets', pod.metadata.namespace, owner.name);
    wanted.set(owner.uid, set?.spec.replicas ?? 1);
  }
  return [...wanted.values()].reduce((sum, count) => sum + count, 0);
}

/** Counts how many pods of each PodDisruptionBudget may be evicted now. */
export function countDisruptions(simulation: Simulation): undefined {
  const { store, clock } = simulation;
  for (const budget of store.list('poddisruptionbudgets')) {
    const pods = store
      .list('pods', budget.metadata.namespace)
      .filter((pod) => selects(budget.spec.selector, pod) && isActive(pod));
    const expected = expectedPods(simulation, pods);
    const desired = desiredHealthy(budget, expected);
    const healthy = pods.filter(isReady).length;
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const conditions = setCondition(
      budget.status?.conditions ?? [],
      {
        type: 'DisruptionAllowed',
        status: allowed > 0 ? 'True' : 'False',
        observedGeneration: budget.metadata.generation ?? 1,
        reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
      },
      clock.stamp(),
    );
    const status = {
      observedGeneration: budget.metadata.generation ?? 1,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      conditions,
    };
    if (!sameJson(status, budget.status)) store.put('poddisruptionbudgets', { ...budget, status });
  }
  return undefined;
}

function desiredHealthy(budget: PodDisruptionBudget, expected: number): number {
  const { minAvailable, maxUnavailable } = budget.spec;
  if (maxUnavailable !== undefined) {
    return Math.max(0, expected - resolveCount(maxUnavailable, expected, Math.ceil));
  }
  return resolveCount(minAvailable ?? 1, expected, Math.ceil);
}
