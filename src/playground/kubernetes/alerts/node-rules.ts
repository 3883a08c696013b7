import { volumeStats } from '../controllers/volumes.ts';
import type { Place } from '../scenarios/rollout.ts';
import type { KubeNode } from '../types.ts';
import { type AlertRule, type Labels, runbookUrl } from './rule.ts';

const JOB = 'kube-state-metrics';
const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];
/** Share of a volume that is still free when it counts as filling up. */
const FREE_SHARE = 0.03;

function statusOf(node: KubeNode, type: string): string {
  return node.status.conditions.find((condition) => condition.type === type)?.status ?? 'Unknown';
}

function eachNode(of: (node: KubeNode) => Labels[]): AlertRule['holds'] {
  return ({ store }) =>
    store
      .list('nodes')
      .filter(({ spec }) => spec.unschedulable !== true)
      .flatMap(of);
}

export const NODE_NOT_READY: AlertRule = {
  alertname: 'KubeNodeNotReady',
  labels: { severity: 'warning' },
  summary: 'Node is not ready.',
  runbookUrl: runbookUrl('kubernetes', 'KubeNodeNotReady'),
  describe: ({ node }) => `${node} has been unready for a while.`,
  holds: eachNode((node) =>
    statusOf(node, 'Ready') === 'True'
      ? []
      : [{ node: node.metadata.name, condition: 'Ready', status: 'true', job: JOB }],
  ),
};

export const NODE_PRESSURE: AlertRule = {
  alertname: 'KubeNodePressure',
  labels: { severity: 'info' },
  summary: 'Node has as active Condition.',
  runbookUrl: runbookUrl('kubernetes', 'KubeNodePressure'),
  describe: ({ node, condition }) => `${node} has the active condition ${condition}.`,
  holds: eachNode((node) =>
    PRESSURES.filter((type) => statusOf(node, type) === 'True').map((condition) => ({
      node: node.metadata.name,
      condition,
      status: 'true',
      job: JOB,
    })),
  ),
};

export const NODE_UNREACHABLE: AlertRule = {
  alertname: 'KubeNodeUnreachable',
  labels: { severity: 'warning' },
  summary: 'Node is unreachable.',
  runbookUrl: runbookUrl('kubernetes', 'KubeNodeUnreachable'),
  describe: ({ node }) => `${node} is unreachable and some workloads may be rescheduled.`,
  holds: eachNode((node) =>
    (node.spec.taints ?? [])
      .filter(({ key, effect }) => key === 'node.kubernetes.io/unreachable' && effect === 'NoSchedule')
      .map(({ key, effect }) => ({ node: node.metadata.name, key, effect, job: JOB })),
  ),
};

export const NODE_READINESS_FLAPPING: AlertRule = {
  alertname: 'KubeNodeReadinessFlapping',
  labels: { severity: 'warning' },
  summary: 'Node readiness status is flapping.',
  runbookUrl: runbookUrl('kubernetes', 'KubeNodeReadinessFlapping'),
  describe: ({ node }) => `The readiness status of node ${node} has changed again and again.`,
  holds: eachNode((node) => (statusOf(node, 'Ready') === 'True' ? [] : [{ node: node.metadata.name }])),
};

/** The critical one of the two rules of that name: less than three per cent is free. */
export function volumeFillingUp(claim: Place): AlertRule {
  const { namespace, name } = claim;
  return {
    alertname: 'KubePersistentVolumeFillingUp',
    labels: { namespace, persistentvolumeclaim: name, severity: 'critical' },
    summary: 'PersistentVolume is filling up.',
    runbookUrl: runbookUrl('kubernetes', 'KubePersistentVolumeFillingUp'),
    describe: () => `The PersistentVolume claimed by ${name} in Namespace ${namespace} is less than 3% free.`,
    holds: (simulation) => {
      const found = simulation.store.get('persistentvolumeclaims', namespace, name);
      if (found === undefined) return [];
      const { used, capacity } = volumeStats(simulation, found);
      const full = capacity > 0 && (capacity - used) / capacity < FREE_SHARE;
      return full ? [{ job: 'kubelet', metrics_path: '/metrics' }] : [];
    },
  };
}
