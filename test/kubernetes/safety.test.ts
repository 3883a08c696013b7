import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/command/parse.ts';
import { planId } from '../../src/core/ids.ts';
import { DEPLOYMENT, STATEFUL_SET } from '../../src/core/kinds.ts';
import type { WriteOperation } from '../../src/core/operation.ts';
import type { Drafted } from '../../src/core/safety/effect.ts';
import { known } from '../../src/core/safety/facts.ts';
import type { PlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { AT } from '../make.ts';
import {
  asAdmin,
  connect,
  connectPlayground,
  fault,
  kubeconfigFor,
  sendJson,
  startApi,
  within,
} from './fixture.ts';

const scale = (name: string, replicas: number): WriteOperation => ({
  verb: 'scale',
  kind: DEPLOYMENT,
  namespace: 'shop',
  name,
  replicas,
  currentReplicas: null,
});
const restart = (kind: typeof DEPLOYMENT, name: string): WriteOperation => ({
  verb: 'rollout restart',
  kind,
  namespace: 'shop',
  name,
});
const deletePod = (name: string): WriteOperation => ({ verb: 'delete pod', namespace: 'shop', name });

type Connected = Awaited<ReturnType<typeof connectPlayground>>;

/** The facts of an operation as the playground rehearses and tells them. */
async function facts({ rehearser, safety }: Connected, operation: WriteOperation) {
  const rehearsal = await rehearser.rehearse(operation, { plan: planId('p1'), now: AT, ...within() });
  if (rehearsal.status === 'failed') throw new Error(rehearsal.says);
  return safety.look({ operation, drafted: rehearsal.draft }, within());
}

async function podOf(playground: PlaygroundCluster, app: string): Promise<string> {
  const list = await asAdmin(playground, 'GET', `/api/v1/namespaces/shop/pods?labelSelector=app%3D${app}`);
  const [first] = list.items as { metadata: { name: string } }[];
  if (first === undefined) throw new Error(`${app} has no pod`);
  return first.metadata.name;
}

const RESTART: Drafted['diff'] = [
  {
    object: 'Deployment shop/checkout',
    path: 'spec.template.metadata.annotations.x',
    before: undefined,
    after: AT,
  },
];
const gone = (name: string): Drafted['diff'] => [
  { object: `Pod shop/${name}`, path: '', before: 'Running', after: undefined },
];

function drafted(kind: string, name: string, diff: Drafted['diff'] = [], path = '/x'): Drafted {
  const ref = { cluster: 'prod', apiVersion: 'v1', kind, namespace: 'shop', name };
  return {
    targets: [{ ref, uid: 'u', reviewed: {} }],
    facts: { versionsBack: null, replicasBefore: null, replicasAfter: null },
    diff,
    requests: [
      {
        method: 'DELETE',
        path,
        contentType: 'application/json',
        body: {},
        arrival: { kind: 'uid_gone', uid: 'u' },
      },
    ],
  };
}

describe('what the safety checks see in a cluster', () => {
  it('a Deployment: its replicas, how it rolls, and the budget that selects its pods', async () => {
    const world = await connectPlayground();
    expect(await facts(world, restart(DEPLOYMENT, 'checkout'))).toEqual({
      workloads: known([
        {
          name: 'Deployment shop/checkout',
          desired: 3,
          ready: 3,
          available: 3,
          updated: 3,
          replaces: { how: 'rolling', maxUnavailable: 0 },
          rollout: 'done',
          volumes: null,
        },
      ]),
      removed: known([]),
      budgets: known([
        {
          name: 'shop/checkout',
          disruptionsAllowed: 1,
          currentHealthy: 3,
          expectedPods: 3,
          minAvailable: 2,
          maxUnavailable: null,
          covers: ['Deployment shop/checkout'],
        },
      ]),
      autoscalers: known([]),
      owners: known([]),
      drain: known(null),
    });
  });

  it('a pod: whether it serves, and the workload at the end of its owners', async () => {
    const world = await connectPlayground();
    const name = await podOf(world.playground, 'checkout');
    const seen = await facts(world, deletePod(name));
    expect(seen.removed).toEqual(
      known([{ name: `Pod shop/${name}`, ready: true, workload: 'Deployment shop/checkout' }]),
    );
    expect(seen.workloads).toMatchObject(known([{ name: 'Deployment shop/checkout', available: 3 }]));
    expect(seen.budgets).toMatchObject(known([{ covers: [`Pod shop/${name}`, 'Deployment shop/checkout'] }]));
  });

  it('a rollout that is under way, then stuck', async () => {
    const world = await connectPlayground();
    world.playground.breakScenario('bad-release');
    const rollout = async () => {
      const seen = await world.safety.look(
        { operation: restart(DEPLOYMENT, 'checkout'), drafted: drafted('Deployment', 'checkout', RESTART) },
        within(),
      );
      return seen.workloads.known ? seen.workloads.value[0]?.rollout : seen.workloads.says;
    };
    expect(await rollout()).toBe('going');
    world.playground.advance(60_000);
    expect(await rollout()).toBe('stuck');
  });

  it('a StatefulSet that keeps data', async () => {
    const world = await connectPlayground();
    const seen = await facts(world, restart(STATEFUL_SET, 'orders-db'));
    expect(seen.workloads).toMatchObject(
      known([
        {
          name: 'StatefulSet shop/orders-db',
          replaces: { how: 'by_number', maxUnavailable: 1 },
          rollout: 'done',
          volumes: { claims: ['data'], deletedWhenScaled: false },
        },
      ]),
    );
  });

  it('the autoscaler that minds a workload, made after the change was drafted', async () => {
    const world = await connectPlayground();
    const rehearsal = await world.rehearser.rehearse(scale('orders', 5), {
      plan: planId('p1'),
      now: AT,
      ...within(),
    });
    if (rehearsal.status === 'failed') throw new Error(rehearsal.says);
    const look = () =>
      world.safety.look({ operation: scale('orders', 5), drafted: rehearsal.draft }, within());
    expect((await look()).autoscalers).toEqual(known([]));
    await asAdmin(world.playground, 'POST', '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers', {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'busy', namespace: 'shop' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'orders' }, maxReplicas: 9 },
    });
    expect((await look()).autoscalers).toEqual(
      known([{ name: 'shop/busy', workload: 'Deployment shop/orders', min: 1, max: 9 }]),
    );
  });

  it('the workload behind an autoscaler, also where its new bounds moved nothing when they were drafted', async () => {
    const world = await connectPlayground();
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' };
    await asAdmin(world.playground, 'POST', '/apis/policy/v1/namespaces/shop/poddisruptionbudgets', {
      ...budget,
      metadata: { name: 'catalog', namespace: 'shop' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'catalog' } } },
    });
    const parsed = parseCommand(
      'kubectl patch hpa catalog -n shop --type=merge -p \'{"spec":{"maxReplicas":3}}\'',
    );
    if (parsed.verdict !== 'mutate') throw new Error('a patch was expected');
    const { operation } = parsed;
    const rehearsal = await world.rehearser.rehearse(operation, { plan: planId('p1'), now: AT, ...within() });
    if (rehearsal.status === 'failed') throw new Error(rehearsal.says);
    expect(rehearsal.draft.facts.autoscaling).toEqual({
      of: { kind: 'Deployment', namespace: 'shop', name: 'catalog' },
      from: { min: 2, max: 5 },
      to: { min: 2, max: 3 },
    });
    const facts = { ...rehearsal.draft.facts, replicasBefore: 2, replicasAfter: 2 };
    const seen = await world.safety.look({ operation, drafted: { ...rehearsal.draft, facts } }, within());
    expect(seen.workloads).toMatchObject(known([{ name: 'Deployment shop/catalog', desired: 2 }]));
    expect(seen.budgets).toMatchObject(known([{ name: 'shop/catalog' }]));
    // It does not fight what it is told itself.
    expect(seen.autoscalers).toEqual(known([]));
    expect(seen.owners).toEqual(known([]));
  });

  it('the pods that leave a node, and the room on the others', async () => {
    const world = await connectPlayground();
    const name = await podOf(world.playground, 'checkout');
    const change = {
      operation: deletePod(name),
      drafted: drafted('Pod', name, gone(name), `/api/v1/namespaces/shop/pods/${name}/eviction`),
    };
    const { drain } = await world.safety.look(change, within());
    if (!drain.known || drain.value === null) throw new Error('a drain was expected');
    const pod = await asAdmin(world.playground, 'GET', `/api/v1/namespaces/shop/pods/${name}`);
    const node = (pod.spec as { nodeName: string }).nodeName;
    expect(drain.value.nodes).toEqual([node]);
    expect(drain.value.moving).toEqual([
      { name: `Pod shop/${name}`, cpu: 100, memory: 128 * 1024 * 1024, pods: 1 },
    ]);
    const others = drain.value.free.map((one) => one.name);
    expect(others.length).toBeGreaterThan(0);
    expect(others).not.toContain(node);
    const [other] = drain.value.free;
    await asAdmin(world.playground, 'PATCH', `/api/v1/nodes/${other?.name}`, {
      spec: { unschedulable: true },
    });
    const later = await world.safety.look(change, within());
    expect(later.drain.known && later.drain.value?.free.map((one) => one.name)).not.toContain(other?.name);
  });

  it('a whole drain, as it is rehearsed: every pod that leaves, with its workload and budget', async () => {
    const world = await connectPlayground();
    const name = await podOf(world.playground, 'checkout');
    const pod = await asAdmin(world.playground, 'GET', `/api/v1/namespaces/shop/pods/${name}`);
    const node = (pod.spec as { nodeName: string }).nodeName;
    const parsed = parseCommand(`kubectl drain ${node} --ignore-daemonsets --delete-emptydir-data`);
    if (parsed.verdict !== 'destructive') throw new Error('a drain was expected');
    const seen = await facts(world, parsed.operation);
    if (!seen.drain.known || !seen.removed.known) throw new Error('the facts were expected');
    expect(seen.drain.value?.nodes).toEqual([node]);
    const leaving = seen.removed.value.map((one) => one.name);
    expect(leaving).toContain(`Pod shop/${name}`);
    expect(seen.drain.value?.moving.map((one) => one.name).toSorted()).toEqual(leaving.toSorted());
    expect(seen.budgets).toMatchObject(known([{ name: 'shop/checkout' }]));
    expect(seen.owners).toEqual(known([]));
  });

  it('nothing, and says why, when it cannot be asked', async () => {
    const world = await connectPlayground();
    await fault(world.playground, { method: 'GET', path: 'poddisruptionbudgets', status: 403, times: 9 });
    const seen = await facts(world, restart(DEPLOYMENT, 'checkout'));
    expect(seen.workloads.known).toBe(true);
    expect(seen.budgets).toEqual({
      known: false,
      says: expect.stringContaining('may not list poddisruptionbudgets'),
    });
  });

  it('nothing of a target that is gone', async () => {
    const world = await connectPlayground();
    const change = { operation: deletePod('gone-1'), drafted: drafted('Pod', 'gone-1', gone('gone-1')) };
    const seen = await world.safety.look(change, within());
    expect(seen.removed).toEqual({ known: false, says: expect.stringContaining('gone-1') });
    expect(seen.budgets.known).toBe(false);
  });

  it('changes nothing, and asks for nothing that the read grant does not cover', async () => {
    const world = await connectPlayground();
    const before = world.playground.snapshot();
    await facts(world, restart(DEPLOYMENT, 'checkout'));
    expect(world.playground.snapshot()).toEqual(before);
    expect(world.refused).toEqual([]);
  });
});

