import { podReady, podStatusText } from '../kubernetes/tables/pod-cells.ts';
import type {
  Condition,
  ContainerStatus,
  DaemonSet,
  Deployment,
  KubeObject,
  Pod,
  StatefulSet,
} from '../kubernetes/types.ts';

/** How something is: fine, on its way, or wrong. */
export type Tone = 'good' | 'busy' | 'bad';

export type PodView = {
  name: string;
  /** What kubectl's STATUS column says. */
  status: string;
  tone: Tone;
  restarts: number;
  /** The image's tag. */
  version: string;
};

export type WorkloadView = {
  kind: string;
  namespace: string;
  name: string;
  ready: number;
  desired: number;
  version: string;
  tone: Tone;
  /** What is going on, in a few words; '' when nothing is. */
  says: string;
  pods: PodView[];
};

export type NodeView = { name: string; tone: Tone; says: string };

export type ClusterView = {
  healthy: boolean;
  workloads: WorkloadView[];
  nodes: NodeView[];
  /** Titles of the scenarios that were broken and are not healed. */
  broken: string[];
};

export type ScenarioState = {
  readonly title: string;
  readonly broken: boolean;
  readonly healthy: boolean;
};

/** A pod that has been up for less than this after a crash is not yet believed. */
const TRUSTED_AFTER_MS = 10_000;
const ON_THE_WAY = new Set(['Pending', 'ContainerCreating', 'PodInitializing', 'Terminating', 'Running']);

/**
 * What the demo's panel shows of a cluster.
 * @param objects everything that the cluster stores
 * @param now milliseconds since the epoch, in the cluster's time
 */
export function clusterView(
  objects: readonly unknown[],
  scenarios: readonly ScenarioState[],
  now: number,
): ClusterView {
  const all = objects.filter(isKubeObject);
  const ownerOf = new Map(all.map((object) => [object.metadata.uid, controllerOf(object)]));
  const pods = all.filter(isKind<Pod>('Pod'));
  const podsOf = (uid: string): Pod[] =>
    pods
      .filter((pod) => {
        const owner = controllerOf(pod);
        return owner !== undefined && (owner === uid || ownerOf.get(owner) === uid);
      })
      .toSorted((a, b) => order(a).localeCompare(order(b)));
  const workloads = [
    ...all
      .filter(isKind<Deployment>('Deployment'))
      .map((one) => ({ object: one, desired: one.spec.replicas })),
    ...all
      .filter(isKind<StatefulSet>('StatefulSet'))
      .map((one) => ({ object: one, desired: one.spec.replicas })),
    ...all
      .filter(isKind<DaemonSet>('DaemonSet'))
      .map((one) => ({ object: one, desired: one.status.desiredNumberScheduled })),
  ];
  return {
    healthy: scenarios.every((one) => one.healthy),
    workloads: workloads
      .map(({ object, desired }) => workloadView(object, desired, podsOf(object.metadata.uid), now))
      .toSorted((a, b) => `${a.namespace}/${a.name}`.localeCompare(`${b.namespace}/${b.name}`)),
    nodes: all.filter((object) => object.kind === 'Node').map(nodeView),
    broken: scenarios.filter((one) => one.broken && !one.healthy).map((one) => one.title),
  };
}

function isKubeObject(value: unknown): value is KubeObject {
  return typeof value === 'object' && value !== null && 'kind' in value && 'metadata' in value;
}

function isKind<T extends KubeObject>(kind: string): (object: KubeObject) => object is T {
  return (object): object is T => object.kind === kind;
}

function controllerOf(object: KubeObject): string | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller)?.uid;
}

