import { microStampOf, stampOf } from './clock.ts';
import type { Resource } from './resources.ts';
import type { Simulation } from './simulation.ts';
import type { KubeObject, Pod } from './types.ts';

/** A steady usage for a container, out of its name: about a third of what it asks for. */
function usage(pod: Pod, name: string): { cpu: number; memory: number } {
  const container = pod.spec.containers.find((one) => one.name === name);
  const requests = container?.resources?.requests ?? {};
  const millicores = /^(\d+)m$/.exec(requests.cpu ?? '')?.[1];
  const mebibytes = /^(\d+)Mi$/.exec(requests.memory ?? '')?.[1];
  const spread = (pod.metadata.uid.charCodeAt(0) % 7) + 1;
  return {
    cpu: Math.round(Number(millicores ?? 30) / 3) + spread,
    memory: Math.round(Number(mebibytes ?? 48) / 2) + spread,
  };
}

function isMeasured(pod: Pod): boolean {
  return (pod.status.containerStatuses ?? []).some((status) => status.state.running !== undefined);
}

function podMetrics(simulation: Simulation, pod: Pod): KubeObject {
  const running = (pod.status.containerStatuses ?? []).filter((status) => status.state.running !== undefined);
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { ...metricsMeta(simulation, pod), labels: pod.metadata.labels ?? {} },
    timestamp: stampOf(simulation.clock.now()),
    window: '15s',
    containers: running.map(({ name }) => {
      const { cpu, memory } = usage(pod, name);
      return { name, usage: { cpu: `${cpu}m`, memory: `${memory * 1024}Ki` } };
    }),
  };
}

function metricsMeta(simulation: Simulation, object: KubeObject): KubeObject['metadata'] {
  return {
    name: object.metadata.name,
    ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    uid: object.metadata.uid,
    resourceVersion: '',
    creationTimestamp: microStampOf(simulation.clock.now()),
  };
}

const NODE_BASE = { cpu: 180, memory: 1_400 };

/** The metrics.k8s.io objects of now, for `kubectl top`. */
export function metricsOf(
  simulation: Simulation,
  resource: Resource,
  namespace: string | undefined,
): KubeObject[] {
  const { store } = simulation;
  const recorded = store.list(resource.storage, namespace);
  if (recorded.length > 0) return recorded;
  if (resource.storage === 'metrics-pods') {
    return store
      .list('pods', namespace)
      .filter(isMeasured)
      .map((pod) => podMetrics(simulation, pod));
  }
  return store.list('nodes').map((node) => {
    const total = store
      .list('pods')
      .filter((pod) => pod.spec.nodeName === node.metadata.name && isMeasured(pod))
      .flatMap((pod) => pod.spec.containers.map(({ name }) => usage(pod, name)))
      .reduce((sum, one) => ({ cpu: sum.cpu + one.cpu, memory: sum.memory + one.memory }), NODE_BASE);
    return {
      apiVersion: 'metrics.k8s.io/v1beta1',
      kind: 'NodeMetrics',
      metadata: metricsMeta(simulation, node),
      timestamp: stampOf(simulation.clock.now()),
      window: '15s',
      usage: { cpu: `${total.cpu}m`, memory: `${total.memory * 1024}Ki` },
    };
  });
}