/** A cluster with one marked Deployment, and what it answers for the tools that may own it. */
async function owners(
  metadata: object,
  answers: { readonly [path: string]: { status: number; body: object } },
) {
  const api = await startApi((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path === '/apis/apps/v1/namespaces/shop/deployments/checkout') {
      sendJson(response, 200, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'checkout', namespace: 'shop', uid: 'u', ...metadata },
        spec: { replicas: 3 },
      });
      return;
    }
    const answer = answers[path] ?? { status: 404, body: { kind: 'Status', message: 'not found' } };
    sendJson(response, answer.status, answer.body);
  });
  const { safety } = await connect(kubeconfigFor(api.url));
  const change = { operation: scale('checkout', 4), drafted: drafted('Deployment', 'checkout') };
  const seen = await safety.look(change, within());
  const queries = api.requests.map(({ url }) => url).filter((url) => url.includes('argoproj'));
  return { owners: seen.owners.known ? seen.owners.value : seen.owners.says, queries };
}

const TRACKED = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/checkout' } };
const APPLICATIONS = '/apis/argoproj.io/v1alpha1/applications';
const application = (syncPolicy: object | undefined) => ({
  [APPLICATIONS]: {
    status: 200,
    body: {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'ApplicationList',
      items: [
        {
          metadata: { name: 'shop', namespace: 'argocd' },
          spec: {
            source: { repoURL: 'https://robot:hunter2@git.example/apps.git', path: 'shop/prod' },
            ...(syncPolicy === undefined ? {} : { syncPolicy }),
          },
        },
      ],
    },
  },
});
const ARGO = {
  by: 'git',
  name: 'Argo CD application argocd/shop',
  object: 'Deployment shop/checkout',
  source: { repository: 'https://git.example/apps.git', path: 'shop/prod' },
};

