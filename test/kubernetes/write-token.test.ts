import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { DEPLOYMENT } from '../../src/core/kinds.ts';
import type { WriteOperation } from '../../src/core/operation.ts';
import { rbacManifest } from '../../src/core/rbac-manifest.ts';
import type { WriteToken } from '../../src/core/settings.ts';
import { DEFAULT_LIMITS } from '../../src/core/settings.ts';
import { permissions } from '../../src/kubernetes/permissions.ts';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { AT } from '../make.ts';
import { about, approve, asAdmin, connect, fault, kubeconfigFor, sendJson, startApi } from './fixture.ts';

const TOKEN: WriteToken = { serviceAccount: 'firstmate-writer', namespace: 'firstmate', minutes: 10 };
const MINT = '/api/v1/namespaces/firstmate/serviceaccounts/firstmate-writer/token';
const WRITER = 'system:serviceaccount:firstmate:firstmate-writer';
const SCALE: WriteOperation = {
  verb: 'scale',
  kind: DEPLOYMENT,
  name: 'checkout',
  namespace: 'shop',
  replicas: 5,
  currentReplicas: null,
};
const because = ['a runbook'];
const ACCESS = {
  reading: [
    { group: 'apps', resource: 'deployments', verbs: ['get'], because },
    { group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['list'], because },
  ],
  writing: [{ group: 'apps', resource: 'deployments', verbs: ['patch'], because }],
  readingPaths: [],
  leftOut: [],
};
const PATHS: { readonly [kind: string]: string } = {
  ServiceAccount: '/api/v1/namespaces/firstmate/serviceaccounts',
  ClusterRole: '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  ClusterRoleBinding: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
  Role: '/apis/rbac.authorization.k8s.io/v1/namespaces/firstmate/roles',
  RoleBinding: '/apis/rbac.authorization.k8s.io/v1/namespaces/firstmate/rolebindings',
};
const { signal } = new AbortController();

/** A cluster with what `firstmate rbac` prints, and firstmate there with nothing but the reader's own token. */
async function minting({
  token = TOKEN,
  tokens = [TOKEN] as readonly WriteToken[],
  now = (playground: PlaygroundCluster) => playground.now(),
} = {}) {
  const playground = await startPlaygroundCluster({ name: 'prod' });
  onTestFinished(() => playground.stop());
  for (const role of ['firstmate-reader', 'firstmate-writer']) {
    // The playground's own identities have these names for their roles.
    for (const kind of ['clusterroles', 'clusterrolebindings'])
      await asAdmin(playground, 'DELETE', `/apis/rbac.authorization.k8s.io/v1/${kind}/${role}`);
  }
  for (const document of parseAllDocuments(rbacManifest(ACCESS, [], tokens))) {
    const object: { kind: string } = document.toJS();
    const path = PATHS[object.kind];
    if (path !== undefined) await asAdmin(playground, 'POST', path, object);
  }
  const reader = await asAdmin(
    playground,
    'POST',
    '/api/v1/namespaces/firstmate/serviceaccounts/firstmate-reader/token',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 86_400 } },
  );
  const { token: own } = Object(reader.status);
  const connected = await connect(kubeconfigFor(playground.url, { token: own }), {
    settings: { writeToken: token },
    now: () => new Date(now(playground)),
  });
  const asked = (method: string) =>
    playground.requests.filter((one) => one.method === method && one.user !== 'playground-admin');
  const mints = () => asked('POST').filter(({ path }) => path === MINT);
  return { ...connected, playground, mints, patches: () => asked('PATCH') };
}

async function planned(connected: Awaited<ReturnType<typeof minting>>, plan = 'p1') {
  const rehearsal = await connected.rehearser.rehearse(SCALE, about(plan));
  if (rehearsal.status !== 'ok') throw new Error(rehearsal.says);
  return approve(rehearsal.draft, SCALE);
}

const replicas = (playground: PlaygroundCluster): unknown =>
  Object(
    playground
      .snapshot()
      .find((one) => Object(one).kind === 'Deployment' && Object(one).metadata.name === 'checkout'),
  ).spec.replicas;

