import { expect, onTestFinished, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { type ClusterView, clusterView } from '../../../src/playground/page/cluster-view.ts';

async function startCluster(): Promise<PlaygroundCluster> {
  const cluster = await startPlaygroundCluster({ name: 'harbour-prod' });
  onTestFinished(() => cluster.stop());
  return cluster;
}

const viewOf = (cluster: PlaygroundCluster): ClusterView =>
  clusterView(cluster.snapshot(), cluster.health(), cluster.now());

const workload = (view: ClusterView, name: string) =>
  view.workloads.find((one) => one.namespace === 'shop' && one.name === name);

test('a quiet cluster is green from its nodes to its pods, each pod under its own workload', async () => {
  const view = viewOf(await startCluster());
  expect(view.healthy).toBe(true);
  expect(view.broken).toEqual([]);
  expect(view.nodes.length).toBeGreaterThan(0);
  expect([...view.nodes, ...view.workloads].filter((one) => one.tone !== 'good')).toEqual([]);
  const checkout = workload(view, 'checkout');
  expect(checkout).toMatchObject({ kind: 'Deployment', ready: 3, desired: 3, version: '1.42.0', says: '' });
  expect(checkout?.pods.map((pod) => [pod.status, pod.tone, pod.version])).toEqual(
    Array(3).fill(['Running', 'good', '1.42.0']),
  );
});

test('a deployment whose new pods crash is not green, although all the old ones are ready', async () => {
  const cluster = await startCluster();
  cluster.breakScenario('bad-release');
  const tones = new Set<string | undefined>();
  for (let step = 0; step < 120; step += 1) {
    cluster.advance(500);
    const one = workload(viewOf(cluster), 'checkout');
    if (one?.pods.some((pod) => pod.restarts > 0)) tones.add(one.tone);
  }
  expect([...tones]).toEqual(['bad']);
  const view = viewOf(cluster);
  expect(view.healthy).toBe(false);
  expect(view.broken).toHaveLength(1);
  const checkout = workload(view, 'checkout');
  expect(checkout?.says).toMatch(/^rollout \w+: 1 of 3 updated; 1 of 4 pods: /);
  const fresh = checkout?.pods.find((pod) => pod.version === '1.43.0');
  expect(fresh?.tone).toBe('bad');
  expect(fresh?.restarts).toBeGreaterThan(0);
});

test('an image that cannot be pulled names its reason at the pod', async () => {
  const cluster = await startCluster();
  cluster.breakScenario('bad-image');
  cluster.advance(5_000);
  const orders = workload(viewOf(cluster), 'orders');
  expect(orders?.tone).toBe('bad');
  expect(orders?.pods.filter((pod) => pod.tone === 'bad').map((pod) => pod.status)[0]).toMatch(
    /^(ErrImagePull|ImagePullBackOff)$/,
  );
});

test('a node that is not ready, short of something or cordoned shows it', () => {
  const node = (name: string, spec: unknown, ...conditions: [string, string][]): unknown => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: name, creationTimestamp: '2026-03-14T02:07:00Z' },
    spec,
    status: { conditions: conditions.map(([type, status]) => ({ type, status })) },
  });
  const { nodes } = clusterView(
    [
      node('a', {}, ['Ready', 'True'], ['DiskPressure', 'False']),
      node('b', {}, ['Ready', 'Unknown']),
      node('c', {}, ['Ready', 'True'], ['DiskPressure', 'True']),
      node('d', { unschedulable: true }, ['Ready', 'True']),
    ],
    [],
    0,
  );
  expect(nodes).toEqual([
    { name: 'a', tone: 'good', says: 'Ready' },
    { name: 'b', tone: 'bad', says: 'NotReady' },
    { name: 'c', tone: 'bad', says: 'Ready, DiskPressure' },
    { name: 'd', tone: 'busy', says: 'Ready, cordoned' },
  ]);
});
