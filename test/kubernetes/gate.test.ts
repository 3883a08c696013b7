import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiPath, KINDS, type KindRef } from '../../src/core/kinds.ts';
import type { FrozenRequest } from '../../src/core/plan.ts';
import { type Connection, openConnection } from '../../src/kubernetes/connection.ts';
import { type GateRefusal, type Grant, openGate, RefusedByGate } from '../../src/kubernetes/gate.ts';
import { TransportFault } from '../../src/kubernetes/transport.ts';
import { type Api, approve, kubeconfigFile, kubeconfigFor, sendJson, startApi } from './fixture.ts';

const OK = { kind: 'PodList', apiVersion: 'v1', items: [] };

async function connection(url: string): Promise<Connection> {
  const opened = openConnection(
    {
      name: 'prod',
      access: { kubeconfig: await kubeconfigFile(kubeconfigFor(url)) },
      context: null,
      writeContext: null,
      writeToken: null,
      environment: null,
      alertmanagerUrl: null,
      prometheus: null,
      allowExecAuth: false,
    },
    'reading',
  );
  if ('fault' in opened) throw new Error(opened.fault);
  return opened;
}

type Sending = { method?: string; url: string; body?: string; contentType?: string; signal?: AbortSignal };

/** Sends one request through a gate with this grant, to this server. */
async function through(
  api: Api,
  grant: Grant,
  sending: Sending,
  { responseBytes = 1_000_000, cluster = 'prod' } = {},
) {
  const refused: GateRefusal[] = [];
  const to = await connection(api.url);
  const gate = openGate(
    {
      cluster,
      connection: to,
      responseBytes,
      writeTimeoutMs: 10_000,
      protectedNamespaces: ['kube-system'],
      onRefused: (refusal) => refused.push(refusal),
    },
    grant,
  );
  const url = sending.url.startsWith('http') ? sending.url : `${api.url}${sending.url}`;
  const request = new RequestContext(url, HttpMethod.GET);
  // RequestContext is typed for client-node's methods; the gate must hold for any word.
  Object.assign(request, { httpMethod: sending.method ?? 'GET' });
  if (sending.body !== undefined) request.setBody(sending.body);
  if (sending.contentType !== undefined) request.setHeaderParam('Content-Type', sending.contentType);
  if (sending.signal !== undefined) request.setSignal(sending.signal);
  await to.authenticate(request);
  try {
    const response = await gate.send(request).toPromise();
    return { status: response.httpStatusCode, text: await response.body.text(), error: null, refused };
  } catch (error) {
    return { status: null, text: null, error, refused };
  } finally {
    await to.close();
  }
}

const READ: Grant = { kind: 'read' };
const answering = () => startApi((_, response) => sendJson(response, 200, OK));

const SCALE: FrozenRequest = {
  method: 'PATCH',
  path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
  contentType: 'application/json-patch+json',
  body: [
    { op: 'test', path: '/metadata/uid', value: 'u1' },
    { op: 'replace', path: '/spec/replicas', value: 5 },
  ],
  arrival: { kind: 'annotation', key: 'firstmate.dev/plan', value: 'p1' },
};
const DELETE_POD: FrozenRequest = {
  method: 'DELETE',
  path: '/api/v1/namespaces/shop/pods/checkout-1',
  contentType: 'application/json',
  body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'u2' } },
  arrival: { kind: 'uid_gone', uid: 'u2' },
};
const EVICTION: FrozenRequest = {
  method: 'POST',
  path: '/api/v1/namespaces/shop/pods/a/eviction',
  contentType: 'application/json',
  body: {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: 'a', namespace: 'shop' },
    deleteOptions: { preconditions: { uid: 'u1' } },
  },
  arrival: { kind: 'uid_gone', uid: 'u1' },
};
const UID_TEST = { op: 'test', path: '/metadata/uid', value: 'u1' };
const NODE_PATCH: FrozenRequest = {
  ...SCALE,
  path: '/api/v1/nodes/node-a',
  body: [UID_TEST, { op: 'add', path: '/spec/unschedulable', value: true }],
};
const asSent = ({ method, path, contentType, body }: FrozenRequest): Sending => ({
  method,
  url: path,
  contentType,
  body: JSON.stringify(body),
});

