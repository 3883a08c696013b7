import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { type Clients, clientsFor } from './clients.ts';

const JSON_PATCH = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
const STRATEGIC = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const CHECKOUT = { name: 'checkout', namespace: 'shop' };
const CRASH_TIME_MS = 2_000;
const DEADLINE_MS = 5_000;
const HEAL_MS = 3_000;

let cluster: PlaygroundCluster;
let reader: Clients;
let writer: Clients;

beforeEach(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
  reader = clientsFor(cluster, 'test');
  writer = clientsFor(cluster, 'test-writer');
});

afterEach(() => cluster.stop());

async function checkoutPods() {
  const list = await reader.core.listNamespacedPod({ namespace: 'shop', labelSelector: 'app=checkout' });
  return list.items;
}

async function crashingPod() {
  const pods = await checkoutPods();
  return pods.find(
    (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
  );
}

async function undoPatch() {
  const deployment = await reader.apps.readNamespacedDeployment(CHECKOUT);
  const sets = await reader.apps.listNamespacedReplicaSet({
    namespace: 'shop',
    labelSelector: 'app=checkout',
  });
  const target = sets.items.find(
    (set) => set.metadata?.annotations?.['deployment.kubernetes.io/revision'] === '3',
  );
  const template = JSON.parse(JSON.stringify(target?.spec?.template));
  delete template.metadata.labels['pod-template-hash'];
  return [
    { op: 'test', path: '/metadata/uid', value: deployment.metadata?.uid },
    {
      op: 'test',
      path: '/spec/template/spec/containers/0/image',
      value: deployment.spec?.template.spec?.containers[0]?.image,
    },
    { op: 'replace', path: '/spec/template', value: template },
  ];
}

test('a quiet cluster has three ready checkout pods and two older revisions to go back to', async () => {
  const deployment = await reader.apps.readNamespacedDeployment(CHECKOUT);
  const sets = await reader.apps.listNamespacedReplicaSet({
    namespace: 'shop',
    labelSelector: 'app=checkout',
  });
  expect(deployment.status?.readyReplicas).toBe(3);
  expect(deployment.metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  expect(sets.items.map((set) => set.spec?.template?.spec?.containers[0]?.image).sort()).toEqual([
    'registry.example/shop/checkout:1.40.3',
    'registry.example/shop/checkout:1.41.0',
    'registry.example/shop/checkout:1.42.0',
  ]);
  expect(cluster.alerts()).toEqual([]);
});

test('a bad release crash-loops within two seconds, and its previous log says why', async () => {
  cluster.breakScenario('checkout');
  cluster.advance(CRASH_TIME_MS);
  const pod = await crashingPod();
  const status = pod?.status?.containerStatuses?.[0];
  expect(status?.restartCount).toBeGreaterThan(0);
  expect(status?.lastState?.terminated?.exitCode).toBe(1);
  const log = await reader.core.readNamespacedPodLog({
    namespace: 'shop',
    name: pod?.metadata?.name ?? '',
    previous: true,
    tailLines: 50,
  });
  expect(log).toContain('panic: config key PAYMENT_URL is not set');
  const events = await reader.core.listNamespacedEvent({
    namespace: 'shop',
    fieldSelector: `involvedObject.name=${pod?.metadata?.name},reason=BackOff`,
  });
  expect(events.items[0]?.message).toContain('Back-off restarting failed container checkout');
});

test('the alert fires once the rollout has passed its deadline, with the cluster among its labels', () => {
  cluster.breakScenario('bad-release');
  expect(cluster.alerts().map(({ status }) => status)).toEqual(['pending']);
  cluster.advance(DEADLINE_MS);
  expect(cluster.alerts()).toMatchObject([
    {
      scenario: 'bad-release',
      status: 'firing',
      labels: {
        alertname: 'KubeDeploymentRolloutStuck',
        namespace: 'shop',
        deployment: 'checkout',
        severity: 'critical',
        cluster: 'test',
      },
    },
  ]);
});

test('going back to the template before heals it, and the old ReplicaSet takes the next revision', async () => {
  cluster.breakScenario('checkout');
  cluster.advance(DEADLINE_MS);
  const body = await undoPatch();
  await writer.apps.patchNamespacedDeployment({ ...CHECKOUT, body }, JSON_PATCH);
  cluster.advance(HEAL_MS);
  const deployment = await reader.apps.readNamespacedDeployment(CHECKOUT);
  expect(deployment.status).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  expect(deployment.status?.observedGeneration).toBe(deployment.metadata?.generation);
  expect(deployment.metadata?.annotations?.['deployment.kubernetes.io/revision']).toBe('5');
  const sets = await reader.apps.listNamespacedReplicaSet({
    namespace: 'shop',
    labelSelector: 'app=checkout',
  });
  const current = sets.items.find((set) => set.spec?.replicas === 3);
  expect(current?.metadata?.annotations).toMatchObject({
    'deployment.kubernetes.io/revision': '5',
    'deployment.kubernetes.io/revision-history': '3',
  });
  expect((await checkoutPods()).map((pod) => pod.status?.phase)).toEqual(['Running', 'Running', 'Running']);
  expect(cluster.alerts()[0]?.status).toBe('resolved');
});

test('an undo whose test no longer holds is refused with 422 and changes nothing', async () => {
  cluster.breakScenario('checkout');
  const body = await undoPatch();
  const stale = [{ op: 'test', path: '/metadata/uid', value: 'someone-else' }, ...body.slice(1)];
  const before = cluster.snapshot();
  await expect(
    writer.apps.patchNamespacedDeployment({ ...CHECKOUT, body: stale }, JSON_PATCH),
  ).rejects.toMatchObject({ code: 422 });
  expect(cluster.snapshot()).toEqual(before);
});

test('a dry run answers the object as it would be and leaves the cluster as it was', async () => {
  cluster.breakScenario('checkout');
  cluster.advance(DEADLINE_MS);
  const before = cluster.snapshot();
  const deployment = await reader.apps.readNamespacedDeployment(CHECKOUT);
  const body = await undoPatch();
  const dry = await writer.apps.patchNamespacedDeployment({ ...CHECKOUT, body, dryRun: 'All' }, JSON_PATCH);
  expect(dry.spec?.template.spec?.containers[0]?.image).toBe('registry.example/shop/checkout:1.42.0');
  expect(dry.metadata?.generation).toBe((deployment.metadata?.generation ?? 0) + 1);
  expect(dry.metadata?.resourceVersion).toBe(deployment.metadata?.resourceVersion);
  expect(cluster.snapshot()).toEqual(before);
  expect(cluster.requests.at(-1)).toMatchObject({ method: 'PATCH', dryRun: true, status: 200 });
});

test('a restart replaces every pod and keeps the image', async () => {
  const before = new Set((await checkoutPods()).map((pod) => pod.metadata?.uid));
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-03-14T02:07:00Z' };
  const body = { spec: { template: { metadata: { annotations } } } };
  await writer.apps.patchNamespacedDeployment({ ...CHECKOUT, body }, STRATEGIC);
  cluster.advance(10_000);
  const after = await checkoutPods();
  expect(after).toHaveLength(3);
  expect(after.some((pod) => before.has(pod.metadata?.uid))).toBe(false);
  expect(after[0]?.spec?.containers[0]?.image).toBe('registry.example/shop/checkout:1.42.0');
});

test('scaling moves the count of pods, and a deleted pod is replaced', async () => {
  await writer.apps.patchNamespacedDeploymentScale(
    { ...CHECKOUT, body: { spec: { replicas: 5 } } },
    STRATEGIC,
  );
  cluster.advance(HEAL_MS);
  const pods = await checkoutPods();
  expect(pods).toHaveLength(5);
  const name = pods[0]?.metadata?.name ?? '';
  await writer.core.deleteNamespacedPod({ namespace: 'shop', name });
  cluster.advance(HEAL_MS);
  const names = (await checkoutPods()).map((pod) => pod.metadata?.name);
  expect(names).toHaveLength(5);
  expect(names).not.toContain(name);
});

test('an image that cannot be pulled shows as ImagePullBackOff while the old pods go on', async () => {
  cluster.breakScenario('bad-image');
  cluster.advance(DEADLINE_MS);
  const pods = await reader.core.listNamespacedPod({ namespace: 'shop', labelSelector: 'app=orders' });
  const reasons = pods.items.map((pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason);
  expect(reasons.filter((reason) => reason === 'ImagePullBackOff')).toHaveLength(2);
  expect(reasons.filter((reason) => reason === undefined)).toHaveLength(3);
  expect(cluster.alerts()).toMatchObject([{ scenario: 'bad-image', status: 'firing' }]);
});

test('an unknown scenario is refused with the names of the known ones', () => {
  expect(() => cluster.breakScenario('earthquake')).toThrow('bad-release, bad-image');
});

test('a write by a client is noted under its name in managedFields, a dry run leaves no trace of itself', async () => {
  const body = { metadata: { annotations: { note: 'x' } } };
  const at = { ...CHECKOUT, body, fieldManager: 'firstmate' };
  await writer.apps.patchNamespacedDeployment({ ...at, dryRun: 'All' }, STRATEGIC);
  const managers = async () => {
    const deployment = await reader.apps.readNamespacedDeployment(CHECKOUT);
    return deployment.metadata?.managedFields?.map(({ manager }) => manager);
  };
  expect(await managers()).toEqual(['kubectl-client-side-apply']);
  await writer.apps.patchNamespacedDeployment(at, STRATEGIC);
  expect(await managers()).toEqual(['kubectl-client-side-apply', 'firstmate']);
});

test('a pod deleted with another uid as precondition stays', async () => {
  const [pod] = await checkoutPods();
  const name = pod?.metadata?.name ?? '';
  const body = { preconditions: { uid: '11111111-1111-1111-1111-111111111111' } };
  await expect(writer.core.deleteNamespacedPod({ namespace: 'shop', name, body })).rejects.toMatchObject({
    code: 409,
  });
  cluster.advance(HEAL_MS);
  expect((await checkoutPods()).map((one) => one.metadata?.uid)).toContain(pod?.metadata?.uid);
});

test('a delete with a body is a dry run only when the body says so', async () => {
  const [first, second] = await checkoutPods();
  const remove = (name: string | undefined, options: { body: object; dryRun?: string }) =>
    writer.core.deleteNamespacedPod({ namespace: 'shop', name: name ?? '', ...options });
  await remove(first?.metadata?.name, { body: { dryRun: ['All'] } });
  await remove(second?.metadata?.name, { body: {}, dryRun: 'All' });
  cluster.advance(HEAL_MS);
  const left = (await checkoutPods()).map((pod) => pod.metadata?.name);
  expect(left).toContain(first?.metadata?.name);
  expect(left).not.toContain(second?.metadata?.name);
  expect(cluster.requests.filter(({ method }) => method === 'DELETE').map(({ dryRun }) => dryRun)).toEqual([
    true,
    false,
  ]);
});
