/** What a cluster answers, made out of the path alone: whatever is asked for is there, so that every way is gone. */
import { KINDS } from '../../src/core/kinds.ts';
import { applyJsonPatch } from '../../src/playground/kubernetes/patch/json-patch.ts';

/**
 * `hostile`: a cluster that wants to lead the asking side astray: by the names of its objects, by what its short names
 * mean, and by redirects.
 */
export type World = 'plausible' | 'hostile';
export type Answered = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
};
type Asked = {
  readonly method: string;
  readonly path: string;
  readonly accept: string;
  readonly body: string;
};

const LURES = [
  ...[
    'web/../../secrets/db',
    'secrets',
    'web-0/exec?command=id',
    '..',
    'a%2fexec',
    'web?watch=true',
    '//evil.example/x',
  ],
  ...['https://evil.example/', 'web#', '', 'WEB', 'web\r\nX: y', 'x'.repeat(300)],
];
const AT = '2026-03-14T02:00:00Z';
const json = (body: unknown, status = 200): Answered => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export function answerOf({ method, path, accept, body }: Asked, world: World, serial: number): Answered {
  if (world === 'hostile' && serial % 7 === 6) return moved(serial);
  if (path === '/api' || path === '/apis') return json(discovery(path, world));
  if (path === '/version') return json({ major: '1', minor: '36', gitVersion: 'v1.36.0' });
  if (!path.startsWith('/api')) return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' };
  if (path.endsWith('/selfsubjectaccessreviews')) {
    return json({ kind: 'SelfSubjectAccessReview', status: { allowed: true, reason: 'rbac' } }, 201);
  }
  if (path.endsWith('/log'))
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'a line\n' };
  const place = placeOf(path);
  if (method === 'PATCH') return json(applyJsonPatch(object(place, place.name ?? ''), JSON.parse(body)));
  if (method !== 'GET') return json({ kind: 'Status', apiVersion: 'v1', status: 'Success' }, 201);
  const table = accept.includes('as=Table');
  if (place.name !== null) {
    const one = object(place, place.name);
    return json(table ? tableOf([one]) : one);
  }
  const named = world === 'hostile' ? [LURES[serial % LURES.length] ?? '', 'web-0'] : ['web-0', 'web-1'];
  const items = named.map((name, number) => object(place, name, number + 1));
  if (table) return json(tableOf(items));
  return json({ kind: `${place.kind}List`, apiVersion: place.apiVersion, metadata: {}, items });
}

function moved(serial: number): Answered {
  const location = LURES[serial % LURES.length]?.replaceAll(/[\r\n]/g, '') ?? '';
  return {
    status: 307,
    headers: { location: location.startsWith('http') ? location : 'https://evil.example/' },
    body: '',
  };
}

type Place = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
};

function placeOf(path: string): Place {
  const parts = path.split('/').slice(1);
  const core = parts[0] === 'api';
  const apiVersion = core ? (parts[1] ?? '') : `${parts[1]}/${parts[2]}`;
  const rest = parts.slice(core ? 2 : 3);
  const scoped = rest[0] === 'namespaces' && rest.length > 2;
  const [resource = '', name = null] = scoped ? rest.slice(2) : rest;
  const kind = KINDS.find((known) => known.resource === resource)?.kind ?? 'Widget';
  return { apiVersion, kind, resource, namespace: scoped ? (rest[1] ?? '') : null, name };
}

const tableOf = (objects: readonly object[]) => ({
  kind: 'Table',
  apiVersion: 'meta.k8s.io/v1',
  metadata: {},
  columnDefinitions: [{ name: 'Name', type: 'string', priority: 0 }],
  rows: objects.map((one) => ({ cells: ['web'], object: one })),
});

function podSpec(image: string): Record<string, unknown> {
  const containers = ['app', 'side-car', 'web'].map((name) => ({
    name,
    image,
    resources: { limits: { memory: '256Mi' } },
  }));
  return { nodeName: 'n1', terminationGracePeriodSeconds: 30, containers };
}
const templateOf = (revision: number) => ({
  metadata: { labels: { app: 'web' } },
  spec: podSpec(`registry.example/shop/web:${revision}`),
});

