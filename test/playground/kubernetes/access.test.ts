import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { type Clients, clientsFor } from './clients.ts';

const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const CHECKOUT = { name: 'checkout', namespace: 'shop' };

let cluster: PlaygroundCluster;
let reader: Clients;
let writer: Clients;

beforeAll(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
  reader = clientsFor(cluster, 'test');
  writer = clientsFor(cluster, 'test-writer');
});

afterAll(() => cluster.stop());

test('the reader may not patch, not even as a dry run, and is told so in the server’s words', async () => {
  const body = { spec: { replicas: 1 } };
  const refused = reader.apps.patchNamespacedDeployment({ ...CHECKOUT, body, dryRun: 'All' }, MERGE);
  await expect(refused).rejects.toMatchObject({
    code: 403,
    body: expect.stringContaining(
      'deployments.apps \\"checkout\\" is forbidden: User \\"system:serviceaccount:firstmate:reader\\" cannot patch resource \\"deployments\\" in API group \\"apps\\" in the namespace \\"shop\\"',
    ),
  });
});

test('neither identity may read a Secret', async () => {
  for (const client of [reader, writer]) {
    await expect(client.core.listNamespacedSecret({ namespace: 'shop' })).rejects.toMatchObject({
      code: 403,
    });
  }
});

test('the reader cannot delete, evict, create or reach a proxy', async () => {
  const pods = await reader.core.listNamespacedPod({ namespace: 'shop' });
  const name = pods.items[0]?.metadata?.name ?? '';
  const attempts = [
    reader.core.deleteNamespacedPod({ namespace: 'shop', name }),
    reader.core.createNamespacedPodEviction({ namespace: 'shop', name, body: { metadata: { name } } }),
    reader.core.createNamespacedConfigMap({ namespace: 'shop', body: { metadata: { name: 'mine' } } }),
    reader.core.connectGetNamespacedPodProxy({ namespace: 'shop', name }),
  ];
  const results = await Promise.allSettled(attempts);
  expect(results.map((result) => result.status === 'rejected' && result.reason.code)).toEqual([
    403, 403, 403, 403,
  ]);
});

test('a SelfSubjectAccessReview tells each identity what it may do', async () => {
  const ask = async (clients: Clients) => {
    const body = {
      spec: {
        resourceAttributes: { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop' },
      },
    };
    const review = await clients.authorization.createSelfSubjectAccessReview({ body });
    return review.status?.allowed;
  };
  expect(await ask(reader)).toBe(false);
  expect(await ask(writer)).toBe(true);
});

test('an unknown token is 401, and none at all is an anonymous user with no rights', async () => {
  const path = `${cluster.url}/api/v1/namespaces/shop/pods`;
  const unknown = await fetch(path, { headers: { authorization: 'Bearer nobody' } });
  expect(unknown.status).toBe(401);
  expect(await unknown.json()).toMatchObject({ kind: 'Status', reason: 'Unauthorized', code: 401 });
  const anonymous = await fetch(path);
  expect(anonymous.status).toBe(403);
  expect(await anonymous.json()).toMatchObject({
    message: expect.stringContaining('User "system:anonymous" cannot list resource "pods"'),
  });
});

test('two clusters do not accept each other’s tokens', async () => {
  const other = await startPlaygroundCluster({ name: 'test' });
  try {
    const borrowed = clientsFor({ ...cluster, kubeconfig: other.kubeconfig }, 'test');
    const pods = await borrowed.core.listNamespacedPod({ namespace: 'shop' });
    expect(pods.items.length).toBeGreaterThan(0);
    const swapped = cluster.kubeconfig.replaceAll(cluster.url, other.url);
    const stranger = clientsFor({ ...other, kubeconfig: swapped }, 'test');
    await expect(stranger.core.listNamespacedPod({ namespace: 'shop' })).rejects.toMatchObject({ code: 401 });
  } finally {
    await other.stop();
  }
});

test('an eviction within the budget is allowed, and the next one is refused with 429', async () => {
  const pods = await reader.core.listNamespacedPod({ namespace: 'shop', labelSelector: 'app=checkout' });
  const [first = '', second = ''] = pods.items.map((pod) => pod.metadata?.name ?? '');
  const evict = (name: string) =>
    writer.core.createNamespacedPodEviction({ namespace: 'shop', name, body: { metadata: { name } } });
  await evict(first);
  await expect(evict(second)).rejects.toMatchObject({
    code: 429,
    body: expect.stringContaining('The disruption budget checkout needs 2 healthy pods and has 2 currently'),
  });
});

test('a token that was asked for ends by the clock of the cluster', async () => {
  const admin = clientsFor(cluster, 'test-admin');
  const { status } = await admin.core.createNamespacedServiceAccountToken({
    namespace: 'firstmate',
    name: 'reader',
    body: { spec: { audiences: [], expirationSeconds: 600 } },
  });
  const ask = async () => {
    const headers = { authorization: `Bearer ${status?.token}` };
    return (await fetch(`${cluster.url}/api/v1/namespaces/shop/pods`, { headers })).status;
  };
  const review = async () => {
    const body = { spec: { token: status?.token ?? '' } };
    return (await admin.authentication.createTokenReview({ body })).status?.authenticated;
  };
  cluster.advance(599_000);
  expect(await ask()).toBe(200);
  expect(await review()).toBe(true);
  cluster.advance(1_000);
  expect(await ask()).toBe(401);
  expect(await review()).toBeFalsy();
});