describe('a token minted for one plan', () => {
  it('rehearses and writes that plan as the fixed service account, with what firstmate rbac grants', async () => {
    const connected = await minting();
    const { approved, plan } = await planned(connected);
    expect(await connected.writer.recheck(plan, signal)).toEqual({ status: 'holds' });
    expect(await connected.writer.write(approved, 0, signal)).toMatchObject({ outcome: 'applied' });
    expect(replicas(connected.playground)).toBe(5);
    expect(connected.mints()).toMatchObject([
      { status: 201, user: 'system:serviceaccount:firstmate:firstmate-reader' },
    ]);
    expect(connected.patches()).toMatchObject([
      { user: WRITER, dryRun: true },
      { user: WRITER, dryRun: false },
    ]);
    expect(connected.refused).toEqual([]);
  });

  it('serves no other plan', async () => {
    const connected = await minting();
    await planned(connected, 'p1');
    await planned(connected, 'p2');
    expect(connected.mints()).toHaveLength(2);
  });

  it('is minted again when it is over, or nearly so', async () => {
    const connected = await minting();
    const { approved, plan } = await planned(connected);
    connected.playground.advance(9.5 * 60_000);
    expect(await connected.writer.recheck(plan, signal)).toEqual({ status: 'holds' });
    expect(await connected.writer.write(approved, 0, signal)).toMatchObject({ outcome: 'applied' });
    expect(connected.mints()).toHaveLength(2);
  });

  it('that the cluster counts as expired changes nothing, is told, and is not used again', async () => {
    const start = { at: 0 };
    const connected = await minting({
      now: (playground) => {
        start.at ||= playground.now();
        return start.at;
      },
    });
    const { approved } = await planned(connected);
    connected.playground.advance(11 * 60_000);
    const before = replicas(connected.playground);
    expect(await connected.writer.write(approved, 0, signal)).toEqual({
      outcome: 'refused',
      status: 401,
      says: expect.stringMatching(/does not take the writing identity's credential \(401\): it expired/),
      retryAfterMs: null,
    });
    expect(replicas(connected.playground)).toBe(before);
    expect(await connected.writer.write(approved, 0, signal)).toMatchObject({ outcome: 'applied' });
    expect(connected.mints()).toHaveLength(2);
  });

  it("that is over by this machine's clock is not used", async () => {
    const ahead = { ms: 0 };
    const connected = await minting({ now: (playground) => playground.now() + ahead.ms });
    const { approved, plan } = await planned(connected);
    ahead.ms = 15 * 60_000;
    const says = expect.stringContaining('compare the two clocks');
    expect(await connected.writer.recheck(plan, signal)).toEqual({ status: 'unknown', says });
    expect(await connected.writer.write(approved, 0, signal)).toMatchObject({ outcome: 'not_sent', says });
    expect(connected.patches()).toHaveLength(1);
  });
});

describe('where no token can be minted', () => {
  it.each([
    ['without the right', { tokens: [] }, /may not create serviceaccounts\/token \(403\).*firstmate rbac/],
    [
      'for a service account that is not there',
      {
        token: { ...TOKEN, serviceAccount: 'gone' },
        tokens: [{ ...TOKEN, serviceAccount: 'gone' }],
      },
      /firstmate\/gone in prod: there is no such service account \(404\)/,
    ],
  ])('%s, nothing is sent, and people are told what to do', async (_, options, says) => {
    const connected = await minting(options);
    const rehearsal = await connected.rehearser.rehearse(SCALE, about());
    expect(rehearsal).toEqual({ status: 'failed', says: expect.stringMatching(says) });
    expect(connected.patches()).toEqual([]);
  });

  it('any more, an approved plan is not spent and nothing is written', async () => {
    const connected = await minting();
    const { approved, plan } = await planned(connected);
    connected.playground.advance(11 * 60_000);
    await asAdmin(connected.playground, 'DELETE', `${PATHS.RoleBinding}/firstmate-minter-firstmate-writer`);
    expect(await connected.writer.recheck(plan, signal)).toMatchObject({
      status: 'unknown',
      says: expect.stringContaining('(403)'),
    });
    expect(await connected.writer.write(approved, 0, signal)).toMatchObject({
      outcome: 'not_sent',
      retryAfterMs: null,
    });
    expect(connected.patches().filter(({ dryRun }) => !dryRun)).toEqual([]);
  });

  it('because the cluster fails, it is said so, and the next try may do', async () => {
    const connected = await minting();
    await fault(connected.playground, { method: 'POST', path: MINT, status: 503, times: 1 });
    expect(await connected.rehearser.rehearse(SCALE, about())).toMatchObject({
      status: 'failed',
      says: expect.stringContaining('the cluster answered 503'),
    });
    await planned(connected);
  });

  it.each([
    ['no token', { kind: 'TokenRequest', status: { expirationTimestamp: AT } }],
    ['no end', { kind: 'TokenRequest', status: { token: 'canary-4711' } }],
    ['another object', { kind: 'Status', status: { token: 'canary-4711', expirationTimestamp: AT } }],
  ])('because the answer holds %s, what it holds is not repeated', async (_, answer) => {
    const deployment = {
      kind: 'Deployment',
      metadata: { name: 'checkout', uid: 'u' },
      spec: { replicas: 2 },
    };
    const api = await startApi((request, response) => {
      if (request.method === 'POST') return sendJson(response, 201, answer);
      sendJson(
        response,
        200,
        (request.url ?? '').includes('deployments') ? deployment : { kind: 'List', items: [] },
      );
    });
    const { rehearser } = await connect(kubeconfigFor(api.url), { settings: { writeToken: TOKEN } });
    const rehearsal = await rehearser.rehearse(SCALE, about());
    expect(rehearsal).toMatchObject({ says: expect.stringContaining('the answer holds no token') });
    expect(JSON.stringify(rehearsal)).not.toContain('canary');
  });
});

it('is shown alone: nothing of the kubeconfig goes with a minted token', async () => {
  const seen: (readonly [string, string])[] = [];
  const ends = new Date(Date.parse(AT) + 600_000).toISOString();
  const api = await startApi((request, response) => {
    seen.push([request.method ?? '', request.headers.authorization ?? '']);
    if (request.method === 'POST') {
      const status = { token: 'minted', expirationTimestamp: ends };
      return sendJson(response, 201, { kind: 'TokenRequest', status });
    }
    const metadata = { name: 'checkout', namespace: 'shop', uid: 'u' };
    sendJson(
      response,
      200,
      (request.url ?? '').includes('deployments')
        ? { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 2 } }
        : { kind: 'List', items: [] },
    );
  });
  const { rehearser } = await connect(kubeconfigFor(api.url, { username: 'reader', password: 'word' }), {
    settings: { writeToken: TOKEN },
  });
  await rehearser.rehearse(SCALE, about());
  const basic = `Basic ${Buffer.from('reader:word').toString('base64')}`;
  expect(seen.filter(([method]) => method !== 'GET')).toEqual([
    ['POST', basic],
    ['PATCH', 'Bearer minted'],
  ]);
});

it('is what the permissions of the writing identity are asked with', async () => {
  const { settings, mints } = await minting();
  const asking = { limits: DEFAULT_LIMITS, onRefused: () => undefined, signal, now: () => new Date(AT) };
  const report = await permissions(settings, ACCESS, asking);
  if (report.status !== 'ok') throw new Error(report.says);
  expect(report.permissions.filter(({ allowed, wanted }) => allowed !== wanted)).toEqual([]);
  expect(mints()).toHaveLength(1);
  const gone = { ...settings, writeToken: { ...TOKEN, serviceAccount: 'other' } };
  expect(await permissions(gone, ACCESS, asking)).toMatchObject({
    status: 'failed',
    says: expect.stringContaining('firstmate/other'),
  });
});
