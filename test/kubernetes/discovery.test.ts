import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/core/command/parse.ts';
import type { ReadOperation } from '../../src/core/operation.ts';
import { connect, countedTiming, kubeconfigFor, sendJson, startApi, within } from './fixture.ts';

function read(line: string): ReadOperation {
  const parsed = parseCommand(line);
  if (parsed.verdict !== 'read') throw new Error(`${line}: ${parsed.reason}`);
  return parsed.operation;
}

const VERBS = ['delete', 'get', 'list', 'watch'];
type Served = { plural: string; kind: string; short?: string[]; verbs?: string[]; cluster?: true };
const resource = ({ plural, kind, short = [], verbs = VERBS, cluster }: Served) => ({
  resource: plural,
  responseKind: { group: '', version: '', kind },
  scope: cluster === true ? 'Cluster' : 'Namespaced',
  singularResource: kind.toLowerCase(),
  shortNames: short,
  verbs,
});
const group = (name: string, versions: { [version: string]: Served[] }) => ({
  metadata: { name },
  versions: Object.entries(versions).map(([version, served]) => ({
    version,
    resources: served.map(resource),
  })),
});

const GROUPS = {
  kind: 'APIGroupDiscoveryList',
  apiVersion: 'apidiscovery.k8s.io/v2',
  items: [
    group('rbac.authorization.k8s.io', {
      v1: [{ plural: 'clusterroles', kind: 'ClusterRole', short: ['perms'] }],
    }),
    group('example.com', {
      v1: [
        { plural: 'widgets', kind: 'Widget', short: ['wg'] },
        { plural: 'gizmos', kind: 'Gizmo', cluster: true },
        { plural: 'vaults', kind: 'Secret' },
        { plural: 'stores', kind: 'Store', short: ['secret'] },
        { plural: 'reviews', kind: 'Review', verbs: ['create'] },
        { plural: '../../api/v1/secrets', kind: 'Trap', short: ['trap'] },
      ],
      v1beta1: [{ plural: 'widgets', kind: 'Widget' }],
    }),
    group('other.example.org', { v2: [{ plural: 'widgets', kind: 'Widget' }] }),
  ],
};

const WIDGET = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'shop', labels: { app: 'web' } },
  spec: { password: 'hunter2-canary', size: 3 },
};

async function connectWith(groups: unknown = GROUPS) {
  const api = await startApi((request: IncomingMessage, response: ServerResponse) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (path === '/apis') return sendJson(response, 200, groups);
    if (path.endsWith('/events')) return sendJson(response, 200, { kind: 'EventList', items: [] });
    if (/s\/a$/.test(path)) return sendJson(response, 200, WIDGET);
    return sendJson(response, 200, { kind: 'WidgetList', apiVersion: 'example.com/v1', items: [WIDGET] });
  });
  const connected = await connect(kubeconfigFor(api.url), { timing: countedTiming() });
  const paths = () => api.requests.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`);
  return { ...connected, paths };
}

describe('a kind that only the cluster knows', () => {
  it.each([
    ['kubectl get widgets -n shop', '/apis/example.com/v1/namespaces/shop/widgets'],
    ['kubectl get WIDGET a -n shop', '/apis/example.com/v1/namespaces/shop/widgets/a'],
    ['kubectl get wg/a -n shop', '/apis/example.com/v1/namespaces/shop/widgets/a'],
    ['kubectl get widgets -A', '/apis/example.com/v1/widgets'],
    ['kubectl get widgets.v1beta1.example.com -n shop', '/apis/example.com/v1beta1/namespaces/shop/widgets'],
    ['kubectl get widgets.other.example.org -n shop', '/apis/other.example.org/v2/namespaces/shop/widgets'],
    ['kubectl get gizmo a', '/apis/example.com/v1/gizmos/a'],
    ['kubectl get gizmo a -n shop', '/apis/example.com/v1/gizmos/a'],
  ])('%s', async (line, path) => {
    const { reader, paths } = await connectWith();
    expect(await reader.read(read(line), within())).toMatchObject({ status: 'ok', requests: 2 });
    expect(paths()).toEqual(['GET /apis', `GET ${path}`]);
  });

  it('is asked about once, whatever it is called', async () => {
    const { reader, paths } = await connectWith();
    expect(await reader.read(read('kubectl get widgets,wg,pods -n shop'), within())).toMatchObject({
      status: 'ok',
    });
    expect(paths().toSorted()).toEqual([
      'GET /api/v1/namespaces/shop/pods',
      'GET /apis',
      'GET /apis/example.com/v1/namespaces/shop/widgets',
    ]);
  });

  it('is described with its events', async () => {
    const { reader, paths } = await connectWith();
    const seen = await reader.read(read('kubectl describe widget a -n shop'), within());
    expect(seen.status === 'ok' && seen.text).toContain('Kind:      Widget');
    expect(paths()).toContain('GET /api/v1/namespaces/shop/events');
  });

  it.each(['-o yaml', '-o json', "-o jsonpath='{.items[*].spec}'", "-o jsonpath='{..password}'"])(
    'keeps its secrets with %s',
    async (output) => {
      const { reader } = await connectWith();
      const seen = await reader.read(read(`kubectl get widgets -n shop ${output}`), within());
      expect(seen.status).toBe('ok');
      expect(JSON.stringify(seen)).toContain('[redacted]');
      expect(JSON.stringify(seen)).not.toContain('hunter2');
    },
  );

  it.each([
    ['kubectl get gadgets -n shop', 'not_found', 'The cluster prod serves no kind called gadgets.'],
    ['kubectl get widgets.v9.example.com', 'not_found', 'serves no kind called widgets.v9.example.com'],
    ['kubectl get reviews', 'not_found', 'serves no kind called reviews'],
    ['kubectl get trap', 'not_found', 'serves no kind called trap'],
    ['kubectl get widget a', 'rejected', 'every Widget lives in a namespace: name it with -n'],
    ['kubectl get perms', 'rejected', 'perms means clusterroles.rbac.authorization.k8s.io: who may do what'],
    ['kubectl get vaults', 'rejected', 'Secrets are never touched'],
    ['kubectl get stores', 'rejected', 'Secrets are never touched'],
  ])('asks no more than what there is with %s', async (line, fault, says) => {
    const { reader, paths } = await connectWith();
    expect(await reader.read(read(line), within())).toMatchObject({
      status: 'failed',
      fault,
      says: expect.stringContaining(says),
    });
    expect(paths()).toEqual(['GET /apis']);
  });

  it('says so when a cluster is too old to be asked', async () => {
    const { reader } = await connectWith({ kind: 'APIGroupList', groups: [] });
    expect(await reader.read(read('kubectl get widgets'), within())).toMatchObject({
      status: 'failed',
      says: expect.stringContaining('since 1.26'),
    });
  });
});

describe('the API server itself', () => {
  it('is told to be unwell by what it answers, which is no failure and is not asked for again', async () => {
    const api = await startApi((_, response) => {
      response.writeHead(500).end('[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed');
    });
    const { reader } = await connect(kubeconfigFor(api.url), { timing: countedTiming() });
    expect(await reader.read(read('kubectl get --raw=/readyz?verbose'), within())).toMatchObject({
      status: 'ok',
      text: expect.stringContaining('[-]etcd failed'),
      facts: { ok: false, status: 500 },
      requests: 1,
    });
    expect(api.requests[0]?.url).toBe('/readyz?verbose=');
    expect(await reader.read(read('kubectl version'), within())).toMatchObject({ status: 'failed' });
  });
});
