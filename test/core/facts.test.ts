import { describe, expect, it } from 'vitest';
import { objectFacts } from '../../src/core/facts/object.ts';
import type { KubeObject } from '../../src/core/kube.ts';
import { inTroubleFirst, podReason } from '../../src/core/pods.ts';

const NOW = new Date('2026-03-14T02:07:00Z');
const meta = (name: string) => ({ name, namespace: 'shop', creationTimestamp: '2026-03-14T02:00:00Z' });

function pod(
  name: string,
  status: object,
  spec: object = { containers: [{ name: 'api', image: 'api:1' }] },
): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: meta(name), spec, status };
}
const READY = { type: 'Ready', status: 'True' };
const running = pod('well', {
  phase: 'Running',
  conditions: [READY],
  containerStatuses: [{ name: 'api', ready: true, restartCount: 0, state: { running: {} }, lastState: {} }],
});
const crashing = pod('crashing', {
  phase: 'Running',
  containerStatuses: [
    {
      name: 'api',
      ready: false,
      restartCount: 7,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    },
  ],
});

describe('facts', () => {
  it('tell of a pod what a condition asks for', () => {
    expect(objectFacts(crashing, NOW)).toEqual({
      kind: 'Pod',
      name: 'crashing',
      namespace: 'shop',
      phase: 'Running',
      ready: false,
      restarts: 7,
      reason: 'CrashLoopBackOff',
      node: '',
      ageSeconds: 420,
      image: 'api:1',
      terminating: false,
      containers: [
        {
          name: 'api',
          image: 'api:1',
          ready: false,
          restarts: 7,
          reason: 'CrashLoopBackOff',
          exitCode: 137,
          lastReason: 'OOMKilled',
        },
      ],
    });
  });

  it('give the reason that explains a pod best', () => {
    expect(podReason(running)).toBe('');
    expect(
      podReason(
        pod('p', {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
        }),
      ),
    ).toBe('Unschedulable');
    expect(podReason(pod('p', { phase: 'Failed', reason: 'Evicted' }))).toBe('Evicted');
    const two = {
      initContainers: [{ name: 'setup', image: 's' }],
      containers: [{ name: 'api', image: 'a' }],
    };
    const initFails = {
      initContainerStatuses: [{ name: 'setup', state: { waiting: { reason: 'ImagePullBackOff' } } }],
      containerStatuses: [{ name: 'api', state: { waiting: { reason: 'PodInitializing' } } }],
    };
    expect(podReason(pod('p', initFails, two))).toBe('ImagePullBackOff');
    const done = {
      containerStatuses: [{ name: 'api', state: { terminated: { reason: 'Completed', exitCode: 0 } } }],
    };
    expect(podReason(pod('p', done))).toBe('');
  });

  it('put pods in trouble first', () => {
    const starting = pod('starting', { phase: 'Running', conditions: [] });
    const restarted = pod('restarted', {
      phase: 'Running',
      conditions: [READY],
      containerStatuses: [{ name: 'api', ready: true, restartCount: 3, state: { running: {} } }],
    });
    const names = inTroubleFirst([running, restarted, starting, crashing]).map((one) => one.metadata?.name);
    expect(names).toEqual(['crashing', 'starting', 'restarted', 'well']);
  });

  it.each([
    [
      'a Deployment',
      {
        kind: 'Deployment',
        metadata: { ...meta('api'), annotations: { 'deployment.kubernetes.io/revision': '4' } },
        spec: {
          replicas: 3,
          paused: true,
          template: { spec: { containers: [{ name: 'a', image: 'api:2' }] } },
        },
        status: { readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2, unavailableReplicas: 1 },
      },
      {
        desired: 3,
        ready: 2,
        updated: 1,
        available: 2,
        unavailable: 1,
        revision: 4,
        image: 'api:2',
        paused: true,
      },
    ],
    [
      'a StatefulSet that never became ready',
      { kind: 'StatefulSet', metadata: meta('db'), spec: { replicas: 2 }, status: {} },
      { desired: 2, ready: 0, available: 0, unavailable: 2, revision: 0 },
    ],
    [
      'a DaemonSet',
      {
        kind: 'DaemonSet',
        metadata: meta('agent'),
        spec: {},
        status: {
          desiredNumberScheduled: 4,
          numberReady: 3,
          numberAvailable: 3,
          numberUnavailable: 1,
          updatedNumberScheduled: 4,
        },
      },
      { desired: 4, ready: 3, updated: 4, available: 3, unavailable: 1 },
    ],
    [
      'a ReplicaSet',
      {
        kind: 'ReplicaSet',
        metadata: {
          ...meta('api-1'),
          ownerReferences: [
            { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api', uid: 'u', controller: true },
          ],
        },
        spec: { replicas: 0 },
        status: {},
      },
      { desired: 0, ready: 0, owner: 'api' },
    ],
    [
      'a Node under pressure',
      {
        kind: 'Node',
        metadata: { name: 'n' },
        spec: { unschedulable: true },
        status: {
          conditions: [
            { type: 'Ready', status: 'Unknown' },
            { type: 'DiskPressure', status: 'True' },
          ],
        },
      },
      { ready: false, unschedulable: true, pressures: ['DiskPressure'] },
    ],
    [
      'a Job that failed',
      {
        kind: 'Job',
        metadata: meta('j'),
        status: {
          failed: 4,
          conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }],
        },
      },
      { failed: 4, complete: false, reason: 'BackoffLimitExceeded' },
    ],
    [
      'an autoscaler at its maximum',
      {
        kind: 'HorizontalPodAutoscaler',
        metadata: meta('h'),
        spec: { maxReplicas: 10, scaleTargetRef: { kind: 'Deployment', name: 'api' } },
        status: { desiredReplicas: 10, currentReplicas: 9 },
      },
      { min: 1, max: 10, current: 9, atMaximum: true, targetName: 'api' },
    ],
    [
      'a claim without a volume',
      {
        kind: 'PersistentVolumeClaim',
        metadata: meta('data'),
        spec: { storageClassName: 'fast' },
        status: { phase: 'Pending' },
      },
      { phase: 'Pending', storageClass: 'fast', volume: '' },
    ],
    [
      'an event of the newer API',
      {
        kind: 'Event',
        metadata: meta('e'),
        type: 'Warning',
        reason: 'BackOff',
        note: 'again',
        regarding: { kind: 'Pod', name: 'p' },
        eventTime: '2026-03-14T02:06:00Z',
      },
      { type: 'Warning', message: 'again', object: 'pod/p', ageSeconds: 60, count: 1 },
    ],
    ['anything else', { kind: 'Lease', metadata: meta('l') }, { kind: 'Lease', name: 'l', ageSeconds: 420 }],
  ] satisfies [string, KubeObject, object][])('tell of %s', (_, object, facts) => {
    expect(objectFacts(object, NOW)).toMatchObject(facts);
  });

  it('are empty and not wrong for an object that lacks everything', () => {
    for (const kind of [
      'Pod',
      'Deployment',
      'Node',
      'Job',
      'Event',
      'PersistentVolumeClaim',
      'HorizontalPodAutoscaler',
    ]) {
      expect(() => objectFacts({ kind, status: null, spec: 'odd', metadata: {} }, NOW)).not.toThrow();
    }
  });
});
