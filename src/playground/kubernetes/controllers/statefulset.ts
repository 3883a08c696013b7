import { sameJson } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { Pod, StatefulSet } from '../types.ts';
import { isOwnedBy, newMeta } from './objects.ts';
import { createPod, deletePod, isActive, isReady } from './pods.ts';
import { keepRevision, REVISION_LABEL, templateHash } from './revisions.ts';

/** Keeps a StatefulSet's pods in order: the next starts when the one before is ready, the last goes first. */
export function runStatefulSets(simulation: Simulation): undefined {
  for (const set of simulation.store.list('statefulsets')) {
    if (set.metadata.deletionTimestamp === undefined) {
      keepRevision(simulation, set);
      reconcile(simulation, set);
    }
    reportStatus(simulation, set);
  }
  return undefined;
}

function revisionOf(set: StatefulSet): string {
  return `${set.metadata.name}-${templateHash(set.spec.template)}`;
}

function ordinal(pod: Pod): number {
  return Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1);
}

function ownedPods(simulation: Simulation, set: StatefulSet): Pod[] {
  return simulation.store
    .list('pods', set.metadata.namespace)
    .filter((pod) => isOwnedBy(pod, set))
    .sort((left, right) => ordinal(left) - ordinal(right));
}

function reconcile(simulation: Simulation, set: StatefulSet): void {
  const pods = ownedPods(simulation, set);
  const surplus = pods.filter((pod) => ordinal(pod) >= set.spec.replicas).at(-1);
  for (let index = 0; index < set.spec.replicas; index += 1) {
    const pod = pods.find((one) => ordinal(one) === index);
    if (pod === undefined) {
      const volumes = claimVolumes(simulation, set, index);
      createPod(simulation, set, set.spec.template, {
        component: 'statefulset-controller',
        name: `${set.metadata.name}-${index}`,
        volumes,
        labels: {
          'apps.kubernetes.io/pod-index': String(index),
          [REVISION_LABEL]: revisionOf(set),
          'statefulset.kubernetes.io/pod-name': `${set.metadata.name}-${index}`,
        },
      });
      return;
    }
    if (isActive(pod) && isReady(pod)) continue;
    // A pod of the old template that does not come up makes room for one of the new.
    const stale = pod.metadata.labels?.[REVISION_LABEL] !== revisionOf(set);
    if (stale && isActive(pod)) deletePod(simulation, pod);
    return;
  }
  if (surplus !== undefined) {
    deletePod(simulation, surplus);
    return;
  }
  const outdated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] !== revisionOf(set)).at(-1);
  if (outdated !== undefined) deletePod(simulation, outdated);
}

/** Creates the claims of one pod where they are missing; gives the volumes that mount them. */
function claimVolumes(
  simulation: Simulation,
  set: StatefulSet,
  index: number,
): { name: string; persistentVolumeClaim: { claimName: string } }[] {
  const { store } = simulation;
  const { namespace } = set.metadata;
  return (set.spec.volumeClaimTemplates ?? []).map(({ metadata, spec }) => {
    const claimName = `${metadata.name}-${set.metadata.name}-${index}`;
    if (store.get('persistentvolumeclaims', namespace, claimName) === undefined) {
      store.put('persistentvolumeclaims', {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: newMeta(simulation, {
          name: claimName,
          ...(namespace === undefined ? {} : { namespace }),
          labels: { ...set.spec.selector.matchLabels, ...metadata.labels },
        }),
        spec: { volumeMode: 'Filesystem', ...spec },
        status: { phase: 'Pending' },
      });
    }
    return { name: metadata.name, persistentVolumeClaim: { claimName } };
  });
}

function reportStatus(simulation: Simulation, set: StatefulSet): void {
  const { store } = simulation;
  const current = store.get('statefulsets', set.metadata.namespace, set.metadata.name);
  if (current === undefined) return;
  const pods = ownedPods(simulation, current).filter(isActive);
  const ready = pods.filter(isReady).length;
  const revision = revisionOf(current);
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length;
  const before =
    typeof current.status.currentRevision === 'string' ? current.status.currentRevision : revision;
  const complete = updated === current.spec.replicas && ready === current.spec.replicas;
  const status = {
    observedGeneration: current.metadata.generation ?? 1,
    replicas: pods.length,
    ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    ...(complete ? { currentReplicas: updated } : {}),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    currentRevision: complete ? revision : before,
    updateRevision: revision,
    collisionCount: 0,
  };
  if (!sameJson(status, current.status)) store.put('statefulsets', { ...current, status });
}
