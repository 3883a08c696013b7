import { describe, expect, it } from 'vitest';
import { DAEMON_SET, DEPLOYMENT, POD, STATEFUL_SET } from '../../src/core/kinds.ts';
import type { RolloutUndoOperation, ScaleOperation, WriteOperation } from '../../src/core/operation.ts';
import type { Draft } from '../../src/core/plan.ts';
import type { Rehearsal } from '../../src/core/ports/cluster.ts';
import {
  about,
  asAdmin,
  connect,
  connectPlayground,
  fault,
  getting,
  kubeconfigFor,
  sendJson,
  startApi,
  within,
} from './fixture.ts';

const CHECKOUT = { kind: DEPLOYMENT, name: 'checkout', namespace: 'shop' };
const UNDO: RolloutUndoOperation = { verb: 'rollout undo', ...CHECKOUT, toRevision: null };
const RESTART: WriteOperation = { verb: 'rollout restart', ...CHECKOUT };
const SCALE: ScaleOperation = { verb: 'scale', ...CHECKOUT, replicas: 5, currentReplicas: null };
const PATH = '/apis/apps/v1/namespaces/shop/deployments/checkout';

function drafted(rehearsal: Rehearsal): Draft {
  if (rehearsal.status !== 'ok') throw new Error(rehearsal.says);
  return rehearsal.draft;
}

function refusal(rehearsal: Rehearsal): string {
  return rehearsal.status === 'failed' ? rehearsal.says : 'it was rehearsed';
}

async function firstPod(connected: Awaited<ReturnType<typeof connectPlayground>>): Promise<string> {
  const seen = await connected.reader.read(getting(POD, { selector: 'app=checkout' }), within());
  return (seen.status === 'ok' ? seen.objects[0]?.metadata?.name : undefined) ?? '';
}

