import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { tokenOf } from './clients.ts';

type Body = {
  kind: string;
  message: string;
  items?: unknown;
  groups: { versions: { groupVersion: string }[] }[];
  resources: Listed[];
  metadata: { labels?: object };
  spec: { containers: object[]; metrics?: object[]; targetCPUUtilizationPercentage?: number };
};

type Listed = { name: string; kind: string; verbs: string[]; namespaced: boolean };

let cluster: PlaygroundCluster;

beforeAll(async () => {
  cluster = await startPlaygroundCluster({ name: 'pg' });
});

afterAll(() => cluster.stop());

async function send(method: string, path: string, body?: object, type = 'application/json') {
  const answer = await fetch(`${cluster.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${tokenOf(cluster, 'pg-admin')}`, 'content-type': type },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Body };
}

async function groupVersions(): Promise<string[]> {
  const { body } = await send('GET', '/apis');
  const named = body.groups.flatMap(({ versions }) =>
    versions.map(({ groupVersion }) => `/apis/${groupVersion}`),
  );
  return ['/api/v1', ...named];
}

test('every resource that discovery names can be listed, also those that nobody simulates', async () => {
  const wrong: string[] = [];
  for (const base of await groupVersions()) {
    const { body } = await send('GET', base);
    for (const { name, kind, verbs } of body.resources) {
      if (!verbs.includes('list') || name.includes('/')) continue;
      const list = await send('GET', `${base}/${name}`);
      if (list.status !== 200 || list.body.kind !== `${kind}List` || !Array.isArray(list.body.items)) {
        wrong.push(`${base}/${name}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('a kind that nobody simulates is stored and validated', async () => {
  const path = '/apis/scheduling.k8s.io/v1/priorityclasses';
  const created = await send('POST', path, { metadata: { name: 'urgent' }, value: 1000 });
  expect(created).toMatchObject({ status: 201, body: { kind: 'PriorityClass', value: 1000 } });
  expect(await send('GET', `${path}/urgent`)).toMatchObject({ status: 200 });
  expect(await send('POST', path, { metadata: { name: 'Not A Name' } })).toMatchObject({ status: 422 });
});

const POD = { spec: { containers: [{ name: 'c', image: 'registry.example/c:1' }] } };
const PODS = '/api/v1/namespaces/shop/pods';

test('a pod that is bound is not bound again', async () => {
  const name = 'to-bind';
  const nodeSelector = { nowhere: 'yes' };
  await send('POST', PODS, { metadata: { name }, spec: { ...POD.spec, nodeSelector } });
  const binding = { metadata: { name }, target: { kind: 'Node', name: 'node-a' } };
  expect(await send('POST', `${PODS}/${name}/binding`, binding)).toMatchObject({ status: 201 });
  expect(await send('POST', `${PODS}/${name}/binding`, binding)).toMatchObject({
    status: 409,
    body: { reason: 'Conflict' },
  });
});

test('a write to a subresource changes only what is its own', async () => {
  const name = 'to-resize';
  await send('POST', PODS, { metadata: { name }, ...POD });
  const resources = { limits: { cpu: '2' }, requests: { cpu: '1' } };
  const patch = {
    metadata: { labels: { a: 'b' } },
    spec: { containers: [{ name: 'c', image: 'other', resources }] },
  };
  const type = 'application/strategic-merge-patch+json';
  const { body } = await send('PATCH', `${PODS}/${name}/resize`, patch, type);
  expect(body.spec.containers[0]).toMatchObject({ image: 'registry.example/c:1', resources });
  expect(body.metadata.labels).toBeUndefined();
});

test('what asks for a connection into a pod is refused', async () => {
  const name = 'to-enter';
  await send('POST', PODS, { metadata: { name }, ...POD });
  expect(await send('POST', `${PODS}/${name}/exec?command=ls`)).toMatchObject({ status: 400 });
  expect(await send('GET', `${PODS}/${name}/proxy`)).toMatchObject({ status: 503 });
});

test('a namespace that enforces the restricted level takes only pods that meet it', async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await send('POST', '/api/v1/namespaces', { metadata: { name: 'strict', labels } });
  const path = '/api/v1/namespaces/strict/pods?dryRun=All';
  const refused = await send('POST', path, { metadata: { name: 'plain' }, ...POD });
  expect(refused.status).toBe(403);
  expect(refused.body.message).toMatch(
    /^pods "plain" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false /,
  );
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const containers = [{ name: 'c', image: 'registry.example/c:1', securityContext }];
  const taken = await send('POST', path, { metadata: { name: 'careful' }, spec: { containers } });
  expect(taken.status).toBe(201);
});

test('an autoscaler written as v1 is read as v2, and back', async () => {
  const v1 = '/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers';
  const v2 = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers';
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' },
    minReplicas: 1,
    maxReplicas: 4,
    targetCPUUtilizationPercentage: 60,
  };
  expect(await send('POST', v1, { metadata: { name: 'orders' }, spec })).toMatchObject({
    status: 201,
    body: { spec },
  });
  expect((await send('GET', `${v2}/orders`)).body.spec.metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
  ]);
  expect((await send('GET', `${v1}/orders`)).body.spec.targetCPUUtilizationPercentage).toBe(60);
});
