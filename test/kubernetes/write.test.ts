import { describe, expect, it } from 'vitest';
import { DEPLOYMENT, POD } from '../../src/core/kinds.ts';
import type { WriteOperation } from '../../src/core/operation.ts';
import {
  about,
  approve,
  asAdmin,
  connect,
  connectPlayground,
  fault,
  getting,
  kubeconfigFor,
  nobodyListens,
  sendJson,
  startApi,
  within,
} from './fixture.ts';

const CHECKOUT = { kind: DEPLOYMENT, name: 'checkout', namespace: 'shop' };
const UNDO: WriteOperation = { verb: 'rollout undo', ...CHECKOUT, toRevision: null };
const SCALE: WriteOperation = { verb: 'scale', ...CHECKOUT, replicas: 5, currentReplicas: null };
const PATH = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const { signal } = new AbortController();

/** A cluster with a bad release, and an approved plan for it. */
async function planned(operation: WriteOperation, scenario: string | undefined = 'bad-release') {
  const connected = await connectPlayground(scenario);
  const rehearsal = await connected.rehearser.rehearse(operation, about());
  if (rehearsal.status !== 'ok') throw new Error(rehearsal.says);
  const writes = () =>
    connected.playground.requests.filter(
      (request) => request.method !== 'GET' && !request.dryRun && request.user.endsWith('writer'),
    );
  return { ...connected, ...approve(rehearsal.draft, operation), writes };
}

async function replicas(of: Awaited<ReturnType<typeof connectPlayground>>): Promise<unknown> {
  const seen = await of.reader.read(getting(DEPLOYMENT, { names: ['checkout'] }), within());
  const items = seen.status === 'ok' && Array.isArray(seen.facts.items) ? seen.facts.items : [];
  return items[0]?.desired;
}

describe('writing an approved plan', () => {
  it('changes what the rehearsal showed, and heals the rollout', async () => {
    const { writer, reader, approved, plan, playground, writes } = await planned(UNDO);
    expect(await writer.recheck(plan, signal)).toEqual({ status: 'holds' });
    expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'applied', status: 200 });
    playground.advance(60_000);
    const rollout = await reader.read({ verb: 'rollout status', ...CHECKOUT }, within());
    expect(rollout).toMatchObject({
      facts: { done: true, revision: 5, image: 'registry.example/shop/checkout:1.42.0' },
    });
    const history = await reader.read({ verb: 'rollout history', ...CHECKOUT, revision: null }, within());
    expect(history.status === 'ok' && history.text).toMatch(/^5 +release 1\.42\.0/m);
    expect(writes()).toHaveLength(1);
  });

  it('marks the object and not the pod template', async () => {
    const { writer, reader, approved } = await planned(SCALE);
    await writer.write(approved, 0, signal);
    const seen = await reader.read(getting(DEPLOYMENT, { names: ['checkout'] }), within());
    const [deployment] = seen.status === 'ok' ? seen.objects : [];
    expect(deployment?.metadata?.annotations).toMatchObject({ 'firstmate.dev/plan': 'p1' });
    expect(JSON.stringify(deployment?.spec)).not.toContain('firstmate.dev');
  });

  it('gives the present state back when the inverse is written after it', async () => {
    const first = await planned(UNDO);
    await first.writer.write(first.approved, 0, signal);
    first.playground.advance(60_000);
    const back = first.plan.inverse?.operation ?? UNDO;
    const rehearsal = await first.rehearser.rehearse(back, about('p2'));
    expect(rehearsal).toMatchObject({ status: 'ok', draft: { toVersion: 'checkout:1.43.0 (revision 4)' } });
  });

  it('deletes the pod that was seen', async () => {
    const connected = await connectPlayground();
    const pods = await connected.reader.read(getting(POD, { selector: 'app=checkout' }), within());
    const name = (pods.status === 'ok' ? pods.objects[0]?.metadata?.name : undefined) ?? '';
    const operation: WriteOperation = { verb: 'delete pod', name, namespace: 'shop' };
    const rehearsal = await connected.rehearser.rehearse(operation, about());
    if (rehearsal.status !== 'ok') throw new Error(rehearsal.says);
    const { approved, plan } = approve(rehearsal.draft, operation);
    expect(await connected.writer.arrival(plan, 0, signal)).toMatchObject({ status: 'not_arrived' });
    expect(await connected.writer.write(approved, 0, signal)).toMatchObject({ outcome: 'applied' });
    expect(await connected.writer.arrival(plan, 0, signal)).toMatchObject({ status: 'arrived' });
  });
});

