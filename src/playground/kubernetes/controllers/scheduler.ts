import type { Simulation } from '../simulation.ts';
import type { KubeNode, Pod } from '../types.ts';
import { recordSchedulerEvent } from './events.ts';
import { setCondition } from './objects.ts';
import { toleration } from './tolerations.ts';

const UNSCHEDULABLE = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Why a pod cannot go to a node, in the scheduler's words, or undefined when it can. */
function obstacle(pod: Pod, node: KubeNode): string | undefined {
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
  return undefined;
}

/** Binds each pod to the fitting node with the fewest pods, or says why none fits. */
export function schedulePods(simulation: Simulation): undefined {
  const { store } = simulation;
  const waiting = store
    .list('pods')
    .filter((pod) => pod.spec.nodeName === undefined && pod.metadata.deletionTimestamp === undefined);
  for (const pod of waiting) {
    const nodes = store.list('nodes');
    const load = new Map(nodes.map((node) => [node.metadata.name, 0]));
    for (const other of store.list('pods')) {
      const name = other.spec.nodeName ?? '';
      load.set(name, (load.get(name) ?? 0) + 1);
    }
    const fitting = nodes
      .filter((node) => obstacle(pod, node) === undefined)
      .map((node) => node.metadata.name)
      .sort((left, right) => (load.get(left) ?? 0) - (load.get(right) ?? 0) || (left < right ? -1 : 1));
    const [chosen] = fitting;
    if (chosen === undefined) {
      leavePending(simulation, pod, nodes);
      continue;
    }
    store.put('pods', { ...pod, spec: { ...pod.spec, nodeName: chosen } });
    const message = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${chosen}`;
    recordSchedulerEvent(simulation, pod, 'Normal', 'Scheduled', message);
  }
  return undefined;
}

function leavePending(simulation: Simulation, pod: Pod, nodes: KubeNode[]): void {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const reason = obstacle(pod, node);
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const reasons = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const message = `0/${nodes.length} nodes are available: ${reasons.join(', ')}.`;
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