describe('who writes an object from Git', () => {
  it.each([
    ['with self-heal', { automated: { selfHeal: true } }, true],
    ['with automatic sync alone', { automated: { prune: true } }, false],
    ['with automatic sync turned off', { automated: { enabled: false, selfHeal: true } }, false],
    ['synced by hand', undefined, false],
  ])('Argo CD, %s', async (_name, syncPolicy, heals) => {
    const seen = await owners(TRACKED, application(syncPolicy));
    expect(seen.owners).toEqual([{ ...ARGO, selfHeal: known(heals) }]);
    expect(seen.queries).toEqual([expect.stringContaining('fieldSelector=metadata.name%3Dshop')]);
  });

  it('Argo CD whose application cannot be read is not known', async () => {
    const forbidden = { [APPLICATIONS]: { status: 403, body: { kind: 'Status', message: 'no' } } };
    const unread = { by: 'git', name: 'Argo CD application shop', source: null, selfHeal: { known: false } };
    expect((await owners(TRACKED, forbidden)).owners).toMatchObject([unread]);
    expect((await owners(TRACKED, {})).owners).toMatchObject([unread]);
  });

  it('an application in a namespace of its own is looked for there', async () => {
    const marked = {
      annotations: { 'argocd.argoproj.io/tracking-id': 'team_shop:apps/Deployment:shop/checkout' },
    };
    const found = application({ automated: { selfHeal: true } })[APPLICATIONS];
    if (found === undefined) throw new Error('an application was expected');
    const there = { '/apis/argoproj.io/v1alpha1/namespaces/team/applications': found };
    expect((await owners(marked, there)).owners).toMatchObject([{ selfHeal: known(true) }]);
  });

  it('a mark that was copied from another object counts for nothing', async () => {
    const copied = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/orders' } };
    expect((await owners(copied, application({ automated: { selfHeal: true } }))).owners).toEqual([]);
  });

  it('the instance label alone counts where there is such an application, or nobody can see', async () => {
    const labelled = { labels: { 'app.kubernetes.io/instance': 'shop' } };
    expect((await owners(labelled, application({ automated: { selfHeal: true } }))).owners).toMatchObject([
      { selfHeal: known(true) },
    ]);
    expect((await owners(labelled, {})).owners).toEqual([]);
    expect(
      (await owners({ labels: { 'app.kubernetes.io/instance': 'other' } }, application({}))).owners,
    ).toEqual([]);
    const forbidden = { [APPLICATIONS]: { status: 403, body: { kind: 'Status', message: 'no' } } };
    expect((await owners(labelled, forbidden)).owners).toMatchObject([{ selfHeal: { known: false } }]);
    const byHelm = { ...labelled, annotations: { 'meta.helm.sh/release-name': 'shop' } };
    expect((await owners(byHelm, forbidden)).owners).toEqual([]);
  });

  const KUSTOMIZED = {
    labels: {
      'kustomize.toolkit.fluxcd.io/name': 'apps',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    },
  };
  const kustomization = (spec: object) => ({
    '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps': {
      status: 200,
      body: {
        metadata: { name: 'apps', namespace: 'flux-system' },
        spec: { path: './shop', sourceRef: { kind: 'GitRepository', name: 'fleet' }, ...spec },
      },
    },
  });
  it.each([
    ['puts it back at every interval', KUSTOMIZED, {}, true],
    ['does not while it is suspended', KUSTOMIZED, { suspend: true }, false],
    [
      'leaves alone what says so',
      { ...KUSTOMIZED, annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } },
      {},
      false,
    ],
  ])('a Flux Kustomization %s', async (_name, metadata, spec, heals) => {
    expect((await owners(metadata, kustomization(spec))).owners).toEqual([
      {
        by: 'git',
        name: 'Flux Kustomization flux-system/apps',
        object: 'Deployment shop/checkout',
        selfHeal: known(heals),
        source: { repository: 'GitRepository flux-system/fleet', path: './shop' },
      },
    ]);
  });

  const RELEASED = {
    labels: { 'helm.toolkit.fluxcd.io/name': 'shop', 'helm.toolkit.fluxcd.io/namespace': 'shop' },
  };
  it.each([
    ['with drift detection', { driftDetection: { mode: 'enabled' } }, true],
    ['that only warns of drift', { driftDetection: { mode: 'warn' } }, false],
    ['without it', {}, false],
    ['that is suspended', { suspend: true, driftDetection: { mode: 'enabled' } }, false],
  ])('a Flux HelmRelease %s', async (_name, spec, heals) => {
    const path = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/shop';
    const body = { metadata: { name: 'shop', namespace: 'shop' }, spec };
    expect((await owners(RELEASED, { [path]: { status: 200, body } })).owners).toMatchObject([
      { name: 'Flux HelmRelease shop/shop', selfHeal: known(heals) },
    ]);
  });

  it('Flux that cannot be read is not known', async () => {
    expect((await owners(KUSTOMIZED, {})).owners).toMatchObject([
      { selfHeal: { known: false }, source: null },
    ]);
  });

  it('a controller of a kind that nobody reads is named', async () => {
    const owned = {
      ownerReferences: [
        { apiVersion: 'kafka.example/v1', kind: 'Kafka', name: 'events', uid: 'k', controller: true },
      ],
    };
    expect((await owners(owned, {})).owners).toEqual([
      { by: 'controller', name: 'Kafka events', object: 'Deployment shop/checkout' },
    ]);
  });
});