describe('what was reviewed', () => {
  it.each([
    [
      'the image',
      {
        spec: {
          template: {
            spec: { containers: [{ name: 'checkout', image: 'registry.example/shop/checkout:1.44.0' }] },
          },
        },
      },
    ],
    ['another field of the template', { spec: { template: { metadata: { labels: { added: 'later' } } } } }],
    [
      'the change cause that the diff shows',
      { metadata: { annotations: { 'kubernetes.io/change-cause': 'by hand' } } },
    ],
  ])('voids an undo, before and at the write, when somebody changes %s', async (_, patch) => {
    const { writer, approved, plan, playground } = await planned(UNDO);
    await asAdmin(playground, 'PATCH', PATH, patch, 'application/strategic-merge-patch+json');
    expect(await writer.recheck(plan, signal)).toMatchObject({ status: 'changed' });
    const before = playground.snapshot();
    expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'refused', status: 422 });
    expect(playground.snapshot()).toEqual(before);
  });

  it.each([
    ['scaling, where replicas are not what changes', { spec: { replicas: 4 } }],
    ['an annotation of somebody else', { metadata: { annotations: { 'example.com/note': 'hello' } } }],
    ['a label of somebody else', { metadata: { labels: { 'example.com/owner': 'them' } } }],
  ])('is not touched by %s', async (_, patch) => {
    const { writer, approved, plan, playground } = await planned(UNDO);
    await asAdmin(playground, 'PATCH', PATH, patch);
    playground.advance(30_000);
    expect(await writer.recheck(plan, signal)).toEqual({ status: 'holds' });
    expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'applied' });
  });

  it('voids a scale when somebody scaled in between', async () => {
    const connected = await planned(SCALE);
    await asAdmin(connected.playground, 'PATCH', PATH, { spec: { replicas: 4 } });
    expect(await connected.writer.recheck(connected.plan, signal)).toMatchObject({
      status: 'changed',
      says: 'Deployment shop/checkout changed since the diff was shown: spec.replicas.',
    });
    expect(await connected.writer.write(connected.approved, 0, signal)).toMatchObject({ outcome: 'refused' });
    expect(await replicas(connected)).toBe(4);
  });

  it('voids a plan whose target was deleted, or made anew under the same name', async () => {
    const { writer, approved, plan, playground } = await planned(SCALE);
    const live = await asAdmin(playground, 'GET', PATH);
    await asAdmin(playground, 'DELETE', PATH);
    expect(await writer.recheck(plan, signal)).toMatchObject({
      status: 'changed',
      says: 'Deployment shop/checkout is gone.',
    });
    expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'refused', status: 404 });
    await asAdmin(playground, 'POST', '/apis/apps/v1/namespaces/shop/deployments', {
      ...live,
      metadata: { name: 'checkout', namespace: 'shop', annotations: { note: 'new' } },
      status: undefined,
    });
    expect(await writer.recheck(plan, signal)).toMatchObject({ status: 'changed' });
    expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'refused', status: 422 });
  });

  it('is unknown while the cluster cannot be read', async () => {
    const { writer, plan, playground } = await planned(SCALE);
    await fault(playground, { path: PATH, status: 403 });
    expect(await writer.recheck(plan, signal)).toMatchObject({ status: 'unknown' });
  });
});

