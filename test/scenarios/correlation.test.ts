import { describe, expect, it } from 'vitest';
import { incidentId } from '../../src/core/ids.ts';
import { nothingLately } from '../../src/flow/memories.ts';
import { receiveAlerts } from '../../src/flow/receive-alerts.ts';
import { alertmanagerBody, fires, over, type ToldAlert } from '../deliveries.ts';
import { OTHER, startReceiving } from '../flow/receiving.ts';
import { AT, at } from '../make.ts';

const [FIRST, SECOND] = [incidentId(2026, 1), incidentId(2026, 2)];
const NAMESPACE = { groupKey: '{}:{namespace="shop"}' };

const stuck = (deployment: string): ToldAlert =>
  fires('KubeDeploymentRolloutStuck', { namespace: 'shop', deployment }, AT);
const mismatch = (deployment: string): ToldAlert =>
  fires('KubeDeploymentReplicasMismatch', { namespace: 'shop', deployment, severity: 'warning' }, AT);

type World = Awaited<ReturnType<typeof startReceiving>>;

async function told(world: World, id = FIRST): Promise<string[]> {
  const lines = await world.timeline(id);
  return lines.map((line) => line.slice('02:07:00 '.length).replace(/ \(\w+ \w+\)$/, ''));
}

async function titles(world: World): Promise<readonly string[]> {
  return (await world.incidents()).map(({ title }) => title).sort();
}

describe('alerts that Alertmanager groups', () => {
  it('by their namespace alone are two problems, of one severity and at one time though they are', async () => {
    const world = await startReceiving();
    await world.deliver([alertmanagerBody([stuck('checkout'), stuck('orders')], NAMESPACE)]);
    expect(await titles(world)).toEqual([
      'KubeDeploymentRolloutStuck shop/checkout',
      'KubeDeploymentRolloutStuck shop/orders',
    ]);
    expect((await world.incidents()).flatMap(({ joined }) => joined)).toEqual([]);
  });

  it('by nothing at all, from two senders, are a problem for each', async () => {
    const world = await startReceiving();
    const body = alertmanagerBody([stuck('checkout')]);
    await world.deliver([body]);
    await world.deliver([body], OTHER);
    expect(await titles(world)).toHaveLength(2);
  });
});

describe('a warning and a critical alert of the same object', () => {
  it('are one incident: the warning opens nothing of its own', async () => {
    const world = await startReceiving();
    await world.deliver([alertmanagerBody([stuck('checkout')])]);
    await world.deliver([alertmanagerBody([mismatch('checkout')])]);
    expect(await told(world)).toEqual([
      'incident opened: KubeDeploymentRolloutStuck shop/checkout (SEV2, prod; open_when severity="critical" matches)',
      'alert KubeDeploymentRolloutStuck fires',
      'alert KubeDeploymentReplicasMismatch fires',
    ]);
    expect(await titles(world)).toHaveLength(1);
  });

  it('give a watching incident its channel when the critical one comes, once', async () => {
    const world = await startReceiving();
    await world.deliver([alertmanagerBody([mismatch('checkout')])]);
    expect((await world.incidents())[0]).toMatchObject({ visibility: 'line', severity: 'SEV3' });
    await world.deliver([alertmanagerBody([stuck('checkout')])]);
    const crashing = fires('KubePodCrashLooping', { namespace: 'shop', pod: 'checkout-6d4f8b7c9-x2x4z' }, AT);
    await world.deliver([alertmanagerBody([crashing])]);
    expect(await told(world)).toEqual([
      'incident opened: KubeDeploymentReplicasMismatch shop/checkout (SEV3, prod; no rule opens a channel for it)',
      'alert KubeDeploymentReplicasMismatch fires',
      'alert KubeDeploymentRolloutStuck fires',
      'severity SEV3 is now SEV2: KubeDeploymentRolloutStuck is SEV2',
      'channel asked for by KubeDeploymentRolloutStuck is SEV2',
      'alert KubePodCrashLooping fires',
    ]);
    expect(await titles(world)).toHaveLength(1);
  });
});

