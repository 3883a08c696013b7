import type { Labels } from './alert.ts';
import { condition, list, text } from './facts/fields.ts';
import type { KubeObject } from './kube.ts';
import { controllerOf } from './pods.ts';
import { CONTROL_PLANE, nodeSubject, type Subject, subjectOf } from './subject.ts';

/** What a cluster shows that alerts of different objects may have in common. */
export type Surroundings = {
  /** Why the control plane is not well; null when it is, or when nobody could say. */
  readonly controlPlane: string | null;
  readonly nodes: readonly NodeView[];
};
export type NodeView = {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Why it is broken; null when it is not. */
  readonly broken: string | null;
  /** Of a broken node: what runs there. */
  readonly pods: readonly { readonly namespace: string; readonly name: string; readonly workload: string }[];
};

/** What an alert hangs on, and how the cluster shows it. */
export type Cause = { readonly subject: Subject; readonly title: string; readonly because: string };

/** The nearest common cause that the cluster shows for an alert with these labels; null where it shows none. */
export function causeOf(labels: Labels, around: Surroundings): Cause | null {
  const subject = subjectOf(labels);
  if (subject.rank === 'control_plane') return null;
  for (const node of around.nodes) {
    const cause = nodeCause(labels, subject, node);
    if (cause !== null) return cause;
  }
  if (around.controlPlane === null) return null;
  const because = `the control plane is not well: ${around.controlPlane}`;
  return { subject: CONTROL_PLANE, title: 'The control plane is not well', because };
}

function nodeCause(labels: Labels, subject: Subject, node: NodeView): Cause | null {
  const onNode = (because: string): Cause => ({
    subject: nodeSubject(node.name),
    title:
      node.broken === null
        ? `${labels.alertname ?? 'Alert'} node ${node.name}`
        : `Node ${node.name} is not ready`,
    because,
  });
  const address = labels.instance?.replace(/:\d+$/, '') ?? '';
  if (subject.name.startsWith('instance/') && (address === node.name || node.addresses.includes(address)))
    return onNode(`${labels.instance} is node ${node.name}`);
  if (node.broken === null || subject.rank !== 'workload') return null;
  if (labels.node === node.name) return onNode(`it is on node ${node.name}: ${node.broken}`);
  const [namespace = '', workload] = subject.name.split(' ');
  const pod = node.pods.find(
    (one) =>
      one.namespace === namespace &&
      (labels.pod === undefined ? one.workload === workload : one.name === labels.pod),
  );
  return pod === undefined ? null : onNode(`its pod ${pod.name} is on node ${node.name}: ${node.broken}`);
}

/** A node as the API gives it, with the pods on it where it is broken. */
export function nodeView(node: KubeObject, pods: readonly KubeObject[]): NodeView {
  return {
    name: node.metadata?.name ?? '',
    addresses: list(node, 'status', 'addresses').map((address) => text(address, 'address')),
    broken: brokenBecause(node),
    pods: pods.map((pod) => ({
      namespace: pod.metadata?.namespace ?? '',
      name: pod.metadata?.name ?? '',
      workload: workloadOfPod(pod),
    })),
  };
}

/** Why a node runs nothing any more; null while it does. */
export function brokenBecause(node: KubeObject): string | null {
  const ready = condition(node, 'Ready');
  if (ready === undefined || text(ready, 'status') === 'True') return null;
  const why = text(ready, 'reason');
  return `it is not ready${why === '' ? '' : ` (${why})`}`;
}

function workloadOfPod(pod: KubeObject): string {
  const owner = controllerOf(pod);
  const hash = pod.metadata?.labels?.['pod-template-hash'];
  if (owner === undefined) return pod.metadata?.name ?? '';
  return owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`)
    ? owner.name.slice(0, -hash.length - 1)
    : owner.name;
}
