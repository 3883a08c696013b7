import { isReady } from '../controllers/pods.ts';
import { ETCD_MEMBERS, hasQuorum } from '../facts.ts';
import { appOf } from '../metrics-usage.ts';
import type { Simulation } from '../simulation.ts';
import { shortestCertificate } from './certificates.ts';
import { type AlertRule, type Labels, runbookUrl } from './rule.ts';

const DAY_SECONDS = 86_400;

/** How long the API server takes for the slowest of a hundred requests, in seconds. */
export function apiserverP99(simulation: Simulation): number {
  if (!hasQuorum(simulation.facts)) return 10;
  const busy = simulation.store
    .list('pods')
    .filter((pod) => simulation.facts.relisting.has(pod.metadata.uid)).length;
  return busy === 0 ? 0.03 : 2.4 * busy;
}

/** Requests slower than a second count against the API server's error budget. */
const SLOW_SECONDS = 1;

export const API_ERROR_BUDGET_BURN: AlertRule = {
  alertname: 'KubeAPIErrorBudgetBurn',
  labels: { severity: 'critical', long: '1h', short: '5m' },
  summary: 'The API server is burning too much error budget.',
  runbookUrl: runbookUrl('kubernetes', 'KubeAPIErrorBudgetBurn'),
  describe: () => 'The API server is burning too much error budget.',
  holds: (simulation) => (apiserverP99(simulation) > SLOW_SECONDS ? [{}] : []),
};

export const CLIENT_CERTIFICATE_EXPIRATION: AlertRule = {
  alertname: 'KubeClientCertificateExpiration',
  labels: { severity: 'critical', job: 'apiserver' },
  summary: 'Client certificate is about to expire.',
  runbookUrl: runbookUrl('kubernetes', 'KubeClientCertificateExpiration'),
  describe: () =>
    'A client certificate used to authenticate to kubernetes apiserver is expiring in less than 24.0 hours.',
  holds: (simulation) =>
    shortestCertificate(simulation) < DAY_SECONDS ? [{ instance: '192.0.2.2:6443' }] : [],
};

/** A restart of all its pods at once is not an outage yet. */
const RESTARTING_MS = 3_000;

/** From the rule set of the CoreDNS mixin: no CoreDNS answers at all. */
export const COREDNS_DOWN: AlertRule = {
  alertname: 'CoreDNSDown',
  labels: { severity: 'critical', job: 'kube-dns' },
  summary: 'CoreDNS has disappeared from Prometheus target discovery.',
  runbookUrl: 'https://github.com/povilasv/coredns-mixin/tree/master/runbook.md#alert-name-corednsdown',
  describe: () => 'CoreDNS has disappeared from Prometheus target discovery.',
  holds: ({ store }) =>
    store.list('pods', 'kube-system').some((pod) => appOf(pod) === 'kube-system/coredns' && isReady(pod))
      ? []
      : [{}],
  tellAfterMs: RESTARTING_MS,
};

function whileWithoutQuorum(
  alertname: string,
  severity: string,
  summary: string,
  sets: (simulation: Simulation) => Labels[] = () => [{}],
): AlertRule {
  const group = alertname.startsWith('etcd') ? 'etcd' : 'kubernetes';
  return {
    alertname,
    labels: { severity },
    summary,
    runbookUrl: runbookUrl(group, alertname),
    describe: (labels) =>
      labels.instance === undefined ? summary : `${summary.replace(/\.$/, '')} (${labels.instance}).`,
    holds: (simulation) => (hasQuorum(simulation.facts) ? [] : sets(simulation)),
  };
}

const API_SERVERS = ['192.0.2.2:6443', '192.0.2.3:6443', '192.0.2.4:6443'];

function ofApiServers(): Labels[] {
  return API_SERVERS.map((instance) => ({ instance, job: 'apiserver', namespace: 'default' }));
}

