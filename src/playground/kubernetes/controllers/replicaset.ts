import { sameJson } from '../json.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { Condition, Pod, ReplicaSet } from '../types.ts';
import { recordEvent } from './events.ts';
import { isOwnedBy, setCondition } from './objects.ts';
import { createPod, deletePod, isActive, isReady, isTerminating, waitsUntil } from './pods.ts';

const SOURCE = { component: 'replicaset-controller' };

/** Keeps as many pods of each ReplicaSet as it asks for. */
export function runReplicaSets(simulation: Simulation): number | undefined {
  let wake: number | undefined;
  const podsByNamespace = new Map<string, Pod[]>();
  for (const set of simulation.store.list('replicasets')) {
    const namespace = set.metadata.namespace ?? '';
    const pods = podsByNamespace.get(namespace) ?? simulation.store.list('pods', namespace);
    podsByNamespace.set(namespace, pods);
    if (set.metadata.deletionTimestamp === undefined) {
      keepCount(
        simulation,
        set,
        pods.filter((pod) => isActive(pod) && isOwnedBy(pod, set)),
      );
    }
    wake = earliest(wake, reportStatus(simulation, set), waitsUntil(simulation, set));
  }
  return wake;
}

/** The order in which pods go: those that serve least first, then the youngest. */
function byUsefulness(left: Pod, right: Pod): number {
  const rank = (pod: Pod): number =>
    (pod.spec.nodeName === undefined ? 0 : 4) +
    (pod.status.phase === 'Pending' ? 0 : 2) +
    (isReady(pod) ? 1 : 0);
  const age = Date.parse(right.metadata.creationTimestamp) - Date.parse(left.metadata.creationTimestamp);
  return rank(left) - rank(right) || age;
}

function keepCount(simulation: Simulation, set: ReplicaSet, pods: Pod[]): void {
  const missing = set.spec.replicas - pods.length;
  for (let count = 0; count < missing; count += 1) {
    if (createPod(simulation, set, set.spec.template, SOURCE) === undefined) break;
  }
  if (missing >= 0) return;
  for (const pod of [...pods].sort(byUsefulness).slice(0, -missing)) {
    deletePod(simulation, pod);
    const message = `Deleted pod: ${pod.metadata.name}`;
    recordEvent(simulation, set, SOURCE, 'Normal', 'SuccessfulDelete', message);
  }
}

function availableFrom(pod: Pod, minReadySeconds: number): number {
  const ready = (pod.status.conditions ?? []).find(({ type }) => type === 'Ready');
  return Date.parse(ready?.lastTransitionTime ?? '') + minReadySeconds * 1000;
}

/** The condition that tells that pods are refused, taken from the last Event about it. */
function failure(simulation: Simulation, set: ReplicaSet, count: number): { conditions?: Condition[] } {
  if (count >= set.spec.replicas || !simulation.facts.retries.has(set.metadata.uid)) return {};
  const told = simulation.store
    .list('events', set.metadata.namespace)
    .findLast(
      ({ involvedObject, reason }) => involvedObject.uid === set.metadata.uid && reason === 'FailedCreate',
    );
  const message = (told?.message ?? '').replace(/^Error creating: /, '');
  const condition: Condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
  const stamp = simulation.clock.stamp();
  const before = set.status.conditions?.filter(({ type }) => type === 'ReplicaFailure') ?? [];
  return { conditions: setCondition(before, condition, stamp) };
}

function reportStatus(simulation: Simulation, set: ReplicaSet): number | undefined {
  const { store, clock } = simulation;
  const current = store.get('replicasets', set.metadata.namespace, set.metadata.name);
  if (current === undefined) return undefined;
  const owned = store.list('pods', set.metadata.namespace).filter((pod) => isOwnedBy(pod, set));
  const pods = owned.filter(isActive);
  const ready = pods.filter(isReady);
  const waits = ready.map((pod) => availableFrom(pod, set.spec.minReadySeconds ?? 0));
  const available = waits.filter((time) => time <= clock.now()).length;
  const count = (name: string, value: number) => (value === 0 ? {} : { [name]: value });
  const status = {
    replicas: pods.length,
    ...count('fullyLabeledReplicas', pods.length),
    ...count('readyReplicas', ready.length),
    ...count('availableReplicas', available),
    terminatingReplicas: owned.filter(isTerminating).length,
    observedGeneration: current.metadata.generation ?? 1,
    ...failure(simulation, current, pods.length),
  };
  if (!sameJson(status, current.status)) store.put('replicasets', { ...current, status });
  return earliest(...waits.filter((time) => time > clock.now()));
}
