import { sameJson } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { DaemonSet, Pod } from '../types.ts';
import { isOwnedBy } from './objects.ts';
import { createPod, deletePod, isActive, isReady } from './pods.ts';
import { keepRevision, REVISION_LABEL, templateHash } from './revisions.ts';

/** Keeps one pod of each DaemonSet on every node that its node selector allows. */
export function runDaemonSets(simulation: Simulation): undefined {
  for (const set of simulation.store.list('daemonsets')) {
    if (set.metadata.deletionTimestamp === undefined) {
      keepRevision(simulation, set);
      placePods(simulation, set);
    }
    reportStatus(simulation, set);
  }
  return undefined;
}

function wantedNodes(simulation: Simulation, set: DaemonSet): string[] {
  const selector = Object.entries(set.spec.template.spec.nodeSelector ?? {});
  return simulation.store
    .list('nodes')
    .filter((node) => selector.every(([key, value]) => node.metadata.labels?.[key] === value))
    .map((node) => node.metadata.name);
}

function ownedPods(simulation: Simulation, set: DaemonSet) {
  return simulation.store
    .list('pods', set.metadata.namespace)
    .filter((pod) => isOwnedBy(pod, set) && isActive(pod));
}

function placePods(simulation: Simulation, set: DaemonSet): void {
  const nodes = wantedNodes(simulation, set);
  const pods = ownedPods(simulation, set);
  for (const nodeName of nodes) {
    if (pods.some((pod) => pod.spec.nodeName === nodeName)) continue;
    createPod(simulation, set, set.spec.template, {
      component: 'daemonset-controller',
      nodeName,
      labels: {
        [REVISION_LABEL]: templateHash(set.spec.template),
        'pod-template-generation': String(set.metadata.generation ?? 1),
      },
    });
  }
  for (const pod of pods) {
    if (!nodes.includes(pod.spec.nodeName ?? '')) deletePod(simulation, pod);
  }
  replaceOutdated(simulation, set);
}

/** Rolls one outdated pod at a time, those that do not serve first, and only while all the others are ready. */
function replaceOutdated(simulation: Simulation, set: DaemonSet): void {
  const pods = ownedPods(simulation, set);
  const outdated = pods.filter((pod) => !isUpdated(pod, set));
  const useless = outdated.find((pod) => !isReady(pod));
  const next = useless ?? (pods.every(isReady) ? outdated[0] : undefined);
  if (next !== undefined) deletePod(simulation, next);
}

function isUpdated(pod: Pod, set: DaemonSet): boolean {
  return pod.metadata.labels?.[REVISION_LABEL] === templateHash(set.spec.template);
}

function reportStatus(simulation: Simulation, set: DaemonSet): void {
  const { store } = simulation;
  const current = store.get('daemonsets', set.metadata.namespace, set.metadata.name);
  if (current === undefined) return;
  const desired = wantedNodes(simulation, current).length;
  const pods = ownedPods(simulation, current);
  const ready = pods.filter(isReady).length;
  const status = {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: current.metadata.generation ?? 1,
    updatedNumberScheduled: pods.filter((pod) => isUpdated(pod, current)).length,
    ...(ready === 0 ? {} : { numberAvailable: ready }),
    ...(desired - ready === 0 ? {} : { numberUnavailable: desired - ready }),
  };
  if (!sameJson(status, current.status)) store.put('daemonsets', { ...current, status });
}