describe('a control plane that its own alerts call unwell, though nobody could ask the cluster', () => {
  const lost = fires('etcdInsufficientMembers', { job: 'etcd' }, at(60));
  const symptom = (startsAt: string): ToldAlert => fires('KubeStateMetricsListErrors', {}, startsAt);

  it('has its incident first wherever it stands in a delivery, and what began with it joins', async () => {
    const world = await startReceiving();
    world.clock.advance(60_000);
    await world.deliver([alertmanagerBody([symptom(AT), stuck('checkout'), lost])]);
    expect((await told(world)).map((line) => line.replace(/:.*/, ''))).toEqual([
      'incident opened',
      'alert etcdInsufficientMembers fires',
      'KubeDeploymentRolloutStuck shop/checkout joined',
      'alert KubeDeploymentRolloutStuck fires',
      'KubeStateMetricsListErrors joined',
      'alert KubeStateMetricsListErrors fires',
    ]);
    expect(await titles(world)).toEqual(['etcdInsufficientMembers (control plane)']);
  });

  it('has nothing to do with what began long before it, nor with a certificate that will expire', async () => {
    const world = await startReceiving();
    await world.deliver([alertmanagerBody([lost])]);
    await world.deliver([alertmanagerBody([symptom(at(-3_600))])]);
    expect(await titles(world)).toHaveLength(2);

    const calm = await startReceiving();
    const expiring = fires(
      'KubeClientCertificateExpiration',
      { job: 'apiserver', instance: '192.0.2.2:6443' },
      AT,
    );
    await calm.deliver([alertmanagerBody([expiring])]);
    await calm.deliver([alertmanagerBody([stuck('checkout')])]);
    expect(await titles(calm)).toHaveLength(2);
  });
});

describe('an alert of one pod on a broken node', () => {
  const NODE = { name: 'node-c', addresses: ['192.0.2.7'], broken: 'it is not ready (KubeletNotReady)' };
  const POD = { namespace: 'shop', name: 'checkout-6d4f8b7c9-x2x4z', workload: 'checkout' };
  const crashing = fires('KubePodCrashLooping', { namespace: POD.namespace, pod: POD.name }, AT);
  const node = fires('KubeNodeNotReady', { node: NODE.name }, AT);

  async function onBrokenNode(): Promise<World> {
    const world = await startReceiving();
    world.cluster.shows = { controlPlane: null, nodes: [{ ...NODE, pods: [POD] }] };
    return world;
  }

  it('stays in the incident of the node when the node is well again, and begins anew there', async () => {
    const world = await onBrokenNode();
    await world.deliver([alertmanagerBody([node, crashing])]);
    world.cluster.shows = { controlPlane: null, nodes: [] };
    await world.deliver([alertmanagerBody([over(crashing, at(30))])]);
    await world.deliver([alertmanagerBody([{ ...crashing, startsAt: at(60) }])]);
    expect(await told(world)).toEqual([
      expect.stringContaining('incident opened: KubeNodeNotReady node node-c'),
      'alert KubeNodeNotReady fires',
      'KubePodCrashLooping shop/checkout joined: its pod checkout-6d4f8b7c9-x2x4z is on node node-c: it is not ready (KubeletNotReady)',
      'alert KubePodCrashLooping fires',
      expect.stringMatching(/^alert default \w+ is over$/),
      'alert KubePodCrashLooping fires again',
    ]);
    expect(await titles(world)).toHaveLength(1);
  });

  it('of another sender than the node opens the incident of the node for that sender', async () => {
    const world = await onBrokenNode();
    await world.deliver([alertmanagerBody([node])]);
    await world.deliver([alertmanagerBody([crashing])], OTHER);
    expect(await titles(world)).toEqual(['KubeNodeNotReady node node-c', 'Node node-c is not ready']);
    expect((await told(world, SECOND)).at(-1)).toContain('KubePodCrashLooping shop/checkout joined');
  });

  it('is told where it was when a crash came before the table of alerts had it, though the node is well by then', async () => {
    const world = await onBrokenNode();
    await world.deliver([alertmanagerBody([node])]);
    const { receiving, store } = world;
    const dies = { ...store.inbox, done: () => Promise.reject(new Error('killed')) };
    const delivery = { id: 'x', source: 'default', kind: 'alertmanager', receivedAt: AT } as const;
    await store.inbox.put({ ...delivery, body: alertmanagerBody([crashing]) });
    const stop = new AbortController().signal;
    await expect(receiveAlerts({ ...receiving, inbox: dies }, stop)).rejects.toThrow('killed');
    const before = await told(world);
    expect(before.at(-1)).toBe('alert KubePodCrashLooping fires');

    world.cluster.shows = { controlPlane: null, nodes: [] };
    await receiveAlerts({ ...receiving, lately: nothingLately() }, stop);
    expect(await told(world)).toEqual(before);
    expect(await titles(world)).toHaveLength(1);
    expect(await store.inbox.pending(9)).toEqual([]);
  });
});
