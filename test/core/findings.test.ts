import { describe, expect, it } from 'vitest';
import { findingsIn } from '../../src/core/findings.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { KubeObject } from '../../src/core/kube.ts';

const NOW = '2026-03-01T12:00:00Z';
const ago = (seconds: number) => new Date(Date.parse(NOW) - seconds * 1000).toISOString();
const look = (...objects: KubeObject[]) => findingsIn(objects, { cluster: 'prod', now: NOW });
const kinds = (...objects: KubeObject[]) => look(...objects).map(({ kind }) => kind);

type PodOptions = {
  name?: string;
  hash?: string;
  ready?: boolean;
  readySince?: number;
  status?: JsonObject;
  phase?: string;
  deleting?: boolean;
  owner?: JsonObject | null;
  conditions?: JsonObject[];
};

function pod({
  hash = '5494fb79dc',
  name = `checkout-${hash}-qp76n`,
  ready = false,
  readySince = 10,
  status = {},
  phase = 'Running',
  deleting = false,
  owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: `checkout-${hash}`,
    uid: `rs-${hash}`,
    controller: true,
  },
  conditions = [],
}: PodOptions = {}): KubeObject {
  const metadata = {
    name,
    namespace: 'shop',
    labels: { 'pod-template-hash': hash },
    creationTimestamp: ago(3600),
    ...(deleting ? { deletionTimestamp: NOW } : {}),
    ...(owner === null ? {} : { ownerReferences: [owner] }),
  };
  const readiness = { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(readySince) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    // As it comes from JSON; ownerReferences is typed closer than a test's literals.
    metadata: JSON.parse(JSON.stringify(metadata)),
    spec: { containers: [{ name: 'api', image: 'shop/checkout:1.43.0' }] },
    status: {
      phase,
      conditions: [readiness, ...conditions],
      containerStatuses: [{ name: 'api', ready, restartCount: 0, ...status }],
    },
  };
}

const ended = (reason: string, exitCode: number, secondsAgo: number, message = '') => ({
  terminated: { reason, exitCode, finishedAt: ago(secondsAgo), message },
});
const waiting = (reason: string, message = '') => ({ waiting: { reason, message } });

function deployment(
  status: JsonObject,
  more: { name?: string; replicas?: number; uid?: string } = {},
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: more.name ?? 'checkout', namespace: 'shop', uid: more.uid ?? 'dep-1' },
    spec: { replicas: more.replicas ?? 3 },
    status,
  };
}

function replicaSet(hash: string, revision: number): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `checkout-${hash}`,
      namespace: 'shop',
      uid: `rs-${hash}`,
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout', uid: 'dep-1', controller: true },
      ],
    },
    spec: { replicas: 1 },
  };
}

function node(name: string, conditions: { [type: string]: string }): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: {
      conditions: Object.entries(conditions).map(([type, status]) => ({
        type,
        status,
        message: `the kubelet says ${status}.`,
        lastTransitionTime: ago(600),
      })),
    },
  };
}