describe('every rehearsal', () => {
  it('stores nothing in the cluster, and sends dry runs only', async () => {
    const connected = await connectPlayground('bad-release');
    const { rehearser, playground } = connected;
    const pod = await firstPod(connected);
    const before = playground.snapshot();
    const operations: WriteOperation[] = [
      UNDO,
      RESTART,
      SCALE,
      { verb: 'delete pod', name: pod, namespace: 'shop' },
    ];
    for (const operation of operations)
      expect((await rehearser.rehearse(operation, about())).status).toBe('ok');
    expect(playground.snapshot()).toEqual(before);
    const changes = playground.requests.filter((request) => request.method !== 'GET');
    expect(changes).toHaveLength(4);
    expect(changes.every((request) => request.dryRun)).toBe(true);
  });

  it('reads with the reading identity and rehearses with the writing one', async () => {
    const { rehearser, playground } = await connectPlayground('bad-release');
    await rehearser.rehearse(UNDO, about());
    const users = (method: string) => [
      ...new Set(playground.requests.filter((one) => one.method === method).map((one) => one.user)),
    ];
    expect(users('GET')).toEqual(['system:serviceaccount:firstmate:reader']);
    expect(users('PATCH')).toEqual(['system:serviceaccount:firstmate:writer']);
  });

  it('binds its request to the UID and leaves a mark to find it by', async () => {
    const { rehearser } = await connectPlayground('bad-release');
    const draft = drafted(await rehearser.rehearse(SCALE, about('plan-7')));
    const uid = draft.targets[0]?.uid;
    expect(draft.requests).toEqual([
      {
        method: 'PATCH',
        path: PATH,
        contentType: 'application/json-patch+json',
        body: [
          { op: 'test', path: '/metadata/uid', value: uid },
          { op: 'test', path: '/spec/replicas', value: 3 },
          { op: 'replace', path: '/spec/replicas', value: 5 },
          { op: 'add', path: '/metadata/annotations/firstmate.dev~1plan', value: 'plan-7' },
        ],
        arrival: { kind: 'annotation', key: 'firstmate.dev/plan', value: 'plan-7' },
      },
    ]);
  });

  it('fails with the words of an admission refusal', async () => {
    const { rehearser, playground } = await connectPlayground('bad-release');
    await fault(playground, { method: 'PATCH', path: PATH, status: 403 });
    expect(refusal(await rehearser.rehearse(UNDO, about()))).toContain(
      'does not let the writing identity do this (403): a fault that was asked for',
    );
    await fault(playground, {
      method: 'PATCH',
      path: PATH,
      error: 'admission webhook "guard" denied it: token=hush-hush-4711',
    });
    const says = refusal(await rehearser.rehearse(UNDO, about()));
    expect(says).toContain('admission webhook "guard" denied it');
    expect(says).not.toContain('hush-hush');
  });

  it('shows what the server warns of', async () => {
    const live = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'checkout', namespace: 'shop', uid: 'u1' },
      spec: { replicas: 3 },
    };
    const api = await startApi((request, response) => {
      if (request.url?.includes('autoscalers')) sendJson(response, 200, { kind: 'List', items: [] });
      else if (request.method === 'GET') sendJson(response, 200, live);
      else
        sendJson(
          response,
          200,
          { ...live, spec: { replicas: 5 } },
          { warning: '299 - "would violate \\"restricted\\""' },
        );
    });
    const { rehearser } = await connect(kubeconfigFor(api.url));
    expect(await rehearser.rehearse(SCALE, about())).toMatchObject({
      status: 'ok',
      draft: { warnings: ['would violate "restricted"'] },
    });
  });

  it('shows what an admission webhook adds, and binds the plan to it', async () => {
    const live = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'checkout', namespace: 'shop', uid: 'u1' },
      spec: { replicas: 3, minReadySeconds: 1 },
    };
    const api = await startApi((request, response) => {
      if (request.url?.includes('autoscalers')) sendJson(response, 200, { kind: 'List', items: [] });
      else if (request.method === 'GET') sendJson(response, 200, live);
      else sendJson(response, 200, { ...live, spec: { replicas: 5, minReadySeconds: 9 } });
    });
    const { rehearser } = await connect(kubeconfigFor(api.url));
    const draft = drafted(await rehearser.rehearse(SCALE, about()));
    expect(draft.diff.map((change) => change.path)).toEqual(['spec.replicas', 'spec.minReadySeconds']);
    expect(draft.targets[0]?.reviewed).toEqual({ '/spec/replicas': 3, '/spec/minReadySeconds': 1 });
    expect(draft.requests[0]?.body).toContainEqual({
      op: 'test',
      path: '/metadata/annotations',
      value: null,
    });
  });

  it('fails when the connection ends, and when it is stopped', async () => {
    const { rehearser, playground } = await connectPlayground('bad-release');
    await fault(playground, { method: 'PATCH', path: PATH, error: 'reset_before_apply' });
    expect(refusal(await rehearser.rehearse(UNDO, about()))).toContain('did not reach the cluster prod');
    const stopped = { ...about(), signal: AbortSignal.abort() };
    expect(refusal(await rehearser.rehearse(UNDO, stopped))).toContain('stopped before it was done');
  });

  it('fails for a target that is not there', async () => {
    const { rehearser } = await connectPlayground();
    const says = refusal(await rehearser.rehearse({ ...UNDO, name: 'nope' }, about()));
    expect(says).toBe('The cluster prod has no deployments/nope in shop (404).');
  });
});

