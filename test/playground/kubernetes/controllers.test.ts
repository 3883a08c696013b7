import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextTime } from '../../../src/playground/kubernetes/controllers/cron-schedule.ts';
import { toleration } from '../../../src/playground/kubernetes/controllers/tolerations.ts';
import { at, listOr, textOr } from '../../../src/playground/kubernetes/json.ts';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import type { Pod } from '../../../src/playground/kubernetes/types.ts';
import { type Admin, adminOf } from './admin.ts';

let cluster: PlaygroundCluster;
let admin: Admin;

beforeEach(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
  admin = adminOf(cluster);
});

afterEach(() => cluster.stop());

const TEMPLATE = {
  metadata: { labels: { app: 'work' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: 'registry.example/work:1' }] },
};

async function items(path: string): Promise<unknown[]> {
  return listOr((await admin.get(path)).items);
}

async function create(path: string, body: unknown): Promise<void> {
  const { status, body: answer } = await admin.post(path, body);
  expect({ status, message: answer.message }).toEqual({ status: 201, message: undefined });
}

test('a Job runs as many pods at once as it may, and is complete when enough have succeeded', async () => {
  await create('/apis/batch/v1/namespaces/default/jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work' },
    spec: { parallelism: 2, completions: 3, template: TEMPLATE },
  });
  cluster.advance(1_000);
  const pods = '/api/v1/namespaces/default/pods?labelSelector=job-name%3Dwork';
  expect(await items(pods)).toHaveLength(2);
  cluster.advance(10_000);
  expect((await items(pods)).map((pod) => at(pod, 'status', 'phase'))).toEqual(Array(3).fill('Succeeded'));
  const { status } = await admin.get('/apis/batch/v1/namespaces/default/jobs/work');
  expect(status).toMatchObject({ succeeded: 3, completionTime: expect.any(String) });
  expect(listOr(at(status, 'conditions')).map((one) => at(one, 'type'))).toEqual([
    'SuccessCriteriaMet',
    'Complete',
  ]);
});

test('a CronJob makes a Job at each time of its schedule and keeps the last three that succeeded', async () => {
  await create('/apis/batch/v1/namespaces/default/cronjobs', {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'tidy' },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: TEMPLATE } } },
  });
  cluster.advance(30 * 60_000);
  const jobs = await items('/apis/batch/v1/namespaces/default/jobs');
  const minute = Date.parse('2026-03-14T02:35:00Z') / 60_000;
  expect(jobs.map((job) => at(job, 'metadata', 'name'))).toEqual(
    [minute - 15, minute - 10, minute - 5, minute].map((number) => `tidy-${number}`).slice(-jobs.length),
  );
  const { status } = await admin.get('/apis/batch/v1/namespaces/default/cronjobs/tidy');
  expect(at(status, 'lastScheduleTime')).toBe('2026-03-14T02:35:00Z');
});

test.each([
  ['*/5 * * * *', '2026-03-14T02:07:00Z', '2026-03-14T02:10:00.000Z'],
  ['30 1 * * *', '2026-03-14T02:07:00Z', '2026-03-15T01:30:00.000Z'],
  ['0 9-17/4 * * 1', '2026-03-14T02:07:00Z', '2026-03-16T09:00:00.000Z'],
  ['0 0 1,15 * 3', '2026-03-14T02:07:00Z', '2026-03-15T00:00:00.000Z'],
])('the schedule %s after %s comes at %s', (schedule, after, next) => {
  expect(new Date(nextTime(schedule, Date.parse(after)) ?? 0).toISOString()).toBe(next);
});

test.each(['', '* * * *', '61 * * * *', 'x * * * *', '*/0 * * * *'])('"%s" is no schedule', (schedule) => {
  expect(nextTime(schedule, 0)).toBeUndefined();
});

test('a pod that asks for more than any node has left stays pending, and says so', async () => {
  await create('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'huge' },
    spec: {
      containers: [
        { name: 'huge', image: 'registry.example/huge:1', resources: { requests: { memory: '64Gi' } } },
      ],
    },
  });
  const pod = await admin.get('/api/v1/namespaces/default/pods/huge');
  const [condition] = listOr(at(pod, 'status', 'conditions'));
  expect(condition).toMatchObject({
    reason: 'Unschedulable',
    message: '0/3 nodes are available: 3 Insufficient memory.',
  });
});