describe('container.crash_loop', () => {
  const crashing = {
    restartCount: 4,
    state: waiting('CrashLoopBackOff'),
    lastState: ended('Error', 1, 30, 'panic: config key\nPAYMENT_URL is not set'),
  };

  it('is one finding for the pods of a Deployment, with numbers and last words', () => {
    const findings = look(
      pod({ name: 'checkout-5494fb79dc-aaaaa', status: crashing }),
      pod({ name: 'checkout-5494fb79dc-bbbbb', status: crashing }),
    );
    expect(findings).toEqual([
      {
        id: 'container.crash_loop:shop/checkout/api',
        kind: 'container.crash_loop',
        object: {
          cluster: 'prod',
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'checkout',
        },
        says: 'Container api of checkout keeps crashing in 2 pods: 8 restarts, last exit code 1 (Error): panic: config key PAYMENT_URL is not set.',
      },
    ]);
  });

  it('is seen between two crashes too, while the container runs for a moment', () => {
    const moment = { ...crashing, state: { running: { startedAt: NOW } } };
    expect(kinds(pod({ status: moment }))).toEqual(['container.crash_loop']);
    expect(kinds(pod({ status: moment, ready: true }))).toEqual(['container.crash_loop']);
  });

  it('is history once the container has run well for a while, and no loop after one end', () => {
    const long = { restartCount: 9, state: { running: {} }, lastState: ended('Error', 1, 4000) };
    expect(kinds(pod({ status: long, ready: true }))).toEqual([]);
    const once = { restartCount: 1, state: { running: {} }, lastState: ended('Error', 1, 30) };
    expect(kinds(pod({ status: once, ready: true }))).toEqual([]);
    const well = { restartCount: 5, state: { running: {} }, lastState: ended('Completed', 0, 30) };
    expect(kinds(pod({ status: well, ready: true }))).toEqual([]);
  });

  it('of a pod on its way out, or of one that has succeeded, is nobody’s trouble', () => {
    expect(kinds(pod({ status: crashing, deleting: true }))).toEqual([]);
    expect(kinds(pod({ status: crashing, phase: 'Succeeded' }))).toEqual([]);
  });
});

describe('the owner of a pod', () => {
  const broken = { state: waiting('ImagePullBackOff') };
  const ownerOf = (...objects: KubeObject[]) => {
    const [first] = look(...objects);
    return first === undefined ? null : [first.object.kind, first.object.name];
  };

  it.each<[string, JsonObject | null, [string, string]]>([
    [
      'a StatefulSet',
      { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: '1', controller: true },
      ['StatefulSet', 'db'],
    ],
    ['nobody', null, ['Pod', 'db-0']],
    [
      'a ReplicaSet of its own name',
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'plain', uid: '1', controller: true },
      ['ReplicaSet', 'plain'],
    ],
  ])('%s', (_what, owner, expected) => {
    expect(ownerOf(pod({ name: 'db-0', owner, status: broken }))).toEqual(expected);
  });

  it('is read from the ReplicaSet where that was read too', () => {
    const odd = { ...replicaSet('5494fb79dc', 2) };
    expect(ownerOf(pod({ status: broken }), odd)).toEqual(['Deployment', 'checkout']);
  });
});

describe('containers that wait', () => {
  it('for an image', () => {
    const [finding] = look(pod({ status: { state: waiting('ErrImagePull', 'rpc error: not found') } }));
    expect(finding).toMatchObject({
      kind: 'container.image_pull',
      says: 'Container api of checkout cannot get its image in 1 pod, image shop/checkout:1.43.0 (ErrImagePull): rpc error: not found.',
    });
  });

  it('for a setting', () => {
    expect(kinds(pod({ status: { state: waiting('CreateContainerConfigError', 'no key') } }))).toEqual([
      'container.config_error',
    ]);
  });

  it('as every container does at first are none', () => {
    expect(kinds(pod({ status: { state: waiting('ContainerCreating') } }))).toEqual([]);
  });
});

describe('container.oom_killed', () => {
  it('is told beside the crash loop that it causes', () => {
    const status = {
      restartCount: 3,
      state: waiting('CrashLoopBackOff'),
      lastState: ended('OOMKilled', 137, 20),
    };
    expect(kinds(pod({ status }))).toEqual(['container.oom_killed', 'container.crash_loop']);
  });

  it('is history when the container is ready and has run for long', () => {
    const status = { restartCount: 1, state: { running: {} }, lastState: ended('OOMKilled', 137, 7200) };
    expect(kinds(pod({ status, ready: true }))).toEqual([]);
  });
});

describe('pods', () => {
  it('not ready are told after a minute, not while they start', () => {
    expect(kinds(pod({ readySince: 59 }))).toEqual([]);
    const [finding] = look(pod({ readySince: 180, name: 'a' }), pod({ readySince: 900, name: 'b' }));
    expect(finding).toMatchObject({
      id: 'pod.not_ready:shop/checkout',
      says: '2 pods of checkout not ready for 15 min.',
    });
  });

  it('that no node takes say why', () => {
    const unscheduled = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/3 nodes are available: 3 Insufficient cpu.',
    };
    const [finding] = look(pod({ phase: 'Pending', conditions: [unscheduled] }));
    expect(finding).toMatchObject({
      kind: 'pod.unschedulable',
      says: 'No node takes 1 pod of checkout: 0/3 nodes are available: 3 Insufficient cpu.',
    });
  });
});

