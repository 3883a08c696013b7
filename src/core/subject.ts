import type { Labels } from './alert.ts';
import type { Rank } from './problem.ts';
import { workloadOf } from './service.ts';

/** The object that an alert is about, read from its labels. Alerts of one object are one problem. */
export type Subject = {
  readonly rank: Rank;
  /** Unique within its source and cluster. */
  readonly name: string;
  /** For people: `shop/checkout`, `node worker-1`. */
  readonly says: string;
};

// The jobs and names of kube-prometheus' rules for the control plane, and of kubeadm's static pods.
const CONTROL_PLANE_JOB = /^(kube-)?(apiserver|etcd|scheduler|controller-manager)$/;
const CONTROL_PLANE_POD = /^(etcd|kube-apiserver|kube-scheduler|kube-controller-manager)-/;
const CONTROL_PLANE_ALERT = /^(etcd|KubeAPI|KubeScheduler|KubeControllerManager)/;
// It tells of other objects; its own address in `instance` says nothing.
const TELLS_OF_OTHERS: ReadonlySet<string> = new Set(['kube-state-metrics', 'prometheus', 'alertmanager']);

export const CONTROL_PLANE: Subject = {
  rank: 'control_plane',
  name: 'control-plane',
  says: '(control plane)',
};

export function nodeSubject(node: string): Subject {
  return { rank: 'node', name: `node/${node}`, says: `node ${node}` };
}

/** The control plane, a workload, a node, a claim, a scraped address; where no label names an object, the alert itself. */
export function subjectOf(labels: Labels): Subject {
  const { alertname = 'Alert', namespace, job = '' } = labels;
  if (isControlPlane(labels)) return CONTROL_PLANE;
  const inNamespace = (name: string): string => (namespace === undefined ? name : `${namespace}/${name}`);
  const { instance: exporter = '' } = labels;
  // It is a DaemonSet's pod, and tells of the node that it runs on.
  if (job === 'node-exporter' && exporter !== '')
    return exporter.includes(':')
      ? { rank: 'other', name: `instance/${exporter}`, says: exporter }
      : nodeSubject(exporter);
  const workload = workloadOf(labels);
  if (workload !== null)
    return { rank: 'workload', name: `${namespace ?? ''} ${workload}`, says: inNamespace(workload) };
  if (labels.node !== undefined && labels.node !== '') return nodeSubject(labels.node);
  const claim = labels.persistentvolumeclaim;
  if (claim !== undefined && claim !== '')
    return { rank: 'other', name: `${namespace ?? ''} claim/${claim}`, says: inNamespace(claim) };
  const instance = TELLS_OF_OTHERS.has(job) ? undefined : labels.instance;
  // What a pod exports about itself names the pod too; then the address is not the object.
  if (instance !== undefined && instance !== '' && labels.container === undefined && labels.pod === undefined)
    return { rank: 'other', name: `instance/${instance}`, says: instance };
  return {
    rank: 'other',
    name: `${namespace ?? ''} ${alertname}/${labels.container ?? instance ?? ''}`,
    says: namespace ?? '',
  };
}

function isControlPlane({ alertname = '', job = '', pod = '', namespace = '' }: Labels): boolean {
  return (
    // A certificate that will expire is no sign that it is not well now.
    (CONTROL_PLANE_JOB.test(job) && alertname !== 'KubeClientCertificateExpiration') ||
    CONTROL_PLANE_ALERT.test(alertname) ||
    (namespace === 'kube-system' && CONTROL_PLANE_POD.test(pod))
  );
}
