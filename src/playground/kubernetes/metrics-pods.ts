import type { Exposed, Labels } from '../prometheus/series.ts';
import { quantity } from './admission/validate.ts';
import { isReady } from './controllers/pods.ts';
import { usageOf } from './metrics-usage.ts';
import type { Simulation } from './simulation.ts';
import type { Pod } from './types.ts';

const STATE_METRICS = { job: 'kube-state-metrics' };
const KUBELET = { job: 'kubelet', metrics_path: '/metrics/cadvisor' };
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];

/** What kube-state-metrics and the kubelets tell of the pods and their containers. */
export function exposePods(simulation: Simulation): Exposed[] {
  return simulation.store.list('pods').flatMap((pod) => [...stateOf(pod), ...usedBy(simulation, pod)]);
}

function stateOf(pod: Pod): Exposed[] {
  const place = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name };
  const series = (name: string, labels: Labels, value: number): Exposed => ({
    labels: { __name__: name, ...STATE_METRICS, ...place, ...labels },
    value,
  });
  const ready = isReady(pod);
  const info = { node: pod.spec.nodeName ?? '', uid: pod.metadata.uid };
  return [
    series('kube_pod_info', info, 1),
    ...PHASES.map((phase) => series('kube_pod_status_phase', { phase }, Number(pod.status.phase === phase))),
    series('kube_pod_status_ready', { condition: 'true' }, Number(ready)),
    series('kube_pod_status_ready', { condition: 'false' }, Number(!ready)),
    ...(pod.status.containerStatuses ?? []).flatMap((status) => {
      const container = { container: status.name };
      const waiting = status.state.waiting?.reason;
      const last = status.lastState.terminated?.reason;
      return [
        series('kube_pod_container_status_restarts_total', container, status.restartCount),
        series('kube_pod_container_status_ready', container, Number(status.ready)),
        series('kube_pod_container_status_running', container, Number(status.state.running !== undefined)),
        ...(waiting === undefined
          ? []
          : [series('kube_pod_container_status_waiting_reason', { ...container, reason: waiting }, 1)]),
        ...(last === undefined
          ? []
          : [series('kube_pod_container_status_last_terminated_reason', { ...container, reason: last }, 1)]),
      ];
    }),
  ];
}

const ASKED = { requests: 'requests', limits: 'limits' } as const;

function usedBy(simulation: Simulation, pod: Pod): Exposed[] {
  const place = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name };
  return pod.spec.containers.flatMap((container) => {
    const name = { ...place, container: container.name };
    const asked = Object.values(ASKED).flatMap((list) =>
      Object.entries(container.resources?.[list] ?? {}).map(
        ([resource, value]): Exposed => ({
          labels: {
            __name__: `kube_pod_container_resource_${list}`,
            ...STATE_METRICS,
            ...name,
            resource,
            unit: resource === 'cpu' ? 'core' : 'byte',
          },
          value: quantity(value),
        }),
      ),
    );
    const running = pod.status.containerStatuses?.find((status) => status.name === container.name)?.state
      .running;
    if (running === undefined) return asked;
    const { cpu, memory } = usageOf(simulation, pod, container);
    const seconds = Math.max(0, (simulation.clock.now() - Date.parse(running.startedAt)) / 1000);
    const cadvisor = { ...KUBELET, ...name, node: pod.spec.nodeName ?? '' };
    return [
      ...asked,
      { labels: { __name__: 'container_memory_working_set_bytes', ...cadvisor }, value: memory },
      {
        labels: { __name__: 'container_cpu_usage_seconds_total', ...cadvisor },
        value: cpu * seconds,
        perSecond: cpu,
      },
    ];
  });
}