function survivors({ facts }: Simulation): Labels[] {
  return ETCD_MEMBERS.filter((member) => !facts.etcdDown.has(member)).map((instance) => ({
    instance,
    job: 'etcd',
  }));
}

const OPERATOR = { namespace: 'monitoring', controller: 'prometheus' };

/** What etcd's own rule set tells when a majority of its members is gone, most telling first. */
export const ETCD_RULES: readonly AlertRule[] = [
  whileWithoutQuorum(
    'etcdInsufficientMembers',
    'critical',
    'etcd cluster has insufficient number of members.',
    () => [{ job: 'etcd' }],
  ),
  whileWithoutQuorum('etcdNoLeader', 'critical', 'etcd cluster has no leader.', survivors),
  whileWithoutQuorum('etcdMembersDown', 'warning', 'etcd cluster members are down.', () => [{ job: 'etcd' }]),
];

/** What all others tell because they need etcd: the storm around the one cause. */
export const STORM_WITHOUT_ETCD: readonly AlertRule[] = [
  API_ERROR_BUDGET_BURN,
  whileWithoutQuorum(
    'KubeControllerManagerDown',
    'critical',
    'Target disappeared from Prometheus target discovery.',
  ),
  whileWithoutQuorum('KubeSchedulerDown', 'critical', 'Target disappeared from Prometheus target discovery.'),
  whileWithoutQuorum('KubeAPIInstanceUnreachable', 'critical', 'An API server instance is unreachable.', () =>
    ofApiServers().slice(1),
  ),
  whileWithoutQuorum(
    'KubeAPITerminatedRequests',
    'warning',
    'The kubernetes apiserver terminates incoming requests.',
  ),
  whileWithoutQuorum(
    'KubeClientErrors',
    'warning',
    'Kubernetes API server client is experiencing errors.',
    ofApiServers,
  ),
  whileWithoutQuorum(
    'KubeAggregatedAPIErrors',
    'warning',
    'Kubernetes aggregated API has reported errors.',
    () => [{ name: 'v1beta1.metrics.k8s.io', namespace: 'default' }],
  ),
  whileWithoutQuorum('KubeAggregatedAPIDown', 'warning', 'Kubernetes aggregated API is down.', () => [
    { name: 'v1beta1.metrics.k8s.io', namespace: 'default' },
  ]),
  whileWithoutQuorum('TargetDown', 'warning', 'One or more targets are unreachable.', () => [
    { job: 'etcd', namespace: 'kube-system', service: 'etcd' },
    { job: 'kube-scheduler', namespace: 'kube-system', service: 'kube-scheduler' },
    { job: 'kube-controller-manager', namespace: 'kube-system', service: 'kube-controller-manager' },
  ]),
  whileWithoutQuorum(
    'KubeStateMetricsListErrors',
    'critical',
    'kube-state-metrics is experiencing errors in list operations.',
  ),
  whileWithoutQuorum(
    'KubeStateMetricsWatchErrors',
    'critical',
    'kube-state-metrics is experiencing errors in watch operations.',
  ),
  whileWithoutQuorum(
    'PrometheusOperatorListErrors',
    'warning',
    'Errors while performing list operations in controller.',
    () => [OPERATOR],
  ),
  whileWithoutQuorum(
    'PrometheusOperatorWatchErrors',
    'warning',
    'Errors while performing watch operations in controller.',
    () => [OPERATOR],
  ),
  whileWithoutQuorum(
    'PrometheusOperatorReconcileErrors',
    'warning',
    'Errors while reconciling objects.',
    () => [OPERATOR],
  ),
  whileWithoutQuorum(
    'PrometheusKubernetesListWatchFailures',
    'warning',
    'Requests in Kubernetes SD are failing.',
    () =>
      [0, 1].map((number) => ({
        namespace: 'monitoring',
        pod: `prometheus-k8s-${number}`,
        job: 'prometheus-k8s',
      })),
  ),
];
