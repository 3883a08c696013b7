import type { Exposed, Labels } from '../prometheus/series.ts';
import { quantity } from './admission/validate.ts';
import { shortestCertificate } from './alerts/certificates.ts';
import type { AlertBook } from './alerts.ts';
import { isReady } from './controllers/pods.ts';
import { volumeStats } from './controllers/volumes.ts';
import { ETCD_MEMBERS, hasQuorum } from './facts.ts';
import { at, objectOr, textOr } from './json.ts';
import { exposeApiserver } from './metrics-apiserver.ts';
import { exposePods } from './metrics-pods.ts';
import { appOf } from './metrics-usage.ts';
import type { Simulation } from './simulation.ts';
import type { KubeObject } from './types.ts';

const STATE_METRICS = { job: 'kube-state-metrics' };

function series(name: string, labels: Labels, value: number): Exposed {
  return { labels: { __name__: name, ...labels }, value };
}

function placeOf(object: KubeObject, label: string): Labels {
  return { ...STATE_METRICS, namespace: object.metadata.namespace ?? '', [label]: object.metadata.name };
}

/** Everything that a Prometheus of kube-prometheus would scrape here now, as far as runbooks and scenarios use it. */
export function exposeCluster(simulation: Simulation, book: AlertBook): () => Exposed[] {
  const apiserver = exposeApiserver(simulation);
  return () => [
    ...exposePods(simulation),
    ...workloads(simulation),
    ...nodes(simulation),
    ...storage(simulation),
    ...controlPlane(simulation),
    ...apiserver(),
    ...alerts(book),
  ];
}

function workloads({ store }: Simulation): Exposed[] {
  return [
    ...store.list('deployments').flatMap((one) => {
      const place = placeOf(one, 'deployment');
      return [
        series('kube_deployment_spec_replicas', place, one.spec.replicas),
        series('kube_deployment_status_replicas', place, one.status.replicas ?? 0),
        series('kube_deployment_status_replicas_ready', place, one.status.readyReplicas ?? 0),
        series('kube_deployment_status_replicas_available', place, one.status.availableReplicas ?? 0),
        series('kube_deployment_status_replicas_updated', place, one.status.updatedReplicas ?? 0),
        ...(one.status.conditions ?? []).flatMap(({ type, status }) =>
          ['true', 'false', 'unknown'].map((value) =>
            series(
              'kube_deployment_status_condition',
              { ...place, condition: type, status: value },
              Number(status.toLowerCase() === value),
            ),
          ),
        ),
      ];
    }),
    ...store.list('statefulsets').flatMap((one) => {
      const place = placeOf(one, 'statefulset');
      return [
        series('kube_statefulset_replicas', place, one.spec.replicas),
        series('kube_statefulset_status_replicas_ready', place, one.status.readyReplicas ?? 0),
      ];
    }),
    ...store.list('daemonsets').flatMap((one) => {
      const place = placeOf(one, 'daemonset');
      const count = (name: string) => Number(one.status[name] ?? 0);
      return [
        series('kube_daemonset_status_desired_number_scheduled', place, count('desiredNumberScheduled')),
        series('kube_daemonset_status_number_available', place, count('numberAvailable')),
        series('kube_daemonset_status_updated_number_scheduled', place, count('updatedNumberScheduled')),
      ];
    }),
    ...store.list('jobs').map((one) => {
      const failed = (one.status.conditions ?? []).some(({ type }) => type === 'Failed');
      return series('kube_job_failed', { ...placeOf(one, 'job_name'), condition: 'true' }, Number(failed));
    }),
    ...store.list('horizontalpodautoscalers').flatMap((one) => {
      const place = placeOf(one, 'horizontalpodautoscaler');
      const name = 'kube_horizontalpodautoscaler';
      return [
        series(`${name}_spec_min_replicas`, place, one.spec.minReplicas ?? 1),
        series(`${name}_spec_max_replicas`, place, one.spec.maxReplicas),
        series(`${name}_status_current_replicas`, place, one.status?.currentReplicas ?? 0),
        series(`${name}_status_desired_replicas`, place, one.status?.desiredReplicas ?? 0),
      ];
    }),
    ...store
      .list('resourcequotas')
      .flatMap((one) =>
        (['hard', 'used'] as const).flatMap((type) =>
          Object.entries(objectOr(at(one, 'status', type))).map(([resource, value]) =>
            series(
              'kube_resourcequota',
              { ...placeOf(one, 'resourcequota'), resource, type },
              quantity(value),
            ),
          ),
        ),
      ),
  ];
}

function nodes({ store }: Simulation): Exposed[] {
  return store.list('nodes').flatMap((node) => {
    const place = { ...STATE_METRICS, node: node.metadata.name };
    return [
      series('kube_node_spec_unschedulable', place, Number(node.spec.unschedulable === true)),
      ...node.status.conditions.flatMap(({ type, status }) =>
        ['true', 'false', 'unknown'].map((value) =>
          series(
            'kube_node_status_condition',
            { ...place, condition: type, status: value },
            Number(status.toLowerCase() === value),
          ),
        ),
      ),
    ];
  });
}

function storage(simulation: Simulation): Exposed[] {
  return simulation.store.list('persistentvolumeclaims').flatMap((claim) => {
    const place = {
      namespace: claim.metadata.namespace ?? '',
      persistentvolumeclaim: claim.metadata.name,
    };
    const phase = series(
      'kube_persistentvolumeclaim_status_phase',
      { ...STATE_METRICS, ...place, phase: claim.status?.phase ?? 'Pending' },
      1,
    );
    if (claim.status?.phase !== 'Bound') return [phase];
    const { used, capacity } = volumeStats(simulation, claim);
    const kubelet = { job: 'kubelet', metrics_path: '/metrics', ...place };
    return [
      phase,
      series('kubelet_volume_stats_capacity_bytes', kubelet, capacity),
      series('kubelet_volume_stats_used_bytes', kubelet, used),
      series('kubelet_volume_stats_available_bytes', kubelet, capacity - used),
    ];
  });
}

function controlPlane(simulation: Simulation): Exposed[] {
  const { store, facts } = simulation;
  const quorum = hasQuorum(facts);
  const dns = store.list('pods', 'kube-system').filter((pod) => appOf(pod) === 'kube-system/coredns');
  return [
    ...ETCD_MEMBERS.flatMap((instance) => {
      const isUp = !facts.etcdDown.has(instance);
      const place = { job: 'etcd', instance };
      return [
        series('up', place, Number(isUp)),
        ...(isUp ? [series('etcd_server_has_leader', place, Number(quorum))] : []),
      ];
    }),
    series('up', { job: 'apiserver', instance: '192.0.2.2:6443' }, 1),
    ...dns.map((pod) =>
      series(
        'up',
        {
          job: 'kube-dns',
          namespace: 'kube-system',
          pod: pod.metadata.name,
          instance: `${textOr(pod.status.podIP)}:9153`,
        },
        Number(isReady(pod)),
      ),
    ),
    series('client_certificate_expiration_seconds', { job: 'apiserver' }, shortestCertificate(simulation)),
  ];
}

function alerts(book: AlertBook): Exposed[] {
  return book
    .alerts()
    .filter(({ status }) => status === 'firing')
    .map(({ labels }) => series('ALERTS', { ...labels, alertstate: 'firing' }, 1));
}