function order({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}

function workloadView(
  object: Deployment | StatefulSet | DaemonSet,
  desired: number,
  owned: readonly Pod[],
  now: number,
): WorkloadView {
  const pods = owned.map((pod) => podView(pod, now));
  const ready = owned.filter(isReady).length;
  const rollout = object.kind === 'Deployment' ? rolloutOf(object, desired) : undefined;
  const failing = pods.filter((pod) => pod.tone === 'bad');
  const [worst] = failing;
  const says = [
    ...(rollout === undefined ? [] : [rollout.says]),
    ...(worst === undefined ? [] : [`${failing.length} of ${pods.length} pods: ${worst.status}`]),
  ].join('; ');
  const isShort = ready < desired;
  const isBad = rollout?.isStuck === true || worst !== undefined;
  return {
    kind: object.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    ready,
    desired,
    version: tagOf(object.spec.template.spec.containers[0]?.image),
    tone: isBad ? 'bad' : rollout !== undefined || isShort ? 'busy' : 'good',
    says,
    pods,
  };
}

/** A Deployment's unfinished rollout. */
function rolloutOf(
  object: Deployment | StatefulSet | DaemonSet,
  desired: number,
): { says: string; isStuck: boolean } | undefined {
  const status = object.status;
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const updated = number(status.updatedReplicas);
  const isDone =
    updated === desired && number(status.replicas) === desired && number(status.availableReplicas) >= desired;
  const isSeen = status.observedGeneration === object.metadata.generation;
  if (isDone && isSeen) return undefined;
  const conditions: readonly Condition[] = Array.isArray(status.conditions) ? status.conditions : [];
  const isStuck = conditions.some((one) => one.type === 'Progressing' && one.status === 'False');
  const count = isSeen ? updated : 0;
  if (count === desired)
    return { says: isStuck ? 'not all pods are available' : 'waiting for pods', isStuck };
  return { says: `rollout ${isStuck ? 'stuck' : 'running'}: ${count} of ${desired} updated`, isStuck };
}

function podView(pod: Pod, now: number): PodView {
  const containers = pod.status.containerStatuses ?? [];
  const status = podStatusText(pod);
  const restarts = containers.reduce((sum, one) => sum + one.restartCount, 0);
  return {
    name: pod.metadata.name,
    status: status === 'Running' && !isReady(pod) ? 'Running, not ready' : status,
    tone: podTone(pod, status, containers, now),
    restarts,
    version: tagOf(pod.spec.containers[0]?.image),
  };
}

function podTone(pod: Pod, status: string, containers: readonly ContainerStatus[], now: number): Tone {
  if (status === 'Terminating') return 'busy';
  if (containers.some((one) => justCrashed(one, now))) return 'bad';
  if ((status === 'Running' && isReady(pod)) || status === 'Completed') return 'good';
  return ON_THE_WAY.has(status) ? 'busy' : 'bad';
}

function justCrashed({ state, lastState }: ContainerStatus, now: number): boolean {
  const exit = lastState?.terminated?.exitCode ?? 0;
  if (exit === 0) return false;
  return state.running === undefined || now - Date.parse(state.running.startedAt) < TRUSTED_AFTER_MS;
}

/** By its condition: on a node that is gone the containers still count as ready. */
function isReady(pod: Pod): boolean {
  const [ready, all] = podReady(pod).split('/');
  const condition = pod.status.conditions?.find((one) => one.type === 'Ready')?.status;
  const isGone = pod.metadata.deletionTimestamp !== undefined;
  return ready === all && ready !== '0' && condition !== 'False' && condition !== 'Unknown' && !isGone;
}

function nodeView(node: KubeObject): NodeView {
  const { status, spec, metadata } = node;
  const conditions: readonly Condition[] =
    typeof status === 'object' &&
    status !== null &&
    'conditions' in status &&
    Array.isArray(status.conditions)
      ? status.conditions
      : [];
  const isReadyNode = conditions.some((one) => one.type === 'Ready' && one.status === 'True');
  const pressure = conditions
    .filter((one) => one.type !== 'Ready' && one.status === 'True')
    .map((one) => one.type);
  const isCordoned =
    typeof spec === 'object' && spec !== null && 'unschedulable' in spec && spec.unschedulable === true;
  const says = [isReadyNode ? 'Ready' : 'NotReady', ...pressure, ...(isCordoned ? ['cordoned'] : [])].join(
    ', ',
  );
  const tone = !isReadyNode || pressure.length > 0 ? 'bad' : isCordoned ? 'busy' : 'good';
  return { name: metadata.name, tone, says };
}

function tagOf(image: string | undefined): string {
  return /:([^:/@]+)(?:@.*)?$/.exec(image ?? '')?.[1] ?? '';
}
