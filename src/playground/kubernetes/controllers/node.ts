import { sameJson } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { Taint } from '../types.ts';

const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Marks cordoned nodes with the taint that keeps new pods away, and takes it off again. */
export function taintNodes(simulation: Simulation): undefined {
  const { store, clock } = simulation;
  for (const node of store.list('nodes')) {
    const { taints, ...spec } = node.spec;
    const current = taints ?? [];
    const others = current.filter(({ key }) => key !== UNSCHEDULABLE);
    const cordoned: Taint = { key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: clock.stamp() };
    const marked = current.find(({ key }) => key === UNSCHEDULABLE);
    const wanted = node.spec.unschedulable === true ? [...others, marked ?? cordoned] : others;
    if (sameJson(wanted, current)) continue;
    store.put('nodes', { ...node, spec: { ...spec, ...(wanted.length === 0 ? {} : { taints: wanted }) } });
  }
  return undefined;
}
