import { quantity } from '../admission/validate.ts';
import { memoryOnNode } from '../metrics-usage.ts';
import type { Simulation } from '../simulation.ts';
import type { Condition, KubeNode, Pod } from '../types.ts';

/** The label of the pods that give each node its pod network. */
const NETWORK_AGENT = 'calico-node';
/** Share of a node's memory from which its kubelet reports pressure, and beyond which it stops working itself. */
const PRESSURE_SHARE = 0.95;
const STUCK_SHARE = 0.98;

/** Whether a node's kubelet does not answer now. */
export function isOut({ facts, clock }: Simulation, node: string): boolean {
  const outage = facts.outages.get(node);
  return outage !== undefined && (outage.until === undefined || outage.until > clock.now());
}

/** An agent that has crashed leaves its node without a network until it is ready again. */
function crashes(pod: Pod): boolean {
  return (pod.status.containerStatuses ?? []).some(
    ({ ready, restartCount, state }) => !ready && (restartCount > 0 || state.terminated !== undefined),
  );
}

function lacksNetwork(simulation: Simulation, node: string): boolean {
  return simulation.store
    .list('pods', 'kube-system')
    .some(
      (pod) =>
        pod.spec.nodeName === node && pod.metadata.labels?.['k8s-app'] === NETWORK_AGENT && crashes(pod),
    );
}

const SETTLED: Record<string, { reason: string; message: string }> = {
  MemoryPressure: {
    reason: 'KubeletHasSufficientMemory',
    message: 'kubelet has sufficient memory available',
  },
  DiskPressure: { reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  PIDPressure: { reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  Ready: { reason: 'KubeletReady', message: 'kubelet is posting ready status' },
};

type Finding = Pick<Condition, 'status' | 'reason' | 'message'>;

function troubles(simulation: Simulation, node: KubeNode): Map<string, Finding> {
  const { name } = node.metadata;
  const found = new Map<string, Finding>();
  if (isOut(simulation, name)) {
    for (const type of Object.keys(SETTLED)) {
      const message = 'Kubelet stopped posting node status.';
      found.set(type, { status: 'Unknown', reason: 'NodeStatusUnknown', message });
    }
    return found;
  }
  const share =
    simulation.facts.usage.size === 0
      ? 0
      : memoryOnNode(simulation, name) / quantity(node.status.allocatable.memory);
  if (share > PRESSURE_SHARE) {
    const message = 'kubelet has insufficient memory available';
    found.set('MemoryPressure', { status: 'True', reason: 'KubeletHasInsufficientMemory', message });
  }
  const reasons = [
    ...(share > STUCK_SHARE
      ? ['PLEG is not healthy: pleg was last seen active 3m12s ago; threshold is 3m0s']
      : []),
    ...(lacksNetwork(simulation, name)
      ? [
          'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
        ]
      : []),
  ];
  if (reasons.length > 0) {
    found.set('Ready', { status: 'False', reason: 'KubeletNotReady', message: reasons.join(', ') });
  }
  return found;
}

/** A node's conditions as its kubelet reports them now, or as the cluster concludes when it does not. */
export function nodeConditions(simulation: Simulation, node: KubeNode): Condition[] {
  const found = troubles(simulation, node);
  const now = simulation.clock.stamp();
  return node.status.conditions.map((condition) => {
    const settled = SETTLED[condition.type];
    if (settled === undefined) return condition;
    const calm: Finding = { status: condition.type === 'Ready' ? 'True' : 'False', ...settled };
    const next = found.get(condition.type) ?? calm;
    const same = next.status === condition.status && next.message === condition.message;
    if (same) return condition;
    const turned = next.status === condition.status ? {} : { lastTransitionTime: now };
    return { ...condition, ...next, lastHeartbeatTime: now, ...turned };
  });
}
