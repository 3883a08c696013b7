import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/core/kube.ts';
import { labelsSelected } from '../../../src/core/label-selector.ts';
import { budgetFacts } from '../../../src/core/safety/budget.ts';
import { workloadSafety } from '../../../src/core/safety/workload.ts';
import { requested } from '../../../src/kubernetes/safety/drain.ts';

const named = (kind: string, spec: object, status: object = {}): KubeObject => ({
  kind,
  metadata: { name: 'x', namespace: 'shop', generation: 2 },
  spec: { replicas: 10, ...spec },
  status: { observedGeneration: 2, ...status },
});
const rolling = (rollingUpdate: object) => ({ strategy: { type: 'RollingUpdate', rollingUpdate } });

describe('how many pods a rollout may take', () => {
  it.each([
    ['a Deployment: a quarter, rounded down', named('Deployment', {}), { how: 'rolling', maxUnavailable: 2 }],
    [
      'what it says',
      named('Deployment', rolling({ maxUnavailable: 3 })),
      { how: 'rolling', maxUnavailable: 3 },
    ],
    [
      'a share of it',
      named('Deployment', rolling({ maxUnavailable: '35%' })),
      { how: 'rolling', maxUnavailable: 3 },
    ],
    [
      'one, where neither way is open',
      named('Deployment', rolling({ maxUnavailable: 0, maxSurge: 0 })),
      { how: 'rolling', maxUnavailable: 1 },
    ],
    [
      'none, where new pods come first',
      named('Deployment', rolling({ maxUnavailable: 0 })),
      { how: 'rolling', maxUnavailable: 0 },
    ],
    ['all, with Recreate', named('Deployment', { strategy: { type: 'Recreate' } }), { how: 'at_once' }],
    ['a StatefulSet: one', named('StatefulSet', {}), { how: 'by_number', maxUnavailable: 1 }],
    [
      'none by itself, with OnDelete',
      named('StatefulSet', { updateStrategy: { type: 'OnDelete' } }),
      { how: 'by_hand' },
    ],
    [
      'a DaemonSet: a share, rounded up',
      named(
        'DaemonSet',
        { updateStrategy: { rollingUpdate: { maxUnavailable: '15%' } } },
        { desiredNumberScheduled: 10 },
      ),
      { how: 'rolling', maxUnavailable: 2 },
    ],
    [
      'something that nobody can read: all',
      named('Deployment', rolling({ maxUnavailable: 'some' })),
      { how: 'rolling', maxUnavailable: 10 },
    ],
  ])('%s', (_name, workload, replaces) => {
    expect(workloadSafety(workload).replaces).toEqual(replaces);
  });
});

describe('whether a rollout is under way', () => {
  const progressing = (reason: string) => ({ conditions: [{ type: 'Progressing', status: 'True', reason }] });
  const full = { updatedReplicas: 10, replicas: 10, availableReplicas: 10, readyReplicas: 10 };
  it.each([
    [
      'a Deployment that is through',
      named('Deployment', {}, { ...full, ...progressing('NewReplicaSetAvailable') }),
      'done',
    ],
    [
      'a crashed pod long afterwards is none',
      named('Deployment', {}, { ...full, availableReplicas: 9, ...progressing('NewReplicaSetAvailable') }),
      'done',
    ],
    [
      'old pods still there',
      named('Deployment', {}, { ...full, replicas: 12, ...progressing('ReplicaSetUpdated') }),
      'going',
    ],
    [
      'a spec that nobody looked at yet',
      named('Deployment', {}, { ...full, observedGeneration: 1, ...progressing('NewReplicaSetAvailable') }),
      'going',
    ],
    ['past its deadline', named('Deployment', {}, progressing('ProgressDeadlineExceeded')), 'stuck'],
    ['paused', named('Deployment', { paused: true }, full), 'paused'],
    [
      'a StatefulSet between two revisions',
      named('StatefulSet', {}, { ...full, currentRevision: 'a', updateRevision: 'b', updatedReplicas: 4 }),
      'going',
    ],
    [
      'a StatefulSet with a crashed pod',
      named('StatefulSet', {}, { ...full, readyReplicas: 9, currentRevision: 'a', updateRevision: 'a' }),
      'done',
    ],
    [
      'a DaemonSet half updated',
      named('DaemonSet', {}, { desiredNumberScheduled: 4, updatedNumberScheduled: 2 }),
      'going',
    ],
  ])('%s', (_name, workload, rollout) => {
    expect(workloadSafety(workload).rollout).toBe(rollout);
  });
});

