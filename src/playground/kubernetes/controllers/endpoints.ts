import { sameJson } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { Pod, Service } from '../types.ts';
import { controllerReference, newMeta } from './objects.ts';
import { isActive, isReady } from './pods.ts';

function portsOf(service: Service, pod: Pod | undefined) {
  return (service.spec.ports ?? []).map((port) => {
    const target = port.targetPort ?? port.port;
    const named = (pod?.spec.containers ?? [])
      .flatMap((container) => container.ports ?? [])
      .find(({ name }) => name === target)?.containerPort;
    return {
      ...(port.name === undefined ? {} : { name: port.name }),
      port: typeof target === 'number' ? target : (named ?? port.port),
      protocol: port.protocol ?? 'TCP',
    };
  });
}

/** Lists the addresses behind each Service that has a selector, as Endpoints and as an EndpointSlice. */
export function publishEndpoints(simulation: Simulation): undefined {
  for (const service of simulation.store.list('services')) {
    const selector = Object.entries(service.spec.selector ?? {});
    if (selector.length === 0) continue;
    const pods = simulation.store
      .list('pods', service.metadata.namespace)
      .filter((pod) => pod.status.podIP !== undefined && isActive(pod))
      .filter((pod) => selector.every(([key, value]) => pod.metadata.labels?.[key] === value));
    publish(simulation, service, pods);
  }
  return undefined;
}

function publish(simulation: Simulation, service: Service, pods: Pod[]): void {
  const { store } = simulation;
  const { name, namespace } = service.metadata;
  const place = namespace === undefined ? {} : { namespace };
  const target = (pod: Pod) => ({ kind: 'Pod', ...place, name: pod.metadata.name, uid: pod.metadata.uid });
  const ports = portsOf(service, pods[0]);
  const address = (pod: Pod) => ({
    ip: pod.status.podIP,
    nodeName: pod.spec.nodeName,
    targetRef: target(pod),
  });
  const ready = pods.filter(isReady).map(address);
  const notReady = pods.filter((pod) => !isReady(pod)).map(address);
  const subsets =
    pods.length === 0
      ? []
      : [
          {
            ...(ready.length === 0 ? {} : { addresses: ready }),
            ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
            ports,
          },
        ];
  const endpoints = store.get('endpoints', namespace, name);
  const wanted = subsets.length === 0 ? undefined : subsets;
  if (endpoints === undefined || !sameJson(endpoints.subsets, wanted)) {
    store.put('endpoints', {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: endpoints?.metadata ?? newMeta(simulation, { name, ...place }),
      ...(wanted === undefined ? {} : { subsets: wanted }),
    });
  }
  const slice = store
    .list('endpointslices', namespace)
    .find((one) => one.metadata.labels?.['kubernetes.io/service-name'] === name);
  const entries = pods.map((pod) => ({
    addresses: [pod.status.podIP],
    conditions: { ready: isReady(pod), serving: isReady(pod), terminating: false },
    targetRef: target(pod),
    nodeName: pod.spec.nodeName,
  }));
  if (slice !== undefined && sameJson(slice.endpoints, entries)) return;
  store.put('endpointslices', {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata:
      slice?.metadata ??
      newMeta(simulation, {
        name: `${name}-${service.metadata.uid.slice(0, 5)}`,
        generateName: `${name}-`,
        ...place,
        labels: {
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          'kubernetes.io/service-name': name,
        },
        ownerReferences: [controllerReference(service)],
      }),
    addressType: 'IPv4',
    endpoints: entries,
    ports,
  });
}