it('a list that goes on over pages is read to its end', async () => {
  const pod = (name: string) => ({
    metadata: { name, namespace: 'shop' },
    spec: { nodeName: 'n2', containers: [{ resources: { requests: { cpu: '1', memory: '1Mi' } } }] },
    status: { phase: 'Running' },
  });
  const ready = [{ type: 'Ready', status: 'True' }];
  const api = await startApi((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    if (url.pathname === '/api/v1/nodes') {
      const node = (name: string) => ({
        metadata: { name },
        status: { conditions: ready, allocatable: { cpu: '4', memory: '1Gi', pods: '10' } },
      });
      sendJson(response, 200, { kind: 'NodeList', apiVersion: 'v1', items: [node('n1'), node('n2')] });
    } else if (url.pathname === '/api/v1/pods') {
      const last = url.searchParams.get('continue') === 'more';
      sendJson(response, 200, {
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: last ? {} : { continue: 'more' },
        items: [pod(last ? 'b' : 'a')],
      });
    } else if (url.pathname === '/api/v1/namespaces/shop/pods/leaving') {
      sendJson(response, 200, { ...pod('leaving'), kind: 'Pod', spec: { nodeName: 'n1', containers: [] } });
    } else sendJson(response, 200, { kind: 'List', items: [] });
  });
  const { safety } = await connect(kubeconfigFor(api.url));
  const seen = await safety.look(
    {
      operation: deletePod('leaving'),
      drafted: drafted('Pod', 'leaving', gone('leaving'), '/api/v1/namespaces/shop/pods/leaving/eviction'),
    },
    within(),
  );
  expect(seen.drain.known && seen.drain.value?.free).toEqual([
    { name: 'n2', cpu: 2000, memory: 1024 ** 3 - 2 * 1024 ** 2, pods: 8 },
  ]);
});