it('a StatefulSet says whether scaling deletes its volumes', () => {
  const claims = { volumeClaimTemplates: [{ metadata: { name: 'data' } }] };
  expect(workloadSafety(named('StatefulSet', claims)).volumes).toEqual({
    claims: ['data'],
    deletedWhenScaled: false,
  });
  const deleting = { ...claims, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } };
  expect(workloadSafety(named('StatefulSet', deleting)).volumes?.deletedWhenScaled).toBe(true);
  expect(workloadSafety(named('StatefulSet', {})).volumes).toBeNull();
});

describe('a label selector', () => {
  const labels = { app: 'checkout', tier: 'web' };
  const expression = (operator: string, key: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });
  it.each([
    [{ matchLabels: { app: 'checkout' } }, true],
    [{ matchLabels: { app: 'checkout', tier: 'db' } }, false],
    [{}, true],
    [undefined, false],
    [expression('In', 'tier', 'web', 'db'), true],
    [expression('In', 'zone', 'a'), false],
    [expression('NotIn', 'tier', 'web'), false],
    [expression('NotIn', 'zone', 'a'), true],
    [expression('Exists', 'app'), true],
    [expression('DoesNotExist', 'app'), false],
    [expression('Nearly', 'app'), null],
  ])('%j: %s', (selector, selected) => {
    expect(labelsSelected(selector, labels)).toBe(selected);
  });

  it('that nobody can read is not passed over', () => {
    const budget = named('PodDisruptionBudget', { selector: expression('Nearly', 'app') });
    expect(() => budgetFacts(budget, [{ name: 'Pod shop/a', namespace: 'shop', labels }])).toThrow(
      /unknown operator/,
    );
  });
});

it('a budget older than its spec does not say how many may go', () => {
  const among = [{ name: 'Pod shop/a', namespace: 'shop', labels: {} }];
  const selector = { selector: {}, maxUnavailable: '50%' };
  const counted = named('PodDisruptionBudget', selector, { disruptionsAllowed: 1 });
  expect(budgetFacts(counted, among)).toMatchObject({ disruptionsAllowed: 1, maxUnavailable: '50%' });
  const stale = named('PodDisruptionBudget', selector, { disruptionsAllowed: 1, observedGeneration: 1 });
  expect(budgetFacts(stale, among)?.disruptionsAllowed).toBeNull();
  expect(budgetFacts(counted, [{ name: 'Pod x/a', namespace: 'x', labels: {} }])).toBeNull();
});

it('a pod asks for its containers and sidecars together, or for its largest init container', () => {
  const asks = (cpu: string, memory: string) => ({ resources: { requests: { cpu, memory } } });
  const pod = (spec: object): KubeObject => ({ kind: 'Pod', spec });
  const two = { containers: [asks('100m', '64Mi'), asks('200m', '64Mi')] };
  expect(requested(pod(two))).toEqual({ cpu: 300, memory: 128 * 1024 ** 2, pods: 1 });
  expect(requested(pod({ ...two, initContainers: [asks('1', '32Mi')] })).cpu).toBe(1000);
  const sidecar = { ...asks('50m', '1Mi'), restartPolicy: 'Always' };
  expect(requested(pod({ ...two, initContainers: [sidecar], overhead: { cpu: '10m' } })).cpu).toBe(360);
});
