export type Subresource = { name: string; kind: string; group?: string; version?: string; verbs: string[] };

/** One resource of a group: its plural, its kind, and what differs from a namespaced one with all verbs. */
export type Row = [
  plural: string,
  kind: string,
  options?: {
    cluster?: true;
    short?: string[];
    category?: 'all' | 'api-extensions';
    verbs?: string[];
    storage?: string;
    sub?: Subresource[];
  },
];

export const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const UPDATE = ['get', 'patch', 'update'];
const CREATE = ['create'];
const PROXY = ['create', 'delete', 'get', 'patch', 'update'];
const NO_DELETE_COLLECTION = ALL_VERBS.filter((verb) => verb !== 'deletecollection');

function status(kind: string): Subresource {
  return { name: 'status', kind, verbs: UPDATE };
}

function proxy(kind: string): Subresource {
  return { name: 'proxy', kind, verbs: PROXY };
}

const SCALE: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: UPDATE,
};

const POD_SUBRESOURCES: Subresource[] = [
  { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
  { name: 'binding', kind: 'Binding', verbs: CREATE },
  { name: 'ephemeralcontainers', kind: 'Pod', verbs: UPDATE },
  { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: CREATE },
  { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
  { name: 'log', kind: 'Pod', verbs: ['get'] },
  { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
  proxy('PodProxyOptions'),
  { name: 'resize', kind: 'Pod', verbs: UPDATE },
  status('Pod'),
];

const TOKEN: Subresource = {
  name: 'token',
  kind: 'TokenRequest',
  group: 'authentication.k8s.io',
  version: 'v1',
  verbs: CREATE,
};

/** A namespaced resource with a status. */
function live(plural: string, kind: string, short: string[] = [], more: Subresource[] = []): Row {
  return [plural, kind, { short, sub: [...more, status(kind)] }];
}

/** The same, and in `kubectl get all`. */
function workload(plural: string, kind: string, short: string[] = [], more: Subresource[] = []): Row {
  return [plural, kind, { short, category: 'all', sub: [...more, status(kind)] }];
}

function cluster(plural: string, kind: string, short: string[] = []): Row {
  return [plural, kind, { cluster: true, short }];
}

function clusterLive(plural: string, kind: string, short: string[] = [], more: Subresource[] = []): Row {
  return [plural, kind, { cluster: true, short, sub: [...more, status(kind)] }];
}

function extension(plural: string, kind: string, short: string[] = [], sub: Subresource[] = []): Row {
  return [plural, kind, { cluster: true, short, category: 'api-extensions', sub }];
}

function review(plural: string, kind: string): Row {
  return [plural, kind, { cluster: true, verbs: CREATE }];
}

const HPA = workload('horizontalpodautoscalers', 'HorizontalPodAutoscaler', ['hpa']);

/** Every group that a kube-apiserver 1.36 serves, in its discovery's order, and the metrics server's. */
export const GROUPS: readonly { group: string; version: string; rows: Row[] }[] = [
  {
    group: '',
    version: 'v1',
    rows: [
      ['bindings', 'Binding', { verbs: CREATE }],
      ['componentstatuses', 'ComponentStatus', { cluster: true, short: ['cs'], verbs: ['get', 'list'] }],
      ['configmaps', 'ConfigMap', { short: ['cm'] }],
      ['endpoints', 'Endpoints', { short: ['ep'] }],
      ['events', 'Event', { short: ['ev'] }],
      ['limitranges', 'LimitRange', { short: ['limits'] }],
      [
        'namespaces',
        'Namespace',
        {
          cluster: true,
          short: ['ns'],
          verbs: NO_DELETE_COLLECTION,
          sub: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, status('Namespace')],
        },
      ],
      clusterLive('nodes', 'Node', ['no'], [proxy('NodeProxyOptions')]),
      live('persistentvolumeclaims', 'PersistentVolumeClaim', ['pvc']),
      clusterLive('persistentvolumes', 'PersistentVolume', ['pv']),
      ['pods', 'Pod', { short: ['po'], category: 'all', sub: POD_SUBRESOURCES }],
      ['podtemplates', 'PodTemplate'],
      workload('replicationcontrollers', 'ReplicationController', ['rc'], [SCALE]),
      live('resourcequotas', 'ResourceQuota', ['quota']),
      ['secrets', 'Secret'],
      ['serviceaccounts', 'ServiceAccount', { short: ['sa'], sub: [TOKEN] }],
      workload('services', 'Service', ['svc'], [proxy('ServiceProxyOptions')]),
    ],
  },
  {
    group: 'apiregistration.k8s.io',
    version: 'v1',
    rows: [extension('apiservices', 'APIService', [], [status('APIService')])],
  },
  {
    group: 'apps',
    version: 'v1',
    rows: [
      ['controllerrevisions', 'ControllerRevision'],
      workload('daemonsets', 'DaemonSet', ['ds']),
      workload('deployments', 'Deployment', ['deploy'], [SCALE]),
      workload('replicasets', 'ReplicaSet', ['rs'], [SCALE]),
      workload('statefulsets', 'StatefulSet', ['sts'], [SCALE]),
    ],
  },
  { group: 'events.k8s.io', version: 'v1', rows: [['events', 'Event', { short: ['ev'] }]] },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    rows: [review('selfsubjectreviews', 'SelfSubjectReview'), review('tokenreviews', 'TokenReview')],
  },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    rows: [
      ['localsubjectaccessreviews', 'LocalSubjectAccessReview', { verbs: CREATE }],
      review('selfsubjectaccessreviews', 'SelfSubjectAccessReview'),
      review('selfsubjectrulesreviews', 'SelfSubjectRulesReview'),
      review('subjectaccessreviews', 'SubjectAccessReview'),
    ],
  },
  { group: 'autoscaling', version: 'v2', rows: [HPA] },
  { group: 'autoscaling', version: 'v1', rows: [HPA] },
  {
    group: 'batch',
    version: 'v1',
    rows: [workload('cronjobs', 'CronJob', ['cj']), workload('jobs', 'Job')],
  },
  {
    group: 'certificates.k8s.io',
    version: 'v1',
    rows: [
      clusterLive(
        'certificatesigningrequests',
        'CertificateSigningRequest',
        ['csr'],
        [{ name: 'approval', kind: 'CertificateSigningRequest', verbs: UPDATE }],
      ),
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    rows: [
      cluster('ingressclasses', 'IngressClass'),
      live('ingresses', 'Ingress', ['ing']),
      cluster('ipaddresses', 'IPAddress', ['ip']),
      ['networkpolicies', 'NetworkPolicy', { short: ['netpol'] }],
      clusterLive('servicecidrs', 'ServiceCIDR'),
    ],
  },
  {
    group: 'policy',
    version: 'v1',
    rows: [live('poddisruptionbudgets', 'PodDisruptionBudget', ['pdb'])],
  },
  {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    rows: [
      cluster('clusterrolebindings', 'ClusterRoleBinding'),
      cluster('clusterroles', 'ClusterRole'),
      ['rolebindings', 'RoleBinding'],
      ['roles', 'Role'],
    ],
  },
  {
    group: 'storage.k8s.io',
    version: 'v1',
    rows: [
      cluster('csidrivers', 'CSIDriver'),
      cluster('csinodes', 'CSINode'),
      ['csistoragecapacities', 'CSIStorageCapacity'],
      cluster('storageclasses', 'StorageClass', ['sc']),
      clusterLive('volumeattachments', 'VolumeAttachment'),
      cluster('volumeattributesclasses', 'VolumeAttributesClass', ['vac']),
    ],
  },
  {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    rows: [
      extension('mutatingadmissionpolicies', 'MutatingAdmissionPolicy'),
      extension('mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding'),
      extension('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
      extension(
        'validatingadmissionpolicies',
        'ValidatingAdmissionPolicy',
        [],
        [status('ValidatingAdmissionPolicy')],
      ),
      extension('validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding'),
      extension('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
    ],
  },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    rows: [
      extension(
        'customresourcedefinitions',
        'CustomResourceDefinition',
        ['crd', 'crds'],
        [status('CustomResourceDefinition')],
      ),
    ],
  },
  { group: 'scheduling.k8s.io', version: 'v1', rows: [cluster('priorityclasses', 'PriorityClass', ['pc'])] },
  { group: 'coordination.k8s.io', version: 'v1', rows: [['leases', 'Lease']] },
  { group: 'node.k8s.io', version: 'v1', rows: [cluster('runtimeclasses', 'RuntimeClass')] },
  { group: 'discovery.k8s.io', version: 'v1', rows: [['endpointslices', 'EndpointSlice']] },
  {
    group: 'resource.k8s.io',
    version: 'v1',
    rows: [
      cluster('deviceclasses', 'DeviceClass'),
      live('resourceclaims', 'ResourceClaim'),
      ['resourceclaimtemplates', 'ResourceClaimTemplate'],
      cluster('resourceslices', 'ResourceSlice'),
    ],
  },
  {
    group: 'flowcontrol.apiserver.k8s.io',
    version: 'v1',
    rows: [
      clusterLive('flowschemas', 'FlowSchema'),
      clusterLive('prioritylevelconfigurations', 'PriorityLevelConfiguration'),
    ],
  },
  {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    rows: [
      ['nodes', 'NodeMetrics', { cluster: true, verbs: ['get', 'list'], storage: 'metrics-nodes' }],
      ['pods', 'PodMetrics', { verbs: ['get', 'list'], storage: 'metrics-pods' }],
    ],
  },
];