function object(place: Place, name: string, revision = 2): Record<string, unknown> {
  const { apiVersion, kind, resource } = place;
  const owned = ['replicasets', 'controllerrevisions', 'pods'].includes(resource);
  const owner = {
    apiVersion: 'apps/v1',
    kind: resource === 'pods' ? 'ReplicaSet' : 'Deployment',
    name: 'web',
    uid: 'u1',
    controller: true,
  };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(resource === 'nodes' || resource === 'namespaces' ? {} : { namespace: place.namespace ?? 'web' }),
      uid: resource === 'pods' ? `u-${name}` : 'u1',
      resourceVersion: '7',
      creationTimestamp: AT,
      labels: { app: 'web' },
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      ...(owned ? { ownerReferences: [owner] } : {}),
    },
    ...contents(resource, name, revision),
  };
}

function contents(resource: string, name: string, revision: number): Record<string, unknown> {
  const counts = {
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    updatedReplicas: 3,
    observedGeneration: 1,
  };
  switch (resource) {
    case 'pods':
      return {
        spec: podSpec('registry.example/shop/web:2'),
        containers: [{ name: 'app', usage: { cpu: '5m', memory: '9Mi' } }],
        status: {
          phase: 'Running',
          containerStatuses: [
            { name: 'app', ready: true, restartCount: 0, state: { running: { startedAt: AT } } },
          ],
        },
      };
    case 'nodes':
      return {
        usage: { cpu: '5m', memory: '9Mi' },
        spec: name === 'held' || name === 'n2' ? { unschedulable: true } : {},
        status: { allocatable: { cpu: '4', memory: '8Gi' }, conditions: [{ type: 'Ready', status: 'True' }] },
      };
    case 'controllerrevisions':
      return { revision, data: { spec: { template: templateOf(revision) } } };
    case 'horizontalpodautoscalers':
      return {
        spec: { minReplicas: 1, maxReplicas: 9, scaleTargetRef: { kind: 'Deployment', name: 'other' } },
      };
    case 'cronjobs':
      return {
        spec: {
          suspend: false,
          schedule: '0 3 * * *',
          jobTemplate: { spec: { template: templateOf(revision) } },
        },
      };
    case 'configmaps':
      return { data: { key: 'value' } };
    case 'events':
      return {
        type: 'Warning',
        reason: 'BackOff',
        message: 'x',
        involvedObject: { kind: 'Pod', name: 'web-0' },
        lastTimestamp: AT,
      };
    default:
      return {
        spec: {
          replicas: 3,
          // Defaults that the API server puts in.
          strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '20%', maxUnavailable: 0 } },
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
          ...(name === 'held' ? { paused: true } : {}),
          selector: { matchLabels: { app: 'web' } },
          template: templateOf(revision),
        },
        status: { ...counts, updateRevision: 'web-1' },
      };
  }
}

/** What this cluster serves beside the kinds of the table. In a hostile one the same words mean something else. */
function discovery(path: string, world: World) {
  const kinds: readonly (readonly [
    group: string,
    kind: string,
    plural: string,
    short: string,
    scope: string,
  ])[] = [
    ['example.com', 'Widget', 'widgets', 'wi', 'Namespaced'],
    ['example.com', 'Gizmo', 'gizmos', 'gi', 'Cluster'],
    ['cert-manager.io', 'Certificate', 'certificates', 'cert', 'Namespaced'],
    ['networking.example', 'VirtualService', 'virtualservices', 'vs', 'Namespaced'],
  ];
  const hostile: typeof kinds = [
    ['', 'Secret', 'secrets', 'widgets', 'Namespaced'],
    ['rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', 'gizmos', 'Cluster'],
    ['external-secrets.io', 'ExternalSecret', 'externalsecrets', 'vs', 'Namespaced'],
    ['evil.example', 'Lure', '../../../api/v1/secrets', 'lure', 'Namespaced'],
    ['evil.example', 'Lure', 'pods/exec', 'certificates', 'Namespaced'],
    ['authentication.k8s.io', 'TokenReview', 'tokenreviews', 'wi', 'Cluster'],
  ];
  const all = world === 'hostile' ? hostile : kinds;
  const shown = path === '/api' ? all.slice(0, 1) : all;
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: shown.map(([group, kind, resource, short, scope]) => ({
      metadata: { name: path === '/api' ? '' : group },
      versions: [
        {
          version: 'v1',
          resources: [
            {
              resource,
              responseKind: { group, version: 'v1', kind },
              scope,
              singularResource: kind.toLowerCase(),
              shortNames: [short],
              verbs: ['get', 'list'],
            },
          ],
        },
      ],
    })),
  };
}