describe('the read grant', () => {
  it('lets every kind that commands may name be listed and read', async () => {
    const api = await answering();
    for (const kind of KINDS.filter((one) => one.kind !== 'ConfigMap')) {
      expect(await through(api, READ, { url: apiPath(kind, 'shop', null) })).toMatchObject({ status: 200 });
      expect(await through(api, READ, { url: apiPath(kind, 'shop', 'one') })).toMatchObject({ status: 200 });
    }
    expect(api.requests).toHaveLength((KINDS.length - 1) * 2);
  });

  it.each([
    ['a Secret', { url: '/api/v1/namespaces/shop/secrets/checkout-db' }],
    ['all Secrets', { url: '/api/v1/secrets' }],
    [
      'a service account token',
      { url: '/api/v1/namespaces/shop/serviceaccounts/default/token', method: 'POST' },
    ],
    ['a pod through its proxy', { url: '/api/v1/namespaces/shop/pods/checkout-1/proxy/metrics' }],
    ['a service through its proxy', { url: '/api/v1/namespaces/shop/services/checkout/proxy' }],
    ['a node through its proxy', { url: '/api/v1/nodes/node-a/proxy/configz' }],
    ['exec', { url: '/api/v1/namespaces/shop/pods/checkout-1/exec?command=id' }],
    ['attach', { url: '/api/v1/namespaces/shop/pods/checkout-1/attach' }],
    ['port-forward', { url: '/api/v1/namespaces/shop/pods/checkout-1/portforward' }],
    ['a watch', { url: '/api/v1/namespaces/shop/pods?watch=true' }],
    ['a path below a log', { url: '/api/v1/namespaces/shop/pods/checkout-1/log/more' }],
    ['the old watch path', { url: '/api/v1/watch/namespaces/shop/pods' }],
    ['a log that does not end', { url: '/api/v1/namespaces/shop/pods/checkout-1/log?follow=true' }],
    ['a path with a dot segment', { url: '/api/v1/namespaces/shop/pods/../secrets' }],
    ['an encoded slash', { url: '/api/v1/namespaces/shop/pods/a%2Fproxy' }],
    ['an encoded dot segment', { url: '/api/v1/namespaces/shop/pods/%2e%2e/secrets' }],
    ['a resource in another case', { url: '/api/v1/namespaces/shop/Secrets' }],
    ['roles', { url: '/apis/rbac.authorization.k8s.io/v1/clusterroles' }],
    ['a custom resource', { url: '/apis/example.com/v1/widgets' }],
    ['metrics of the API server', { url: '/metrics' }],
    ['a ConfigMap of kube-system', { url: '/api/v1/namespaces/kube-system/configmaps/coredns' }],
    ['all ConfigMaps', { url: '/api/v1/configmaps' }],
    ['a patch', asSent(SCALE)],
    ['a delete', asSent(DELETE_POD)],
    ['a post', { url: '/api/v1/namespaces/shop/pods', method: 'POST', body: '{}' }],
    ['an eviction', { url: '/api/v1/namespaces/shop/pods/checkout-1/eviction', method: 'POST', body: '{}' }],
    ['a put', { url: '/api/v1/namespaces/shop/pods/checkout-1', method: 'PUT', body: '{}' }],
    ['a token review', { url: '/apis/authentication.k8s.io/v1/tokenreviews', method: 'POST', body: '{}' }],
    ['a body on a read', { url: '/api/v1/pods', body: '{}' }],
    ['a dry run', { url: '/api/v1/pods?dryRun=All' }],
  ])('refuses %s before a socket opens, and reports it', async (_, sending: Sending) => {
    const api = await answering();
    const { error, refused } = await through(api, READ, sending);
    expect(error).toBeInstanceOf(RefusedByGate);
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ cluster: 'prod', method: sending.method ?? 'GET' });
    expect(api.connections()).toBe(0);
  });

  it('refuses another server than the cluster, whatever the path', async () => {
    const [api, other] = [await answering(), await answering()];
    const { error } = await through(api, READ, { url: `${other.url}/api/v1/pods` });
    expect(error).toBeInstanceOf(RefusedByGate);
    expect([api.connections(), other.connections()]).toEqual([0, 0]);
  });

  it('lets no path reach the server that is not one of the listed resources', async () => {
    const api = await answering();
    const words = [
      'api',
      'apis',
      'v1',
      'apps',
      'namespaces',
      'shop',
      'pods',
      'secrets',
      'proxy',
      'log',
      'exec',
      'x',
      '..',
    ];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 8 }), async (parts) => {
        const before = api.requests.length;
        await through(api, READ, { url: `/${parts.join('/')}` });
        const reached = api.requests.slice(before).map((request) => request.url);
        expect(
          reached.filter((url) =>
            /secrets|proxy|exec|\.\./.test(
              url.replace(/\/(?:namespaces|pods)\/(?:secrets|proxy|exec)(?=\/|$)/g, ''),
            ),
          ),
        ).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('asks what this identity may do, and nothing else by POST', async () => {
    const api = await answering();
    const url = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const body = JSON.stringify({ spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } });
    expect(await through(api, READ, { url, method: 'POST', body })).toMatchObject({ status: 200 });
    const path = JSON.stringify({ spec: { nonResourceAttributes: { verb: 'get', path: '/readyz' } } });
    expect(await through(api, READ, { url, method: 'POST', body: path })).toMatchObject({ status: 200 });
    const refused = [
      { url: `${url}?dryRun=All`, body },
      { url, body: '{}' },
      { url, body: 'x' },
      { url, body: JSON.stringify({ spec: { resourceAttributes: { verb: 'get' }, user: 'admin' } }) },
      { url, body: JSON.stringify({ spec: { resourceAttributes: { verb: ['get'] } } }) },
      { url, body: JSON.stringify({ spec: { resourceAttributes: { verb: 'get', fieldSelector: {} } } }) },
    ];
    for (const one of refused) {
      expect(await through(api, READ, { ...one, method: 'POST' })).toMatchObject({ status: null });
    }
    expect(api.requests).toHaveLength(2);
  });

  it('goes no further than the operation that it is for', async () => {
    const api = await answering();
    const only = [{ method: 'GET', pathPattern: '/api/v1/namespaces/shop/pods/*/log', as: 'read' }] as const;
    const grant: Grant = { kind: 'read', only };
    const log = '/api/v1/namespaces/shop/pods/a/log';
    expect(await through(api, grant, { url: log })).toMatchObject({ status: 200 });
    for (const url of [
      '/api/v1/namespaces/shop/pods',
      '/api/v1/nodes',
      '/apis',
      log.replace('shop', 'web'),
    ]) {
      expect((await through(api, grant, { url })).error).toBeInstanceOf(RefusedByGate);
    }
    expect(api.requests).toHaveLength(1);
  });

  it('reads a kind beside the table only where the cluster was found to serve it', async () => {
    const api = await answering();
    const widget = {
      kind: 'Widget',
      resource: 'widgets',
      group: 'example.com',
      version: 'v1',
      namespaced: true,
    };
    const url = '/apis/example.com/v1/namespaces/shop/widgets/a';
    const sends = async (kind: KindRef, at: string) =>
      (await through(api, { kind: 'read', discovered: [kind] }, { url: at })).status;
    expect(await sends(widget, url)).toBe(200);
    expect(await sends(widget, `${url}/status`)).toBe(null);
    expect(await sends(widget, '/apis/example.com/v2/widgets')).toBe(null);
    const forged: readonly KindRef[] = [
      { ...widget, kind: 'Secret', resource: 'secrets', group: '' },
      { ...widget, kind: 'Thing', resource: 'podtemplates', group: '' },
      { ...widget, kind: 'Thing', resource: 'secrets' },
      { ...widget, kind: 'Role', resource: 'things' },
      { ...widget, kind: 'Thing', resource: 'things', group: 'rbac.authorization.k8s.io' },
    ];
    for (const kind of forged) expect(await sends(kind, apiPath(kind, 'shop', 'a'))).toBe(null);
    expect(api.requests).toHaveLength(1);
  });

  it.each(['/readyz', '/livez?verbose', '/healthz', '/version', '/api', '/apis'])('reads %s', async (url) => {
    expect(await through(await answering(), READ, { url })).toMatchObject({ status: 200 });
  });

  it.each([
    '/readyz/etcd',
    '/readyz?exclude=etcd',
    '/version?verbose',
    '/apis?watch=1',
    '/apis/apps',
    '/apis/apps/v1',
    '/api/v1',
    '/openapi/v3',
    '/logs',
    '/',
  ])('does not read %s', async (url) => {
    expect((await through(await answering(), READ, { url })).error).toBeInstanceOf(RefusedByGate);
  });

  it('follows no redirect', async () => {
    const elsewhere = await answering();
    const api = await startApi((_, response) => {
      response.writeHead(307, { location: `${elsewhere.url}/api/v1/pods` }).end();
    });
    const { error } = await through(api, READ, { url: '/api/v1/pods' });
    expect(error).toMatchObject({ kind: 'redirected' });
    expect(elsewhere.connections()).toBe(0);
  });

  it('stops reading an answer at its cap', async () => {
    const api = await startApi((_, response) => {
      response.writeHead(200);
      const fill = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', fill);
      };
      fill();
    });
    const { error } = await through(api, READ, { url: '/api/v1/pods' }, { responseBytes: 200_000 });
    expect(error).toMatchObject({ kind: 'too_large' });
  });

  it('ends with its signal while the server keeps silent', async () => {
    const stop = new AbortController();
    const api = await startApi(() => stop.abort());
    const { error } = await through(api, READ, { url: '/api/v1/pods', signal: stop.signal });
    expect(error).toBeInstanceOf(TransportFault);
    expect(error).toMatchObject({ kind: 'aborted' });
  });
});