describe('workloads', () => {
  const available = { type: 'Available', status: 'True', lastUpdateTime: ago(3600) };
  const progressing = (status: string, secondsAgo: number, reason = 'ReplicaSetUpdated') => ({
    type: 'Progressing',
    status,
    reason,
    message: 'ReplicaSet "checkout-5494fb79dc" has timed out progressing.',
    lastUpdateTime: ago(secondsAgo),
  });

  it('past the progress deadline are stuck', () => {
    const [finding] = look(
      deployment({
        availableReplicas: 2,
        updatedReplicas: 1,
        conditions: [available, progressing('False', 10, 'ProgressDeadlineExceeded')],
      }),
    );
    expect(finding).toMatchObject({
      id: 'rollout.stuck:shop/checkout',
      says: 'The rollout of checkout is stuck with 2 of 3 replicas available, 1 updated: ReplicaSet "checkout-5494fb79dc" has timed out progressing.',
    });
  });

  it('are stuck before the deadline when the new pods fail and old ones still serve', () => {
    const rolling = deployment({
      availableReplicas: 3,
      updatedReplicas: 1,
      conditions: [available, progressing('True', 5)],
    });
    const failing = pod({ status: { state: waiting('ImagePullBackOff') } });
    const serving = pod({ hash: '66bbcc77dd', ready: true });
    const sets = [replicaSet('66bbcc77dd', 1), replicaSet('5494fb79dc', 2)];
    expect(kinds(rolling, ...sets, failing, serving)).toContain('rollout.stuck');
    expect(
      kinds(rolling, ...sets, pod({ status: { state: waiting('ContainerCreating') } }), serving),
    ).toEqual([]);
    // The old pods fail and the new ones come up: that heals itself.
    const healing = [pod(), pod({ hash: '66bbcc77dd', status: { state: waiting('CrashLoopBackOff') } })];
    expect(kinds(rolling, ...sets, ...healing)).not.toContain('rollout.stuck');
  });

  it('lack replicas when that has lasted, not while a rollout is under way', () => {
    const lacking = (secondsAgo: number) =>
      deployment({
        availableReplicas: 2,
        updatedReplicas: 3,
        conditions: [available, progressing('True', secondsAgo)],
      });
    expect(kinds(lacking(10))).toEqual([]);
    expect(look(lacking(120))).toMatchObject([
      { kind: 'replicas.missing', says: 'checkout has 2 of 3 replicas available.' },
    ]);
  });

  it('that are whole, or scaled to nothing, are no finding', () => {
    expect(kinds(deployment({ availableReplicas: 3, updatedReplicas: 3, conditions: [available] }))).toEqual(
      [],
    );
    expect(kinds(deployment({}, { replicas: 0 }))).toEqual([]);
  });
});

describe('nodes', () => {
  it('not ready, unknown or under pressure are told', () => {
    expect(
      look(
        node('a', { Ready: 'Unknown' }),
        node('b', { Ready: 'True', MemoryPressure: 'True', DiskPressure: 'True' }),
        node('c', { Ready: 'True', MemoryPressure: 'False' }),
      ),
    ).toMatchObject([
      { id: 'node.not_ready:a', says: 'Node a is not ready for 10 min: the kubelet says Unknown.' },
      { id: 'node.pressure:b', says: 'Node b runs out of memory and disk space.' },
    ]);
  });
});

it('objects of any shape are looked at without a fault', () => {
  const odd: KubeObject[] = [
    {},
    { kind: 'Pod' },
    { kind: 'Pod', metadata: {}, spec: { containers: 'x' }, status: [] },
    { kind: 'Deployment', status: { conditions: [null, 1, 'x'] } },
    { kind: 'Node', status: null },
  ];
  expect(() => look(...odd)).not.toThrow();
});
