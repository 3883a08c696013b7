import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { type Clients, clientsFor } from './clients.ts';

const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const CHECKOUT = { name: 'checkout', namespace: 'shop' };

let cluster: PlaygroundCluster;
let writer: Clients;

beforeEach(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
  writer = clientsFor(cluster, 'test-writer');
});

afterEach(() => cluster.stop());

async function own(path: string, body: unknown): Promise<Response> {
  return fetch(`${cluster.url}/_playground/${path}`, { method: 'POST', body: JSON.stringify(body) });
}

function scaleTo(replicas: number) {
  const body = { spec: { replicas } };
  return writer.apps.patchNamespacedDeploymentScale({ ...CHECKOUT, body }, MERGE);
}

async function replicas(): Promise<number | undefined> {
  return (await writer.apps.readNamespacedDeployment(CHECKOUT)).spec?.replicas;
}

test('a reset before the request was applied leaves the cluster alone', async () => {
  await own('faults', { method: 'PATCH', reset_before_apply: true });
  await expect(scaleTo(5)).rejects.toThrow();
  expect(await replicas()).toBe(3);
  expect(cluster.requests.find(({ method }) => method === 'PATCH')).toMatchObject({
    status: 0,
    applied: false,
  });
});

test('a reset after the request was applied has changed the cluster all the same', async () => {
  await own('faults', { method: 'PATCH', path: '/scale', reset_after_apply: true });
  await expect(scaleTo(5)).rejects.toThrow();
  expect(await replicas()).toBe(5);
  expect(cluster.requests.find(({ method }) => method === 'PATCH')).toMatchObject({
    status: 0,
    applied: true,
  });
});

test('a status fault answers in place of the server as many times as asked', async () => {
  await own('faults', { method: 'PATCH', status: 429, retryAfter: 2, times: 2 });
  await expect(scaleTo(5)).rejects.toMatchObject({ code: 429, headers: { 'retry-after': '2' } });
  await expect(scaleTo(5)).rejects.toMatchObject({ code: 429 });
  expect((await scaleTo(5)).spec?.replicas).toBe(5);
});

test('faults of another method or path are not used up', async () => {
  await own('faults', { method: 'DELETE', status: 500 });
  await own('faults', { path: '/statefulsets', status: 500 });
  expect((await scaleTo(4)).spec?.replicas).toBe(4);
});

test('a fault without any of the known kinds is refused with the list of them', async () => {
  const response = await own('faults', { method: 'PATCH' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: expect.stringContaining('reset_before_apply') });
});

test('breaking, stepping the clock and asking for health work over HTTP, without a token', async () => {
  expect((await own('break', { scenario: 'checkout' })).status).toBe(200);
  expect((await own('advance', { ms: 5000 })).status).toBe(200);
  const health = await (await fetch(`${cluster.url}/_playground/health`)).json();
  expect(health).toMatchObject({
    scenarios: expect.arrayContaining([expect.objectContaining({ name: 'bad-release', healthy: false })]),
    alerts: [expect.objectContaining({ status: 'firing' })],
  });
  expect((await own('break', { scenario: 'nothing' })).status).toBe(400);
  const requests = await fetch(`${cluster.url}/_playground/requests`);
  expect(await requests.json()).toEqual({ requests: [] });
});

test('listeners hear of changes until they unsubscribe', () => {
  let heard = 0;
  const stop = cluster.onChange(() => {
    heard += 1;
  });
  cluster.breakScenario('checkout');
  expect(heard).toBe(1);
  stop();
  cluster.advance(5000);
  expect(heard).toBe(1);
});