describe('the token grant', () => {
  const token = { namespace: 'firstmate', serviceAccount: 'firstmate-writer', minutes: 10 };
  const grant: Grant = { kind: 'token', token };
  const asked = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 600 },
  };
  const url = '/api/v1/namespaces/firstmate/serviceaccounts/firstmate-writer/token';
  const asks = (changes: Partial<Sending> = {}, body: unknown = asked): Sending => ({
    method: 'POST',
    url,
    contentType: 'application/json',
    body: JSON.stringify(body),
    ...changes,
  });

  it('asks for the tokens of one service account', async () => {
    const api = await answering();
    expect(await through(api, grant, asks())).toMatchObject({ status: 200 });
    expect(api.requests).toMatchObject([{ method: 'POST', url }]);
  });

  it.each([
    ['another service account', asks({ url: url.replace('firstmate-writer', 'admin') })],
    ['another namespace', asks({ url: url.replace('/firstmate/', '/kube-system/') })],
    ['the service account itself', asks({ url: url.replace(/\/token$/, '') })],
    ['a path below it', asks({ url: `${url}/more` })],
    ['a dot segment', asks({ url: url.replace('firstmate-writer', 'x/../admin') })],
    ['a longer life', asks({}, { ...asked, spec: { expirationSeconds: 86_400 } })],
    ['an audience', asks({}, { ...asked, spec: { ...asked.spec, audiences: ['vault'] } })],
    ['a binding', asks({}, { ...asked, spec: { ...asked.spec, boundObjectRef: { kind: 'Pod' } } })],
    ['another kind', asks({}, { ...asked, kind: 'ServiceAccount' })],
    ['a query', asks({ url: `${url}?dryRun=All` })],
    ['another content type', asks({ contentType: 'application/yaml' })],
    ['no JSON', asks({ body: 'x' })],
    ['another method', asks({ method: 'PUT' })],
    ['a read', { url: '/api/v1/pods' }],
    ['a write', asSent(SCALE)],
  ])('refuses %s before a socket opens, and reports it', async (_, sending: Sending) => {
    const api = await answering();
    const { error, refused } = await through(api, grant, sending);
    expect(error).toBeInstanceOf(RefusedByGate);
    expect(refused).toHaveLength(1);
    expect(api.connections()).toBe(0);
  });
});

