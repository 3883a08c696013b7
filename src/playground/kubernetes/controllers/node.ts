import { sameJson } from '../json.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { KubeNode, Pod, Taint } from '../types.ts';
import { recordEvent } from './events.ts';
import { isOut, nodeConditions } from './machine.ts';
import { deletePod, isTerminating } from './pods.ts';
import { toleration } from './tolerations.ts';

const PREFIX = 'node.kubernetes.io/';

type Wanted = { key: string; effect: string };

/** The taints that a node's state asks for: https://kubernetes.io/docs/reference/labels-annotations-taints/ */
function wantedTaints(node: KubeNode): Wanted[] {
  const status = (type: string) =>
    node.status.conditions.find((condition) => condition.type === type)?.status ?? 'False';
  const wanted: Wanted[] = [];
  const taint = (key: string, ...effects: string[]) => {
    for (const effect of effects) wanted.push({ key: `${PREFIX}${key}`, effect });
  };
  if (node.spec.unschedulable === true) taint('unschedulable', 'NoSchedule');
  if (status('MemoryPressure') === 'True') taint('memory-pressure', 'NoSchedule');
  if (status('DiskPressure') === 'True') taint('disk-pressure', 'NoSchedule');
  if (status('PIDPressure') === 'True') taint('pid-pressure', 'NoSchedule');
  if (status('Ready') === 'False') taint('not-ready', 'NoSchedule', 'NoExecute');
  if (status('Ready') === 'Unknown') taint('unreachable', 'NoSchedule', 'NoExecute');
  return wanted;
}

const OWN_KEYS = new Set(
  ['unschedulable', 'memory-pressure', 'disk-pressure', 'pid-pressure', 'not-ready', 'unreachable'].map(
    (key) => `${PREFIX}${key}`,
  ),
);

/** Keeps the nodes' conditions and taints, and evicts the pods that do not bear a taint, or no longer. */
export function runNodes(simulation: Simulation): number | undefined {
  const { store, clock, facts } = simulation;
  let wake: number | undefined;
  for (const node of store.list('nodes')) {
    const conditions = nodeConditions(simulation, node);
    tellReadiness(simulation, node, conditions.find(({ type }) => type === 'Ready')?.status ?? 'True');
    const updated: KubeNode = { ...node, status: { ...node.status, conditions } };
    const { taints, ...spec } = node.spec;
    const current = taints ?? [];
    const others = current.filter(({ key }) => !OWN_KEYS.has(key));
    const own = wantedTaints(updated).map((wanted): Taint => {
      const marked = current.find(({ key, effect }) => key === wanted.key && effect === wanted.effect);
      return marked ?? { ...wanted, timeAdded: clock.stamp() };
    });
    const all = [...others, ...own];
    const next = { ...updated, spec: { ...spec, ...(all.length === 0 ? {} : { taints: all }) } };
    if (!sameJson(next, node)) store.put('nodes', next);
    wake = earliest(wake, evict(simulation, node.metadata.name, all));
    const until = facts.outages.get(node.metadata.name)?.until;
    if (until !== undefined && isOut(simulation, node.metadata.name)) wake = earliest(wake, until);
  }
  return wake;
}

function tellReadiness(simulation: Simulation, node: KubeNode, status: string): void {
  const before = node.status.conditions.find(({ type }) => type === 'Ready')?.status;
  if (before === status || before === undefined) return;
  const { name } = node.metadata;
  const ready = status === 'True';
  const reason = ready ? 'NodeReady' : 'NodeNotReady';
  const source = ready ? { component: 'kubelet', host: name } : { component: 'node-controller' };
  recordEvent(simulation, node, source, 'Normal', reason, `Node ${name} status is now: ${reason}`);
}

function evict(simulation: Simulation, node: string, taints: readonly Taint[]): number | undefined {
  const chasing = taints.filter(({ effect }) => effect === 'NoExecute');
  if (chasing.length === 0) return undefined;
  const { store, clock } = simulation;
  let wake: number | undefined;
  for (const pod of store.list('pods')) {
    if (pod.spec.nodeName !== node || isTerminating(pod)) continue;
    const until = bearsUntil(pod, chasing);
    if (until === undefined) continue;
    if (until > clock.now()) {
      wake = earliest(wake, until);
      continue;
    }
    const message = `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`;
    const source = { component: 'taint-eviction-controller' };
    recordEvent(simulation, pod, source, 'Normal', 'TaintManagerEviction', message);
    deletePod(simulation, pod);
  }
  return wake;
}

/** Until when a pod bears all of the taints, in ms; undefined for ever. */
function bearsUntil(pod: Pod, taints: readonly Taint[]): number | undefined {
  const ends = taints.flatMap((taint) => {
    const found = toleration(pod, taint);
    if (found === undefined) return [0];
    const seconds = found.tolerationSeconds;
    return seconds === undefined ? [] : [Date.parse(taint.timeAdded ?? '') + seconds * 1000];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}
