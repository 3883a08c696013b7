import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/core/kube.ts';
import { reachedBelow, rolloutState } from '../../src/core/rollout.ts';

const workload = (kind: string, spec: object, status: object, generation = 2): KubeObject => ({
  kind,
  metadata: { name: 'api', generation },
  spec: { replicas: 3, ...spec },
  status: { observedGeneration: 2, ...status },
});
const deployment = (status: object, generation = 2) => workload('Deployment', {}, status, generation);

describe("a rollout in kubectl's words", () => {
  it.each([
    [deployment({}, 3), false, 'Waiting for deployment spec update to be observed...'],
    [
      deployment({ conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] }),
      false,
      'deployment "api" exceeded its progress deadline',
    ],
    [
      deployment({ updatedReplicas: 1, replicas: 4 }),
      false,
      'Waiting for deployment "api" rollout to finish: 1 out of 3 new replicas have been updated...',
    ],
    [
      deployment({ updatedReplicas: 3, replicas: 4 }),
      false,
      'Waiting for deployment "api" rollout to finish: 1 old replicas are pending termination...',
    ],
    [
      deployment({ updatedReplicas: 3, replicas: 3, availableReplicas: 2 }),
      false,
      'Waiting for deployment "api" rollout to finish: 2 of 3 updated replicas are available...',
    ],
    [
      deployment({ updatedReplicas: 3, replicas: 3, availableReplicas: 3 }),
      true,
      'deployment "api" successfully rolled out',
    ],
    [
      workload('DaemonSet', { updateStrategy: { type: 'OnDelete' } }, {}),
      false,
      'rollout status is only available for RollingUpdate strategy type',
    ],
    [
      workload('DaemonSet', {}, { desiredNumberScheduled: 4, updatedNumberScheduled: 1 }),
      false,
      'Waiting for daemon set "api" rollout to finish: 1 out of 4 new pods have been updated...',
    ],
    [
      workload('DaemonSet', {}, { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 3 }),
      false,
      'Waiting for daemon set "api" rollout to finish: 3 of 4 updated pods are available...',
    ],
    [
      workload('DaemonSet', {}, { desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4 }),
      true,
      'daemon set "api" successfully rolled out',
    ],
    [workload('StatefulSet', {}, { readyReplicas: 1 }), false, 'Waiting for 2 pods to be ready...'],
    [
      workload(
        'StatefulSet',
        { updateStrategy: { rollingUpdate: { partition: 1 } } },
        { readyReplicas: 3, updatedReplicas: 1 },
      ),
      false,
      'Waiting for partitioned roll out to finish: 1 out of 2 new pods have been updated...',
    ],
    [
      workload(
        'StatefulSet',
        {},
        { readyReplicas: 3, updatedReplicas: 2, updateRevision: 'api-2', currentRevision: 'api-1' },
      ),
      false,
      'waiting for statefulset rolling update to complete 2 pods at revision api-2...',
    ],
    [
      workload(
        'StatefulSet',
        {},
        { readyReplicas: 3, currentReplicas: 3, updateRevision: 'api-2', currentRevision: 'api-2' },
      ),
      true,
      'statefulset rolling update complete 3 pods at revision api-2...',
    ],
  ])('%#', (object, done, message) => {
    expect(rolloutState(object)).toMatchObject({ done, message });
  });

  it('is stuck only past the progress deadline', () => {
    expect(
      rolloutState(deployment({ conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] }))
        .stuck,
    ).toBe(true);
    expect(rolloutState(deployment({ updatedReplicas: 1 })).stuck).toBe(false);
  });
});

it.each([
  ['those between the two', 3, 1, 'new', 2],
  ['no more than there are', 9, 1, 'new', 2],
  ['none that have it already', 3, 1, 'old', 0],
  ['none by a higher one', 1, 3, 'new', 0],
])(
  'a partition of a StatefulSet that goes down lets its template reach %s',
  (_, from, to, revision, pods) => {
    const set = workload('StatefulSet', {}, { updateRevision: revision, currentRevision: 'old' });
    expect(reachedBelow(set, { from, to })).toBe(pods);
  },
);