describe('the rehearse grant', () => {
  it('puts dryRun into the query of a patch', async () => {
    const api = await answering();
    await through(api, { kind: 'rehearse', request: SCALE }, asSent(SCALE));
    expect(new URL(api.requests[0]?.url ?? '', api.url).searchParams.get('dryRun')).toBe('All');
  });

  it('puts dryRun into the DeleteOptions of a delete, where the server looks for it', async () => {
    const bodies: string[] = [];
    const api = await startApi((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on('end', () => sendJson(response, 200, OK));
    });
    await through(api, { kind: 'rehearse', request: DELETE_POD }, asSent(DELETE_POD));
    expect(JSON.parse(bodies.join(''))).toEqual({ ...Object(DELETE_POD.body), dryRun: ['All'] });
    expect(api.requests[0]?.url).toBe(DELETE_POD.path);
  });

  it('puts dryRun into the DeleteOptions of an eviction, too', async () => {
    const bodies: string[] = [];
    const api = await startApi((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
      request.on('end', () => sendJson(response, 201, OK));
    });
    await through(api, { kind: 'rehearse', request: EVICTION }, asSent(EVICTION));
    expect(JSON.parse(bodies.join(''))).toEqual({
      ...Object(EVICTION.body),
      deleteOptions: { preconditions: { uid: 'u1' }, dryRun: ['All'] },
    });
  });

  it.each([
    [
      'another body',
      { ...asSent(SCALE), body: JSON.stringify([{ op: 'replace', path: '/spec/replicas', value: 50 }]) },
    ],
    ['another path', { ...asSent(SCALE), url: '/apis/apps/v1/namespaces/shop/deployments/orders' }],
    ['another method', { ...asSent(SCALE), method: 'DELETE' }],
    ['another content type', { ...asSent(SCALE), contentType: 'application/merge-patch+json' }],
    ['a query of its own', { ...asSent(SCALE), url: `${SCALE.path}?dryRun=None` }],
    ['a read', { url: '/api/v1/pods' }],
  ])('refuses %s before a socket opens', async (_, sending: Sending) => {
    const api = await answering();
    const { error, refused } = await through(api, { kind: 'rehearse', request: SCALE }, sending);
    expect(error).toBeInstanceOf(RefusedByGate);
    expect(refused).toHaveLength(1);
    expect(api.connections()).toBe(0);
  });

  it.each([
    ['a patch of a Secret', { ...SCALE, path: '/api/v1/namespaces/shop/secrets/checkout-db' }],
    ['a patch of a subresource', { ...SCALE, path: `${SCALE.path}/scale` }],
    [
      'a patch of the owners',
      {
        ...SCALE,
        body: [
          { op: 'test', path: '/metadata/uid', value: 'u1' },
          { op: 'add', path: '/metadata/ownerReferences', value: [] },
        ],
      },
    ],
    ['a patch that names no UID', { ...SCALE, body: [{ op: 'replace', path: '/spec/replicas', value: 5 }] }],
    ['a delete of a Deployment', { ...DELETE_POD, path: SCALE.path }],
    ['a delete that names no UID', { ...DELETE_POD, body: { apiVersion: 'v1', kind: 'DeleteOptions' } }],
    [
      'an eviction of another pod than its path says',
      { ...EVICTION, path: '/api/v1/namespaces/shop/pods/b/eviction' },
    ],
    ['an eviction that names no UID', { ...EVICTION, body: { ...Object(EVICTION.body), deleteOptions: {} } }],
    [
      'a binding in place of an eviction',
      { ...EVICTION, path: EVICTION.path.replace('eviction', 'binding') },
    ],
    [
      "a patch of a node's taints",
      { ...NODE_PATCH, body: [UID_TEST, { op: 'add', path: '/spec/taints', value: [] }] },
    ],
    ['a patch of the node itself through its status', { ...NODE_PATCH, path: `${NODE_PATCH.path}/status` }],
    ['a delete of all pods', { ...DELETE_POD, path: '/api/v1/namespaces/shop/pods' }],
  ] satisfies [string, FrozenRequest][])('refuses %s even when it was frozen so', async (_, request) => {
    const api = await answering();
    const { error } = await through(api, { kind: 'rehearse', request }, asSent(request));
    expect(error).toBeInstanceOf(RefusedByGate);
    expect(api.connections()).toBe(0);
  });
});