describe('how a write ended', () => {
  it('is unknown after a reset, and reading settles that it did not arrive', async () => {
    const connected = await planned(SCALE);
    await fault(connected.playground, { method: 'PATCH', path: PATH, error: 'reset_before_apply' });
    expect(await connected.writer.write(connected.approved, 0, signal)).toMatchObject({ outcome: 'unknown' });
    expect(await connected.writer.arrival(connected.plan, 0, signal)).toMatchObject({
      status: 'not_arrived',
    });
    expect(connected.writes()).toHaveLength(1);
    expect(await replicas(connected)).toBe(3);
  });

  it('is unknown after a reset, and reading settles that it did arrive', async () => {
    const connected = await planned(SCALE);
    await fault(connected.playground, { method: 'PATCH', path: PATH, error: 'reset_after_apply' });
    expect(await connected.writer.write(connected.approved, 0, signal)).toMatchObject({ outcome: 'unknown' });
    expect(await connected.writer.arrival(connected.plan, 0, signal)).toMatchObject({ status: 'arrived' });
    expect(connected.writes()).toHaveLength(1);
    expect(await replicas(connected)).toBe(5);
  });

  it('is unknown when it was stopped on its way', async () => {
    const stop = new AbortController();
    const api = await startApi(() => stop.abort());
    const { approved } = await planned(SCALE);
    const { writer } = await connect(kubeconfigFor(api.url));
    expect(await writer.write(approved, 0, stop.signal)).toMatchObject({ outcome: 'unknown' });
  });

  it.each([
    [429, { retryAfter: 7 }, { outcome: 'refused', status: 429, retryAfterMs: 7_000 }],
    [429, {}, { outcome: 'refused', status: 429, retryAfterMs: null }],
    [503, { retryAfter: 2 }, { outcome: 'refused', status: 503, retryAfterMs: 2_000 }],
    [503, {}, { outcome: 'unknown' }],
    [500, {}, { outcome: 'unknown' }],
    [504, {}, { outcome: 'unknown' }],
    [409, {}, { outcome: 'refused', status: 409, retryAfterMs: null }],
    [403, {}, { outcome: 'refused', status: 403, retryAfterMs: null }],
    [404, {}, { outcome: 'refused', status: 404, retryAfterMs: null }],
    [400, {}, { outcome: 'refused', status: 400, retryAfterMs: null }],
  ])('after a %i with %j, and is never sent twice', async (status, more, end) => {
    const { writer, approved, playground, writes } = await planned(SCALE);
    await fault(playground, { method: 'PATCH', path: PATH, status, ...more });
    expect(await writer.write(approved, 0, signal)).toMatchObject(end);
    expect(writes()).toHaveLength(1);
  });

  it('is not sent where nobody listens', async () => {
    const { approved } = await planned(SCALE);
    const { writer } = await connect(kubeconfigFor(await nobodyListens()));
    expect(await writer.write(approved, 0, signal)).toMatchObject({
      outcome: 'not_sent',
      retryAfterMs: 1_000,
    });
  });

  it('is not sent when it was stopped before', async () => {
    const { writer, approved, writes } = await planned(SCALE);
    expect(await writer.write(approved, 0, AbortSignal.abort())).toMatchObject({ outcome: 'not_sent' });
    expect(writes()).toEqual([]);
  });

  it('is unknown when something else than an API server answers', async () => {
    const { approved } = await planned(SCALE);
    const api = await startApi((_, response) => response.end('<html>Please log in</html>'));
    const { writer } = await connect(kubeconfigFor(api.url));
    expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'unknown' });
  });

  it('is told in words without what looks like a secret', async () => {
    const { approved } = await planned(SCALE);
    const api = await startApi((_, response) =>
      sendJson(response, 400, { kind: 'Status', message: 'no: password=canary-4711' }),
    );
    const { writer } = await connect(kubeconfigFor(api.url));
    const end = await writer.write(approved, 0, signal);
    expect(end.says).toContain('no: password=');
    expect(end.says).not.toContain('canary');
  });
});

describe('whether a write arrived', () => {
  it('cannot be told when somebody wrote over what was reviewed', async () => {
    const { writer, plan, playground } = await planned(SCALE);
    await asAdmin(playground, 'PATCH', PATH, { spec: { replicas: 8 } });
    expect(await writer.arrival(plan, 0, signal)).toMatchObject({ status: 'unknown' });
  });

  it('cannot be told when the object is gone, or the cluster cannot be read', async () => {
    const { writer, plan, playground } = await planned(SCALE);
    await fault(playground, { path: PATH, status: 403 });
    expect(await writer.arrival(plan, 0, signal)).toMatchObject({ status: 'unknown' });
    await asAdmin(playground, 'DELETE', PATH);
    expect(await writer.arrival(plan, 0, signal)).toMatchObject({ status: 'unknown' });
  });

  it('is still told after later changes, by the mark', async () => {
    const { writer, approved, plan, playground } = await planned(SCALE);
    await writer.write(approved, 0, signal);
    await asAdmin(playground, 'PATCH', PATH, { spec: { replicas: 8 } });
    expect(await writer.arrival(plan, 0, signal)).toMatchObject({ status: 'arrived' });
  });
});
