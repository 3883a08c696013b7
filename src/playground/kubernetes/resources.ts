/** One resource that the API server serves, with what discovery says about it. */
export type Resource = {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  verbs: string[];
  subresources: Subresource[];
  /** The name under which the store holds it; two API groups may serve the same objects. */
  storage: string;
};

export type Subresource = { name: string; kind: string; group?: string; version?: string; verbs: string[] };

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const UPDATE = ['get', 'patch', 'update'];

type Row = [
  plural: string,
  kind: string,
  options?: {
    cluster?: true;
    short?: string[];
    all?: true;
    verbs?: string[];
    storage?: string;
    sub?: Subresource[];
  },
];

function status(kind: string): Subresource {
  return { name: 'status', kind, verbs: UPDATE };
}

const SCALE: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: UPDATE,
};
const NO_DELETE_COLLECTION = ALL_VERBS.filter((verb) => verb !== 'deletecollection');

const POD_SUBRESOURCES: Subresource[] = [
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  status('Pod'),
];

const TOKEN: Subresource = {
  name: 'token',
  kind: 'TokenRequest',
  group: 'authentication.k8s.io',
  version: 'v1',
  verbs: ['create'],
};

const GROUPS: { group: string; version: string; rows: Row[] }[] = [
  {
    group: '',
    version: 'v1',
    rows: [
      ['configmaps', 'ConfigMap', { short: ['cm'] }],
      ['endpoints', 'Endpoints', { short: ['ep'] }],
      ['events', 'Event', { short: ['ev'] }],
      ['limitranges', 'LimitRange', { short: ['limits'] }],
      [
        'namespaces',
        'Namespace',
        { cluster: true, short: ['ns'], verbs: NO_DELETE_COLLECTION, sub: [status('Namespace')] },
      ],
      ['nodes', 'Node', { cluster: true, short: ['no'], sub: [status('Node')] }],
      [
        'persistentvolumeclaims',
        'PersistentVolumeClaim',
        { short: ['pvc'], sub: [status('PersistentVolumeClaim')] },
      ],
      [
        'persistentvolumes',
        'PersistentVolume',
        { cluster: true, short: ['pv'], sub: [status('PersistentVolume')] },
      ],
      ['pods', 'Pod', { short: ['po'], all: true, sub: POD_SUBRESOURCES }],
      ['resourcequotas', 'ResourceQuota', { short: ['quota'], sub: [status('ResourceQuota')] }],
      ['secrets', 'Secret'],
      ['serviceaccounts', 'ServiceAccount', { short: ['sa'], sub: [TOKEN] }],
      ['services', 'Service', { short: ['svc'], all: true, sub: [status('Service')] }],
    ],
  },
  {
    group: 'apps',
    version: 'v1',
    rows: [
      ['controllerrevisions', 'ControllerRevision'],
      ['daemonsets', 'DaemonSet', { short: ['ds'], all: true, sub: [status('DaemonSet')] }],
      ['deployments', 'Deployment', { short: ['deploy'], all: true, sub: [SCALE, status('Deployment')] }],
      ['replicasets', 'ReplicaSet', { short: ['rs'], all: true, sub: [SCALE, status('ReplicaSet')] }],
      ['statefulsets', 'StatefulSet', { short: ['sts'], all: true, sub: [SCALE, status('StatefulSet')] }],
    ],
  },
  {
    group: 'events.k8s.io',
    version: 'v1',
    rows: [['events', 'Event', { short: ['ev'] }]],
  },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    rows: [
      ['selfsubjectreviews', 'SelfSubjectReview', { cluster: true, verbs: ['create'] }],
      ['tokenreviews', 'TokenReview', { cluster: true, verbs: ['create'] }],
    ],
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    rows: [
      ['selfsubjectaccessreviews', 'SelfSubjectAccessReview', { cluster: true, verbs: ['create'] }],
      ['selfsubjectrulesreviews', 'SelfSubjectRulesReview', { cluster: true, verbs: ['create'] }],
      ['subjectaccessreviews', 'SubjectAccessReview', { cluster: true, verbs: ['create'] }],
    ],
  },
  {
    group: 'autoscaling',
    version: 'v2',
    rows: [
      [
        'horizontalpodautoscalers',
        'HorizontalPodAutoscaler',
        { short: ['hpa'], all: true, sub: [status('HorizontalPodAutoscaler')] },
      ],
    ],
  },
  {
    group: 'batch',
    version: 'v1',
    rows: [
      ['cronjobs', 'CronJob', { short: ['cj'], all: true, sub: [status('CronJob')] }],
      ['jobs', 'Job', { all: true, sub: [status('Job')] }],
    ],
  },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    rows: [['leases', 'Lease']],
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    rows: [['endpointslices', 'EndpointSlice']],
  },
  {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    rows: [
      ['nodes', 'NodeMetrics', { cluster: true, verbs: ['get', 'list'], storage: 'metrics-nodes' }],
      ['pods', 'PodMetrics', { verbs: ['get', 'list'], storage: 'metrics-pods' }],
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    rows: [
      ['ingresses', 'Ingress', { short: ['ing'], sub: [status('Ingress')] }],
      ['networkpolicies', 'NetworkPolicy', { short: ['netpol'] }],
    ],
  },
  {
    group: 'policy',
    version: 'v1',
    rows: [
      [
        'poddisruptionbudgets',
        'PodDisruptionBudget',
        { short: ['pdb'], sub: [status('PodDisruptionBudget')] },
      ],
    ],
  },
  {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    rows: [
      ['clusterrolebindings', 'ClusterRoleBinding', { cluster: true }],
      ['clusterroles', 'ClusterRole', { cluster: true }],
      ['rolebindings', 'RoleBinding'],
      ['roles', 'Role'],
    ],
  },
];

const SINGULAR: Record<string, string> = {
  endpoints: 'endpoints',
  ingresses: 'ingress',
  networkpolicies: 'networkpolicy',
};

function singularOf(plural: string): string {
  return SINGULAR[plural] ?? plural.replace(/s$/, '');
}

/** Everything served, in discovery's order: groups as listed, resources by name. */
export const RESOURCES: readonly Resource[] = GROUPS.flatMap(({ group, version, rows }) =>
  rows.map(([plural, kind, options = {}]) => ({
    group,
    version,
    plural,
    singular: singularOf(plural),
    kind,
    namespaced: options.cluster !== true,
    shortNames: options.short ?? [],
    categories: options.all === true ? ['all'] : [],
    verbs: options.verbs ?? ALL_VERBS,
    subresources: options.sub ?? [],
    storage: options.storage ?? plural,
  })),
);

export const API_GROUPS: readonly { group: string; version: string }[] = GROUPS.map(({ group, version }) => ({
  group,
  version,
}));

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return RESOURCES.find(
    (resource) => resource.group === group && resource.version === version && resource.plural === plural,
  );
}

export function findKind(apiVersion: string, kind: string): Resource | undefined {
  return RESOURCES.find((resource) => apiVersionOf(resource) === apiVersion && resource.kind === kind);
}

/** The resource that owns a storage name, for objects read straight from the store. */
export function resourceOfStorage(storage: string): Resource {
  const found = RESOURCES.find((resource) => resource.storage === storage);
  if (found === undefined) throw new Error(`no resource is stored as ${storage}`);
  return found;
}

export function apiVersionOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