describe('the write grant', () => {
  const operation = { verb: 'delete pod', name: 'checkout-1', namespace: 'shop' } as const;
  const draft = {
    requests: [SCALE],
    targets: [],
    diff: [],
    inverse: null,
    blast: { objects: 1, pods: 2, says: '' },
    warnings: [],
    fromVersion: '3',
    toVersion: '5',
    facts: { versionsBack: null, replicasBefore: 3, replicasAfter: 5 },
  };

  it('sends the request of the approved plan, without a dry run', async () => {
    const api = await answering();
    const { approved } = approve(draft, operation);
    expect(await through(api, { kind: 'write', approved }, asSent(SCALE))).toMatchObject({ status: 200 });
    expect(api.requests[0]?.url).not.toContain('dryRun');
  });

  it('gives the server a deadline, after which a change that is not there never comes', async () => {
    const api = await answering();
    const { approved } = approve(draft, operation);
    await through(api, { kind: 'write', approved }, asSent(SCALE));
    expect(api.requests[0]?.url).toContain('timeout=10000ms');
  });

  it.each([
    ['a dry run of it', { ...asSent(SCALE), url: `${SCALE.path}?dryRun=All` }],
    ['a request of another plan', asSent(DELETE_POD)],
    ['a read', { url: '/api/v1/pods' }],
  ])('refuses %s', async (_, sending: Sending) => {
    const api = await answering();
    const { approved } = approve(draft, operation);
    expect((await through(api, { kind: 'write', approved }, sending)).error).toBeInstanceOf(RefusedByGate);
    expect(api.connections()).toBe(0);
  });

  it('sends nothing when one byte of the body is another', async () => {
    const api = await answering();
    const { approved } = approve(draft, operation);
    const body = JSON.stringify(SCALE.body);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(body.length - 1),
        fc.constantFrom('0', '9', '"', 'x', ' ', '{'),
        async (index, put) => {
          const changed = body.slice(0, index) + put + body.slice(index + 1);
          if (changed === body) return;
          const { error } = await through(
            api,
            { kind: 'write', approved },
            { ...asSent(SCALE), body: changed },
          );
          expect(error).toBeInstanceOf(RefusedByGate);
        },
      ),
      { numRuns: 60 },
    );
    expect(api.connections()).toBe(0);
  });

  it('sends nothing of a plan for another cluster', async () => {
    const api = await answering();
    const { approved } = approve(draft, operation);
    const { error } = await through(api, { kind: 'write', approved }, asSent(SCALE), { cluster: 'staging' });
    expect(error).toBeInstanceOf(RefusedByGate);
    expect(api.connections()).toBe(0);
  });

  it('sends nothing of a plan that is not what its hash names', async () => {
    const api = await answering();
    const { approved } = approve(draft, operation);
    // Made by hand on purpose: types keep people from it, the gate keeps mistakes from the cluster.
    const forged = { plan: { ...approved.plan, validForMs: 1 } } as unknown as typeof approved;
    const { error } = await through(api, { kind: 'write', approved: forged }, asSent(SCALE));
    expect(error).toBeInstanceOf(RefusedByGate);
    expect(api.connections()).toBe(0);
  });
});
