import { quantity } from '../admission/validate.ts';
import { at, textOr } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { KubeNode, Pod } from '../types.ts';
import { recordSchedulerEvent } from './events.ts';
import { setCondition } from './objects.ts';
import { toleration } from './tolerations.ts';

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Why a pod cannot go to a node, in the scheduler's words, or undefined when it can. */
function obstacle(pod: Pod, node: KubeNode, bound: readonly Pod[]): string | undefined {
  const taint = (node.spec.taints ?? []).find(
    (one) => one.effect !== 'PreferNoSchedule' && toleration(pod, one) === undefined,
  );
  if (node.spec.unschedulable === true && toleration(pod, UNSCHEDULABLE) === undefined) {
    return 'node(s) were unschedulable';
  }
  if (taint !== undefined) {
    return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  }
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (!selector.every(([key, value]) => node.metadata.labels?.[key] === value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const full = (['cpu', 'memory'] as const).find(
    (kind) =>
      asked(pod, kind) > 0 &&
      bound.reduce((sum, other) => sum + asked(other, kind), asked(pod, kind)) >
        quantity(node.status.allocatable[kind] ?? 'none'),
  );
  return full === undefined ? undefined : `Insufficient ${full}`;
}

function asked(pod: Pod, kind: 'cpu' | 'memory'): number {
  return pod.spec.containers.reduce(
    (sum, { resources }) => sum + quantity(resources?.requests?.[kind] ?? resources?.limits?.[kind] ?? 0),
    0,
  );
}

/** Why no node would do: a claim of the pod that is missing or has no volume yet. */
function claimObstacle({ store }: Simulation, pod: Pod): string | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const name = textOr(at(volume, 'persistentVolumeClaim', 'claimName'));
    if (name === '') continue;
    const claim = store.get('persistentvolumeclaims', pod.metadata.namespace, name);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
}

/** Binds each pod to the fitting node with the fewest pods, or says why none fits. */
export function schedulePods(simulation: Simulation): undefined {
  const { store } = simulation;
  const waiting = store
    .list('pods')
    .filter((pod) => pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined);
  if (waiting.length === 0) return undefined;
  const nodes = store.list('nodes');
  const bound = new Map<string, Pod[]>(nodes.map((node) => [node.metadata.name, []]));
  for (const pod of store.list('pods')) {
    const { phase } = pod.status;
    if (phase !== 'Succeeded' && phase !== 'Failed') bound.get(pod.spec.nodeName ?? '')?.push(pod);
  }
  for (const pod of waiting) {
    const claims = claimObstacle(simulation, pod);
    const obstacles = new Map<string, string | undefined>(
      nodes.map((node) => {
        const { name } = node.metadata;
        return [name, claims ?? obstacle(pod, node, bound.get(name) ?? [])];
      }),
    );
    const load = (name: string) => bound.get(name)?.length ?? 0;
    const fitting = nodes
      .map((node) => node.metadata.name)
      .filter((name) => obstacles.get(name) === undefined)
      .sort((left, right) => load(left) - load(right) || (left < right ? -1 : 1));
    const [chosen] = fitting;
    if (chosen === undefined) {
      leavePending(simulation, pod, claims, [...obstacles.values()]);
      continue;
    }
    bound.get(chosen)?.push(store.put('pods', { ...pod, spec: { ...pod.spec, nodeName: chosen } }));
    const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${chosen}`;
    recordSchedulerEvent(simulation, pod, 'Normal', 'Scheduled', message);
  }
  return undefined;
}

function leavePending(
  simulation: Simulation,
  pod: Pod,
  claims: string | undefined,
  obstacles: readonly (string | undefined)[],
): void {
  const counts = new Map<string, number>();
  for (const reason of obstacles) {
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons =
    claims === undefined ? [...counts].map(([reason, count]) => `${count} ${reason}`).sort() : [claims];
  const message = `0/${obstacles.length} nodes are available: ${reasons.join(', ')}.`;
  const conditions = setCondition(
    pod.status.conditions ?? [],
    { type: 'PodScheduled', status: 'False', lastProbeTime: null, reason: 'Unschedulable', message },
    simulation.clock.stamp(),
  );
  const before = simulation.store.resourceVersion();
  simulation.store.put('pods', { ...pod, status: { ...pod.status, conditions } });
  if (simulation.store.resourceVersion() !== before) {
    recordSchedulerEvent(simulation, pod, 'Warning', 'FailedScheduling', message);
  }
}