describe('rollout undo', () => {
  it('goes back one revision, and shows what that changes', async () => {
    const { rehearser } = await connectPlayground('bad-release');
    const draft = drafted(await rehearser.rehearse(UNDO, about()));
    expect(draft.diff).toEqual([
      {
        object: 'Deployment shop/checkout',
        path: 'spec.template.spec.containers[checkout].image',
        before: 'registry.example/shop/checkout:1.43.0',
        after: 'registry.example/shop/checkout:1.42.0',
      },
      {
        object: 'Deployment shop/checkout',
        path: 'metadata.annotations[kubernetes.io/change-cause]',
        before: 'release 1.43.0',
        after: 'release 1.42.0',
      },
    ]);
    expect(draft).toMatchObject({
      fromVersion: 'checkout:1.43.0 (revision 4)',
      toVersion: 'checkout:1.42.0 (revision 3)',
      facts: { versionsBack: 1 },
      inverse: {
        operation: { ...UNDO, toRevision: 4 },
        command: 'kubectl rollout undo deployment/checkout -n shop --to-revision=4',
      },
    });
    expect(Object.keys(draft.targets[0]?.reviewed ?? {})).toContain('/spec/template');
  });

  it('counts the versions that a named revision lies back', async () => {
    const { rehearser } = await connectPlayground('bad-release');
    const draft = drafted(await rehearser.rehearse({ ...UNDO, toRevision: 1 }, about()));
    expect(draft).toMatchObject({ toVersion: 'checkout:1.40.3 (revision 1)', facts: { versionsBack: 3 } });
  });

  it('refuses where there is nothing to go back to, or no such revision', async () => {
    const { rehearser } = await connectPlayground('bad-release');
    expect(refusal(await rehearser.rehearse({ ...UNDO, name: 'orders' }, about()))).toBe(
      'Deployment shop/orders has no revision before 1: there is nothing to roll back to.',
    );
    expect(refusal(await rehearser.rehearse({ ...UNDO, toRevision: 9 }, about()))).toBe(
      'Deployment shop/checkout has no revision 9 any more; it keeps 4, 3, 2, 1.',
    );
    expect(refusal(await rehearser.rehearse({ ...UNDO, toRevision: 4 }, about()))).toContain(
      'already runs what revision 4 held',
    );
  });

  it('refuses while the rollout is paused', async () => {
    const { rehearser, playground } = await connectPlayground('bad-release');
    await asAdmin(playground, 'PATCH', PATH, { spec: { paused: true } });
    expect(refusal(await rehearser.rehearse(UNDO, about()))).toContain('is paused');
  });

  it('carries no secret: a revision that differs in one is refused, one that merely has one is not', async () => {
    const { rehearser, playground } = await connectPlayground();
    const env = (value: string) => ({
      spec: {
        template: { spec: { containers: [{ name: 'checkout', env: [{ name: 'API_TOKEN', value }] }] } },
      },
    });
    const strategic = 'application/strategic-merge-patch+json';
    await asAdmin(playground, 'PATCH', PATH, env('canary-one-4711'), strategic);
    await asAdmin(playground, 'PATCH', PATH, env('canary-two-4712'), strategic);
    const says = refusal(await rehearser.rehearse(UNDO, about()));
    expect(says).toContain('looks like a secret');
    expect(says).not.toMatch(/canary/);
    const image = {
      spec: {
        template: {
          spec: { containers: [{ name: 'checkout', image: 'registry.example/shop/checkout:1.44.0' }] },
        },
      },
    };
    await asAdmin(playground, 'PATCH', PATH, image, strategic);
    const draft = drafted(await rehearser.rehearse(UNDO, about()));
    expect(draft.diff.map((change) => change.path)).toEqual([
      'spec.template.spec.containers[checkout].image',
    ]);
    expect(JSON.stringify(draft)).not.toMatch(/canary/);
  });

  it('leaves a change cause alone that looks like a secret', async () => {
    const { rehearser, playground } = await connectPlayground('bad-release');
    const cause = { 'kubernetes.io/change-cause': 'deploy --api-token=canary-4711' };
    await asAdmin(playground, 'PATCH', PATH, { metadata: { annotations: cause } });
    const draft = drafted(await rehearser.rehearse(UNDO, about()));
    expect(draft.diff.map((change) => change.path)).toEqual([
      'spec.template.spec.containers[checkout].image',
    ]);
    expect(JSON.stringify(draft)).not.toMatch(/canary/);
  });
});

describe('rollout restart', () => {
  it('freezes the time of the restart', async () => {
    const { rehearser } = await connectPlayground();
    const draft = drafted(await rehearser.rehearse(RESTART, about()));
    expect(draft.diff).toEqual([
      {
        object: 'Deployment shop/checkout',
        path: 'spec.template.metadata.annotations[kubectl.kubernetes.io/restartedAt]',
        before: undefined,
        after: '2026-03-14T02:07:00Z',
      },
    ]);
    expect(draft.inverse).toBeNull();
    expect(draft.targets[0]?.reviewed).toEqual({ '/spec/template/metadata/annotations': null });
  });

  it('keeps the annotations that the template has', async () => {
    const { rehearser, playground } = await connectPlayground();
    await asAdmin(playground, 'PATCH', PATH, {
      spec: { template: { metadata: { annotations: { kept: 'yes' } } } },
    });
    const draft = drafted(await rehearser.rehearse(RESTART, about()));
    expect(draft.diff).toHaveLength(1);
    expect(Object.keys(draft.targets[0]?.reviewed ?? {})).toEqual([
      '/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt',
    ]);
  });

  it.each([
    ['StatefulSet', STATEFUL_SET],
    ['DaemonSet', DAEMON_SET],
  ])('restarts a %s without annotations of its own', async (_, kind) => {
    const { rehearser, playground } = await connectPlayground();
    const labels = { app: 'cart' };
    await asAdmin(playground, 'POST', `/apis/apps/v1/namespaces/shop/${kind.resource}`, {
      apiVersion: 'apps/v1',
      kind: kind.kind,
      metadata: { name: 'cart', namespace: 'shop' },
      spec: {
        ...(kind.kind === 'StatefulSet' ? { serviceName: 'cart', replicas: 1 } : {}),
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'cart', image: 'registry.example/shop/cart:1' }] },
        },
      },
    });
    const draft = drafted(
      await rehearser.rehearse({ verb: 'rollout restart', kind, name: 'cart', namespace: 'shop' }, about()),
    );
    expect(draft.toVersion).toBe('cart:1, restarted at 2026-03-14T02:07:00Z');
  });
});

