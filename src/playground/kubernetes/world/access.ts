import type { JsonObject } from '../json.ts';

const READ = ['get', 'list', 'watch'];

/** Everything of the core group that may be read without reading secrets. */
const CORE_READABLE = [
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'namespaces',
  'namespaces/status',
  'nodes',
  'nodes/status',
  'persistentvolumeclaims',
  'persistentvolumeclaims/status',
  'persistentvolumes',
  'pods',
  'pods/log',
  'pods/status',
  'resourcequotas',
  'resourcequotas/status',
  'serviceaccounts',
  'services',
  'services/status',
];

const OTHER_GROUPS = [
  'apps',
  'argoproj.io',
  'autoscaling',
  'batch',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'helm.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io',
  'metrics.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
];

function clusterRole(name: string, rules: JsonObject[]): JsonObject {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules };
}

function binding(name: string, role: string, subjects: JsonObject[]): JsonObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects,
  };
}

function account(name: string): JsonObject {
  return { kind: 'ServiceAccount', name, namespace: 'firstmate' };
}

const AUTHENTICATED = { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:authenticated' };
const UNAUTHENTICATED = {
  kind: 'Group',
  apiGroup: 'rbac.authorization.k8s.io',
  name: 'system:unauthenticated',
};

const PUBLIC_PATHS = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
const DISCOVERY_PATHS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];
const OPENID_PATHS = ['/.well-known', '/.well-known/*'];

const READER_RULES = [
  { verbs: READ, apiGroups: [''], resources: CORE_READABLE },
  { verbs: READ, apiGroups: OTHER_GROUPS, resources: ['*'] },
  { verbs: ['get'], nonResourceURLs: ['/readyz/*', '/livez/*', '/healthz/*', '/metrics'] },
];

const WRITER_RULES = [
  {
    verbs: ['patch'],
    apiGroups: ['apps'],
    resources: [
      'deployments',
      'deployments/scale',
      'statefulsets',
      'statefulsets/scale',
      'daemonsets',
      'replicasets',
      'replicasets/scale',
    ],
  },
  { verbs: ['patch'], apiGroups: [''], resources: ['nodes', 'pods', 'services'] },
  { verbs: ['patch'], apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'] },
  { verbs: ['patch'], apiGroups: ['batch'], resources: ['cronjobs', 'jobs'] },
  { verbs: ['delete'], apiGroups: [''], resources: ['pods'] },
  { verbs: ['delete'], apiGroups: ['batch'], resources: ['jobs'] },
  { verbs: ['create'], apiGroups: [''], resources: ['pods/eviction'] },
];

/** Who may do what: the bootstrap roles of every cluster, and the two identities of firstmate. */
export const ACCESS_OBJECTS: readonly JsonObject[] = [
  clusterRole('system:public-info-viewer', [{ verbs: ['get'], nonResourceURLs: PUBLIC_PATHS }]),
  clusterRole('system:openid-discovery', [{ verbs: ['get'], nonResourceURLs: OPENID_PATHS }]),
  clusterRole('system:discovery', [{ verbs: ['get'], nonResourceURLs: DISCOVERY_PATHS }]),
  clusterRole('system:basic-user', [
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
  ]),
  binding('system:public-info-viewer', 'system:public-info-viewer', [AUTHENTICATED, UNAUTHENTICATED]),
  binding('system:openid-discovery', 'system:openid-discovery', [AUTHENTICATED]),
  binding('system:discovery', 'system:discovery', [AUTHENTICATED]),
  binding('system:basic-user', 'system:basic-user', [AUTHENTICATED]),
  clusterRole('firstmate-reader', READER_RULES),
  clusterRole('firstmate-writer', WRITER_RULES),
  binding('firstmate-reader', 'firstmate-reader', [account('reader'), account('writer')]),
  binding('firstmate-writer', 'firstmate-writer', [account('writer')]),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'firstmate' } },
  ...['reader', 'writer'].map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'firstmate' },
  })),
];
