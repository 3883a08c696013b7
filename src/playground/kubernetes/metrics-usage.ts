import { quantity } from './admission/validate.ts';
import type { Usage } from './facts.ts';
import type { Simulation } from './simulation.ts';
import type { Container, Pod } from './types.ts';

const MEBIBYTE = 2 ** 20;
const IDLE = { cpu: '30m', memory: '48Mi' };

/** `namespace/app` of a pod: by its label `app` or `k8s-app`, else by its own name. */
export function appOf(pod: Pod): string {
  const labels = pod.metadata.labels ?? {};
  return `${pod.metadata.namespace}/${labels.app ?? labels['k8s-app'] ?? pod.metadata.name}`;
}

/** What a running container takes: what the simulation says of its app, else about a third of what it asks for. */
export function usageOf(simulation: Simulation, pod: Pod, container: Container): Usage {
  const app = appOf(pod);
  const given = simulation.facts.usage.get(app);
  const requests = container.resources?.requests ?? {};
  const spread = (pod.metadata.uid.charCodeAt(0) % 7) + 1;
  const cpu = Math.round((quantity(requests.cpu ?? IDLE.cpu) * 1000) / 3) + spread;
  const memory = Math.round(quantity(requests.memory ?? IDLE.memory) / MEBIBYTE / 2) + spread;
  const usage = given ?? { cpu: cpu / 1000, memory: memory * MEBIBYTE };
  const demand = simulation.facts.demand.get(app);
  if (demand === undefined) return usage;
  const sharing = simulation.store
    .list('pods', pod.metadata.namespace)
    .filter((other) => appOf(other) === app && isMeasured(other)).length;
  return { ...usage, cpu: demand / Math.max(1, sharing) };
}

/** Whether a pod has a running container, which is when there is something to measure. */
export function isMeasured(pod: Pod): boolean {
  return (pod.status.containerStatuses ?? []).some((status) => status.state.running !== undefined);
}

/** Memory that all containers bound to a node take, in bytes. */
export function memoryOnNode(simulation: Simulation, node: string): number {
  return simulation.store
    .list('pods')
    .filter((pod) => pod.spec.nodeName === node && isMeasured(pod))
    .flatMap((pod) => pod.spec.containers.map((container) => usageOf(simulation, pod, container).memory))
    .reduce((sum, memory) => sum + memory, 0);
}