describe('scale', () => {
  it('tells the counts before and after, and how to go back', async () => {
    const { rehearser } = await connectPlayground();
    expect(drafted(await rehearser.rehearse(SCALE, about()))).toMatchObject({
      diff: [{ path: 'spec.replicas', before: 3, after: 5 }],
      facts: { replicasBefore: 3, replicasAfter: 5 },
      blast: { objects: 1, pods: 2, says: '2 more pods in Deployment shop/checkout: from 3 to 5' },
      inverse: { operation: { ...SCALE, replicas: 3 } },
      fromVersion: '3 replicas',
      toVersion: '5 replicas',
      targets: [{ reviewed: { '/spec/replicas': 3 } }],
    });
  });

  it('refuses the count that is there, and a count that is not', async () => {
    const { rehearser } = await connectPlayground();
    expect(refusal(await rehearser.rehearse({ ...SCALE, replicas: 3 }, about()))).toBe(
      'Deployment shop/checkout already has 3 replicas.',
    );
    expect(refusal(await rehearser.rehearse({ ...SCALE, currentReplicas: 2 }, about()))).toBe(
      'Deployment shop/checkout has 3 replicas and not 2 any more.',
    );
  });

  it('refuses where an autoscaler sets the replicas', async () => {
    const { rehearser, playground } = await connectPlayground();
    await asAdmin(playground, 'POST', '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'checkout-hpa', namespace: 'shop' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
        minReplicas: 2,
        maxReplicas: 9,
      },
    });
    expect(refusal(await rehearser.rehearse(SCALE, about()))).toContain(
      'HorizontalPodAutoscaler checkout-hpa sets the replicas',
    );
  });

  it('refuses when it cannot see whether one does', async () => {
    const { rehearser, playground } = await connectPlayground();
    await fault(playground, { path: 'horizontalpodautoscalers', status: 403 });
    expect(refusal(await rehearser.rehearse(SCALE, about()))).toContain(
      'may not list horizontalpodautoscalers in shop',
    );
  });
});

describe('delete pod', () => {
  it('names the UID, and says who makes another one', async () => {
    const connected = await connectPlayground();
    const name = await firstPod(connected);
    const draft = drafted(
      await connected.rehearser.rehearse({ verb: 'delete pod', name, namespace: 'shop' }, about()),
    );
    const uid = draft.targets[0]?.uid;
    expect(draft.requests).toMatchObject([
      {
        method: 'DELETE',
        body: { kind: 'DeleteOptions', preconditions: { uid } },
        arrival: { kind: 'uid_gone', uid },
      },
    ]);
    expect(draft.inverse).toBeNull();
    expect(draft.blast.says).toMatch(/ReplicaSet checkout-\S+ makes another one/);
  });

  it('leaves a pod alone that would not come back', async () => {
    const { rehearser, playground } = await connectPlayground();
    await asAdmin(playground, 'POST', '/api/v1/namespaces/shop/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'lonely', namespace: 'shop' },
      spec: { containers: [{ name: 'c', image: 'registry.example/shop/checkout:1.42.0' }] },
    });
    expect(
      refusal(await rehearser.rehearse({ verb: 'delete pod', name: 'lonely', namespace: 'shop' }, about())),
    ).toContain('has no controller');
  });
});
