import { describe, expect, it } from 'vitest';
import { replicaDelta, replicaShare } from '../../../src/core/replica-share.ts';
import { type Autoscaling, replicasWithin } from '../../../src/core/safety/autoscaling.ts';
import { known, unknown } from '../../../src/core/safety/facts.ts';
import { measured } from '../../../src/core/safety/measured.ts';
import { makePlan } from '../../make.ts';
import { workload } from '../../safety-facts.ts';

const bounds = (from: readonly [number, number], to: readonly [number, number]): Autoscaling => ({
  of: { kind: 'Deployment', namespace: 'shop', name: 'checkout' },
  from: { min: from[0], max: from[1] },
  to: { min: to[0], max: to[1] },
});

describe('how many replicas other bounds of an autoscaler leave', () => {
  it.each<[string, Autoscaling, number, number]>([
    ['a maximum below what runs takes the rest away', bounds([2, 10], [2, 4]), 8, 4],
    ['a maximum above what runs takes nothing away', bounds([2, 10], [2, 4]), 3, 3],
    ['a minimum above what runs adds', bounds([2, 10], [5, 10]), 3, 5],
    ['a lower minimum lets go what only the old one held', bounds([4, 10], [2, 10]), 4, 2],
    ['a lower minimum leaves what the load asks for', bounds([4, 10], [2, 10]), 7, 7],
    ['a minimum of zero lets all of it go, whatever runs', bounds([2, 10], [0, 10]), 7, 0],
    ['both lower: the new maximum holds', bounds([8, 10], [2, 4]), 9, 4],
    ['more room changes nothing at once', bounds([2, 5], [2, 12]), 5, 5],
  ])('%s', (_, autoscaling, before, after) => {
    expect(replicasWithin(autoscaling, before)).toBe(after);
  });
});

/** A draft that sets those bounds, with a workload of so many replicas to be seen. */
function bounded(autoscaling: Autoscaling, desired: number | null) {
  const plan = makePlan();
  const facts = { versionsBack: null, replicasBefore: 8, replicasAfter: 8, autoscaling };
  const object = 'HorizontalPodAutoscaler shop/checkout';
  const diff = [
    { object, path: 'spec.maxReplicas', before: autoscaling.from.max, after: autoscaling.to.max },
  ];
  const workloads = desired === null ? unknown('it is away') : known([workload({ desired })]);
  return measured({ ...plan, facts, diff }, { workloads, removed: known([]) });
}

describe('what a limit sees of other bounds', () => {
  it('is the workload as it was read a moment ago, not as it was drafted', () => {
    const draft = bounded(bounds([2, 10], [2, 4]), 6);
    expect(draft.facts).toMatchObject({ replicasBefore: 6, replicasAfter: 4 });
    expect(draft.blast).toMatchObject({ pods: 2, says: expect.stringContaining('which has 6 now') });
  });

  it('is how far they move what is possible, also where nothing moves at once', () => {
    const draft = bounded(bounds([2, 10], [2, 40]), 6);
    expect(replicaDelta({ type: 'patch', draft })).toBe(30);
    expect(replicaShare({ type: 'patch', draft })).toBe(5);
  });

  it('is nothing where the workload could not be read, whatever was drafted', () => {
    const draft = bounded(bounds([2, 10], [2, 4]), null);
    expect(draft.facts).toMatchObject({ replicasBefore: null, replicasAfter: null });
    expect(replicaDelta({ type: 'patch', draft })).toBeNull();
    expect(replicaShare({ type: 'patch', draft })).toBeNull();
  });

  it('is unknown of bounds that came with no workload', () => {
    const { autoscaling: _, ...facts } = bounded(bounds([2, 10], [2, 4]), 6).facts;
    const draft = { ...bounded(bounds([2, 10], [2, 4]), 6), facts };
    expect(replicaDelta({ type: 'patch', draft })).toBeNull();
  });
});

describe('the share of the replicas that go', () => {
  const gone = (...workloads: readonly (string | null)[]) => {
    const plan = makePlan();
    const [target] = plan.targets;
    if (target === undefined) throw new Error('a plan has a target');
    const names = workloads.map((_, at) => `p${at}`);
    const draft = {
      ...plan,
      blast: { objects: names.length, pods: names.length, says: '' },
      targets: names.map((name) => ({ ...target, ref: { ...target.ref, kind: 'Pod', name } })),
      diff: names.map((name) => ({
        object: `Pod shop/${name}`,
        path: '',
        before: 'Running',
        after: undefined,
      })),
    };
    const removed = known(
      workloads.map((owner, at) => ({ name: `Pod shop/p${at}`, ready: true, workload: owner })),
    );
    const big = workload({ name: 'Deployment shop/big', desired: 10 });
    return { draft, removed, workloads: known([workload(), big]) };
  };
  const CHECKOUT = 'Deployment shop/checkout';

  it.each<[string, readonly (string | null)[], number]>([
    ['of one workload', [CHECKOUT], 0.333],
    ['is the largest of several workloads', ['Deployment shop/big', CHECKOUT, CHECKOUT], 0.667],
    ['of a pod that nobody makes anew is all', [null], 1],
    ['of a workload that cannot be seen is all', ['StatefulSet shop/db'], 1],
  ])('%s', (_, owners, share) => {
    const { draft, ...seen } = gone(...owners);
    expect(replicaShare({ type: 'drain', draft: measured(draft, seen) })).toBe(share);
  });

  it('is not known where the pods could not be read, though it was before', () => {
    const { draft, ...seen } = gone(CHECKOUT);
    const before = measured(draft, seen);
    expect(before.facts).toMatchObject({ replicasBefore: 3, replicasAfter: 3 });
    const now = measured(before, { ...seen, removed: unknown('the cluster is away') });
    expect(replicaShare({ type: 'delete_pod', draft: now })).toBeNull();
    expect(now.facts.replicasBefore).toBeNull();
  });
});
