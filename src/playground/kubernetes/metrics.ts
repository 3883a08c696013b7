import { microStampOf, stampOf } from './clock.ts';
import { isMeasured, usageOf } from './metrics-usage.ts';
import type { Resource } from './resources.ts';
import type { Simulation } from './simulation.ts';
import type { Container, KubeObject, Pod } from './types.ts';

const MEBIBYTE = 2 ** 20;

/** Whole millicores and mebibytes, as the metrics server rounds them. */
function usage(simulation: Simulation, pod: Pod, container: Container): { cpu: number; memory: number } {
  const { cpu, memory } = usageOf(simulation, pod, container);
  return { cpu: Math.round(cpu * 1000), memory: Math.round(memory / MEBIBYTE) };
}

function podMetrics(simulation: Simulation, pod: Pod): KubeObject {
  const running = (pod.status.containerStatuses ?? []).filter((status) => status.state.running !== undefined);
  return {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { ...metricsMeta(simulation, pod), labels: pod.metadata.labels ?? {} },
    timestamp: stampOf(simulation.clock.now()),
    window: '15s',
    containers: pod.spec.containers
      .filter(({ name }) => running.some((status) => status.name === name))
      .map((container) => {
        const { cpu, memory } = usage(simulation, pod, container);
        return { name: container.name, usage: { cpu: `${cpu}m`, memory: `${memory * 1024}Ki` } };
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
      .flatMap((pod) => pod.spec.containers.map((container) => usage(simulation, pod, container)))
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
