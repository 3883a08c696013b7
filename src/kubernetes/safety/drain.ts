import { conditionIs, field, list, members, text } from '../../core/facts/fields.ts';
import { NODE, POD } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { DrainFacts, Room } from '../../core/safety/facts.ts';
import { nameOfObject } from '../../core/safety/workload.ts';
import { bytes, millicores } from '../quantities.ts';
import type { Reading } from '../reading.ts';
import { allPages } from './all-pages.ts';

const NOTHING: Room = { cpu: 0, memory: 0, pods: 0 };
/** A taint with one of these keeps ordinary pods away. */
const KEEPS_AWAY: ReadonlySet<string> = new Set(['NoSchedule', 'NoExecute']);

/** The pods that leave, and the room on the nodes that may take them: allocatable less what is asked for. @throws ReadFailed */
export async function drainFacts(reading: Reading, leaving: readonly KubeObject[]): Promise<DrainFacts> {
  const [nodes, pods] = await Promise.all([allPages(reading, NODE, null), allPages(reading, POD, null)]);
  const drained = [...new Set(leaving.map(nodeOf))].filter((name) => name !== '');
  const running = pods.filter(isRunning);
  return {
    nodes: drained,
    moving: leaving.filter(isRunning).map((pod) => ({ name: nameOfObject(pod), ...requested(pod) })),
    free: nodes
      .filter((node) => takesPods(node) && !drained.includes(node.metadata?.name ?? ''))
      .map((node) => {
        const name = node.metadata?.name ?? '';
        const asked = running.filter((pod) => nodeOf(pod) === name).map(requested);
        return { name, ...asked.reduce(less, allocatable(node)) };
      }),
  };
}

/** One that ended asks for nothing any more, and does not come back elsewhere. */
function isRunning(pod: KubeObject): boolean {
  return !['Succeeded', 'Failed'].includes(text(pod, 'status', 'phase'));
}

function nodeOf(pod: KubeObject): string {
  return text(pod, 'spec', 'nodeName');
}

function takesPods(node: KubeObject): boolean {
  const tainted = list(node, 'spec', 'taints').some((taint) => KEEPS_AWAY.has(text(taint, 'effect')));
  return conditionIs(node, 'Ready', 'True') && field(node, 'spec', 'unschedulable') !== true && !tainted;
}

function allocatable(node: KubeObject): Room {
  const of = (name: string): string => quantity(field(node, 'status', 'allocatable', name));
  return { cpu: millicores(of('cpu')), memory: bytes(of('memory')), pods: Number(of('pods')) || 0 };
}

/** As the scheduler counts: all containers and sidecars together, or the largest init container, and the overhead. */
export function requested(pod: KubeObject): Room {
  const inits = list(pod, 'spec', 'initContainers');
  const sidecars = inits.filter((one) => text(one, 'restartPolicy') === 'Always');
  const running = [...list(pod, 'spec', 'containers'), ...sidecars].map(asks).reduce(more, NOTHING);
  const largest = inits
    .map(asks)
    .reduce(
      (a, b) => ({ cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory), pods: 0 }),
      NOTHING,
    );
  const overhead = room(members(pod, 'spec', 'overhead'));
  return {
    cpu: Math.max(running.cpu, largest.cpu) + overhead.cpu,
    memory: Math.max(running.memory, largest.memory) + overhead.memory,
    pods: 1,
  };
}

function asks(container: unknown): Room {
  return room(members(container, 'resources', 'requests'));
}

function room(named: readonly (readonly [string, unknown])[]): Room {
  const of = (name: string): string => quantity(named.find(([key]) => key === name)?.[1]);
  return { cpu: millicores(of('cpu')), memory: bytes(of('memory')), pods: 0 };
}

function quantity(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '0';
}

const more = (a: Room, b: Room): Room => ({
  cpu: a.cpu + b.cpu,
  memory: a.memory + b.memory,
  pods: a.pods + b.pods,
});
const less = (a: Room, b: Room): Room => ({
  cpu: a.cpu - b.cpu,
  memory: a.memory - b.memory,
  pods: a.pods - b.pods,
});
