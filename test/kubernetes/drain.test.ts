import { describe, expect, it } from 'vitest';
import type { DrainOperation } from '../../src/core/operation.ts';
import { about, approve, asAdmin, connectPlayground } from './fixture.ts';
import { podsOf } from './write-cases.ts';

type Connected = Awaited<ReturnType<typeof connectPlayground>>;

const { signal } = new AbortController();
const BUDGET = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/checkout';
const DRAIN: Omit<DrainOperation, 'name'> = {
  verb: 'drain',
  namespace: null,
  deleteEmptyDirData: false,
  force: false,
  timeoutSeconds: 120,
  graceSeconds: null,
};

/** The node that one of checkout's pods runs on. */
async function nodeOf({ playground }: Connected): Promise<string> {
  const listed = await asAdmin(playground, 'GET', '/api/v1/namespaces/shop/pods?labelSelector=app=checkout');
  const [pod] = Array.isArray(listed.items) ? listed.items : [];
  return pod.spec.nodeName;
}

async function planned(connected: Connected, changes: Partial<DrainOperation> = {}) {
  const operation = { ...DRAIN, name: await nodeOf(connected), ...changes };
  const rehearsal = await connected.rehearser.rehearse(operation, about());
  if (rehearsal.status === 'failed') throw new Error(rehearsal.says);
  return { draft: rehearsal.draft, ...approve(rehearsal.draft, operation) };
}

/** A pod of nobody's, bound to a node, with these volumes. */
async function addPod(connected: Connected, node: string, spec: object): Promise<void> {
  await asAdmin(connected.playground, 'POST', '/api/v1/namespaces/shop/pods', {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'extra', namespace: 'shop' },
    spec: {
      nodeName: node,
      containers: [{ name: 'extra', image: 'registry.example/shop/extra:1' }],
      ...spec,
    },
  });
}

describe('drain', () => {
  it('cordons first, then evicts each pod that is there by its UID; those of DaemonSets stay', async () => {
    const connected = await connectPlayground();
    const { draft, plan } = await planned(connected);
    const [cordon, ...evictions] = draft.requests;
    expect(cordon).toMatchObject({ method: 'PATCH', path: `/api/v1/nodes/${draft.targets[0]?.ref.name}` });
    expect(evictions.length).toBeGreaterThan(0);
    for (const [index, { method, path, body, patienceMs }] of evictions.entries()) {
      const target = draft.targets[index + 1];
      expect({ method, path, patienceMs }).toEqual({
        method: 'POST',
        path: `/api/v1/namespaces/${target?.ref.namespace}/pods/${target?.ref.name}/eviction`,
        patienceMs: 120_000,
      });
      expect(body).toMatchObject({
        kind: 'Eviction',
        deleteOptions: { preconditions: { uid: target?.uid } },
      });
    }
    const names = draft.targets.map(({ ref }) => ref.name).join(' ');
    expect(names).not.toMatch(/calico-node|kube-proxy/);
    expect(draft.blast.pods).toBe(evictions.length);
    expect(draft.inverse?.command).toBe(`kubectl uncordon ${draft.targets[0]?.ref.name}`);
    expect(plan.targets).toHaveLength(plan.requests.length);
  });

  it('leaves a drained node without its pods, and only DaemonSets on it', async () => {
    const connected = await connectPlayground();
    const { draft, approved } = await planned(connected);
    for (const index of draft.requests.keys()) {
      const end = await connected.writer.write(approved, index, signal);
      expect(end.outcome === 'applied' || end.says).toBe(true);
      connected.playground.advance(40_000);
    }
    const left = await podsOf(
      connected.playground,
      `fieldSelector=spec.nodeName=${draft.targets[0]?.ref.name}`,
    );
    expect(left.length).toBeGreaterThan(0);
    expect(left.every((name) => /^(?:calico-node|kube-proxy)-/.test(name))).toBe(true);
  });

  it('warns of a budget that lets nobody go, and is told to ask again when it is written', async () => {
    const connected = await connectPlayground();
    await asAdmin(connected.playground, 'PATCH', BUDGET, { spec: { minAvailable: 3 } });
    connected.playground.advance(5_000);
    const { draft, approved } = await planned(connected);
    expect(draft.warnings.join()).toMatch(
      /^Pod shop\/checkout-\S+ would wait: Cannot evict pod as it would violate/,
    );
    const index = draft.targets.findIndex(({ ref }) => ref.name.startsWith('checkout-'));
    const before = connected.playground.snapshot();
    expect(await connected.writer.write(approved, index, signal)).toMatchObject({
      outcome: 'refused',
      status: 429,
      retryAfterMs: 5_000,
      says: expect.stringMatching(/^Pod shop\/checkout-\S+ may not be evicted now \(429\)/),
    });
    expect(connected.playground.snapshot()).toEqual(before);
  });

  it('takes a pod that went by itself, or is another one by now, as evicted', async () => {
    const connected = await connectPlayground();
    const { draft, approved } = await planned(connected);
    const index = draft.targets.findIndex(({ ref }) => ref.name.startsWith('checkout-'));
    const path = draft.requests[index]?.path.replace('/eviction', '') ?? '';
    await asAdmin(connected.playground, 'DELETE', `${path}?gracePeriodSeconds=0`);
    expect(await connected.writer.write(approved, index, signal)).toMatchObject({
      outcome: 'applied',
      says: expect.stringContaining('is gone'),
    });
  });

  it('needs leave for what an emptyDir volume holds, and for a pod that nobody makes anew', async () => {
    const connected = await connectPlayground();
    const name = await nodeOf(connected);
    await addPod(connected, name, { volumes: [{ name: 'cache', emptyDir: {} }] });
    await expect(planned(connected, { name, force: true })).rejects.toThrow(
      'Pod shop/extra would lose what it keeps in an emptyDir volume (--delete-emptydir-data)',
    );
    await expect(planned(connected, { name, deleteEmptyDirData: true })).rejects.toThrow(
      'Pod shop/extra has no controller and would not come back (--force)',
    );
    const { draft } = await planned(connected, { name, force: true, deleteEmptyDirData: true });
    expect(draft.targets.map(({ ref }) => ref.name)).toContain('extra');
  });

  it('does not cordon what is cordoned, and has nothing to do on a node that is drained', async () => {
    const connected = await connectPlayground();
    const { draft, approved } = await planned(connected);
    const name = draft.targets[0]?.ref.name ?? '';
    await connected.writer.write(approved, 0, signal);
    const again = await planned(connected, { name });
    expect(again.draft.requests.every(({ method }) => method === 'POST')).toBe(true);
    for (const index of again.draft.requests.keys()) {
      await connected.writer.write(again.approved, index, signal);
      connected.playground.advance(40_000);
    }
    await expect(planned(connected, { name })).rejects.toThrow(`Node ${name} is drained already.`);
  });

  it('is voided when one of its pods is another one by now', async () => {
    const connected = await connectPlayground();
    const { draft, plan } = await planned(connected);
    const path = draft.requests.at(-1)?.path.replace('/eviction', '') ?? '';
    await asAdmin(connected.playground, 'DELETE', path);
    expect(await connected.writer.recheck(plan, signal)).toMatchObject({ status: 'changed' });
  });
});