test('init containers run one after the other before the others start, and their logs can be read', async () => {
  await create('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'staged' },
    spec: {
      initContainers: ['first', 'second'].map((name) => ({ name, image: `registry.example/${name}:1` })),
      containers: [{ name: 'app', image: 'registry.example/app:1' }],
    },
  });
  const states = async () => {
    const status = at(await admin.get('/api/v1/namespaces/default/pods/staged'), 'status');
    return [...listOr(at(status, 'initContainerStatuses')), ...listOr(at(status, 'containerStatuses'))].map(
      (one) => textOr(at(one, 'state', 'waiting', 'reason'), Object.keys(Object(at(one, 'state')))[0]),
    );
  };
  cluster.advance(600);
  expect(await states()).toEqual(['running', 'PodInitializing', 'PodInitializing']);
  cluster.advance(5_000);
  expect(await states()).toEqual(['terminated', 'terminated', 'running']);
});

test('a pod waits for its ConfigMap and starts once it is there', async () => {
  await create('/api/v1/namespaces/default/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'needy' },
    spec: {
      containers: [
        { name: 'app', image: 'registry.example/app:1', envFrom: [{ configMapRef: { name: 'settings' } }] },
      ],
    },
  });
  cluster.advance(2_000);
  const phase = async () => at(await admin.get('/api/v1/namespaces/default/pods/needy'), 'status', 'phase');
  expect(await phase()).toBe('Pending');
  await create('/api/v1/namespaces/default/configmaps', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { level: 'info' },
  });
  cluster.advance(3_000);
  expect(await phase()).toBe('Running');
});

test('a quota that is raised lets the missing pods in at once', async () => {
  cluster.breakScenario('quota-exceeded');
  cluster.advance(90_000);
  const quota = '/api/v1/namespaces/payments/resourcequotas/payments';
  expect(at(await admin.get(quota), 'status', 'used', 'requests.memory')).toBe('1Gi');
  await admin.patch(quota, { spec: { hard: { pods: '20', 'requests.cpu': '4', 'requests.memory': '4Gi' } } });
  expect(await items('/api/v1/namespaces/payments/pods?labelSelector=app%3Dapi')).toHaveLength(12);
});

test('pods are evicted from a node that is not ready when their toleration has run out, daemons never', async () => {
  cluster.breakScenario('node-not-ready');
  const there = async () =>
    (await items('/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-c')).map((pod) =>
      textOr(at(pod, 'metadata', 'labels', 'app'), textOr(at(pod, 'metadata', 'labels', 'k8s-app'))),
    );
  cluster.advance(295_000);
  expect(await there()).toContain('checkout');
  cluster.advance(15_000);
  expect((await there()).toSorted()).toEqual(['', 'calico-node', 'kube-proxy']);
  const events = await items('/api/v1/namespaces/shop/events?fieldSelector=reason%3DTaintManagerEviction');
  expect(events.length).toBeGreaterThan(0);
});

test.each([
  [[{ operator: 'Exists' }], true],
  [[{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' }], true],
  [[{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }], false],
  [[{ key: 'node.kubernetes.io/unreachable', operator: 'Exists' }], false],
  [[], false],
])('tolerations %j bear the taint of a node that is not ready: %s', (tolerations, bears) => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'pod', uid: 'uid', resourceVersion: '1', creationTimestamp: '' },
    spec: { containers: [], tolerations },
    status: { phase: 'Running' },
  };
  const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' };
  expect(toleration(pod, taint) !== undefined).toBe(bears);
});

test('a pod of a full memory limit is killed, and top shows what it takes', async () => {
  cluster.breakScenario('out-of-memory');
  cluster.advance(700);
  const metrics = await items('/apis/metrics.k8s.io/v1beta1/namespaces/payments/pods');
  const memory = metrics
    .flatMap((pod) => listOr(at(pod, 'containers')))
    .map((one) => at(one, 'usage', 'memory'));
  expect(memory).toEqual(['307200Ki', '307200Ki']);
});
