/** The kinds that commands may speak of, and the spellings that kubectl takes for them. A kind not here is refused. */

/** A built-in kind with its API: resolved once, by the grammar, from any spelling that kubectl takes. */
export type KindRef = {
  readonly kind: string;
  /** The plural in request paths: `deployments`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
};

export type KindRefusalCode =
  | 'kind_secret'
  | 'kind_rbac'
  | 'kind_admission'
  | 'kind_crd'
  | 'kind_token'
  | 'kind_unknown';

/**
 * A kind that the table does not know, as a reading command spelled it: the cluster's discovery says what it is, if it
 * serves it. `asked` is a plural, a singular or a short name in lower case; null: any group, the preferred version.
 */
export type AskedKind = {
  readonly asked: string;
  readonly group: string | null;
  readonly version: string | null;
};
/** A kind that reading commands may name. */
export type ReadKind = KindRef | AskedKind;

export type ResolvedKind =
  | { readonly status: 'known'; readonly kind: KindRef }
  | { readonly status: 'refused'; readonly code: KindRefusalCode; readonly says: string };

function namespacedKind(kind: string, resource: string, group: string, version = 'v1'): KindRef {
  return Object.freeze({ kind, resource, group, version, namespaced: true });
}

function clusterKind(kind: string, resource: string, group: string, version = 'v1'): KindRef {
  return Object.freeze({ kind, resource, group, version, namespaced: false });
}

export const POD = namespacedKind('Pod', 'pods', '');
export const NODE = clusterKind('Node', 'nodes', '');
export const EVENT = namespacedKind('Event', 'events', '');
export const CONFIG_MAP = namespacedKind('ConfigMap', 'configmaps', '');
export const DEPLOYMENT = namespacedKind('Deployment', 'deployments', 'apps');
export const REPLICA_SET = namespacedKind('ReplicaSet', 'replicasets', 'apps');
export const NAMESPACE = clusterKind('Namespace', 'namespaces', '');
export const STATEFUL_SET = namespacedKind('StatefulSet', 'statefulsets', 'apps');
export const DAEMON_SET = namespacedKind('DaemonSet', 'daemonsets', 'apps');
export const CONTROLLER_REVISION = namespacedKind('ControllerRevision', 'controllerrevisions', 'apps');
export const JOB = namespacedKind('Job', 'jobs', 'batch');
export const CRON_JOB = namespacedKind('CronJob', 'cronjobs', 'batch');
export const SERVICE = namespacedKind('Service', 'services', '');
export const HORIZONTAL_POD_AUTOSCALER = namespacedKind(
  'HorizontalPodAutoscaler',
  'horizontalpodautoscalers',
  'autoscaling',
  'v2',
);
export const POD_DISRUPTION_BUDGET = namespacedKind('PodDisruptionBudget', 'poddisruptionbudgets', 'policy');
/** Who writes objects from Git; the safety checks read them, no command can name them. */
export const ARGO_APPLICATION = namespacedKind('Application', 'applications', 'argoproj.io', 'v1alpha1');
export const FLUX_KUSTOMIZATION = namespacedKind(
  'Kustomization',
  'kustomizations',
  'kustomize.toolkit.fluxcd.io',
);
export const FLUX_HELM_RELEASE = namespacedKind(
  'HelmRelease',
  'helmreleases',
  'helm.toolkit.fluxcd.io',
  'v2',
);
export const ENDPOINT_SLICE = namespacedKind('EndpointSlice', 'endpointslices', 'discovery.k8s.io');
export const LEASE = namespacedKind('Lease', 'leases', 'coordination.k8s.io');
/** What has rollouts. */
export const ROLLOUT_KINDS: readonly KindRef[] = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET];
/** What metrics-server answers; `top` reads them, no command can name them. */
export const POD_METRICS = namespacedKind('PodMetrics', 'pods', 'metrics.k8s.io', 'v1beta1');
export const NODE_METRICS = clusterKind('NodeMetrics', 'nodes', 'metrics.k8s.io', 'v1beta1');

/** Short names as `kubectl api-resources` of Kubernetes 1.36 lists them. */
const TABLE: readonly (readonly [KindRef, ...string[]])[] = [
  [POD, 'po'],
  [NODE, 'no'],
  [EVENT, 'ev'],
  [CONFIG_MAP, 'cm'],
  [NAMESPACE, 'ns'],
  [SERVICE, 'svc'],
  [namespacedKind('Endpoints', 'endpoints', ''), 'ep'],
  [namespacedKind('PersistentVolumeClaim', 'persistentvolumeclaims', ''), 'pvc'],
  [clusterKind('PersistentVolume', 'persistentvolumes', ''), 'pv'],
  [namespacedKind('ReplicationController', 'replicationcontrollers', ''), 'rc'],
  [namespacedKind('ResourceQuota', 'resourcequotas', ''), 'quota'],
  [namespacedKind('LimitRange', 'limitranges', ''), 'limits'],
  [clusterKind('ComponentStatus', 'componentstatuses', ''), 'cs'],
  [DEPLOYMENT, 'deploy'],
  [REPLICA_SET, 'rs'],
  [STATEFUL_SET, 'sts'],
  [DAEMON_SET, 'ds'],
  [CONTROLLER_REVISION],
  [JOB],
  [CRON_JOB, 'cj'],
  [HORIZONTAL_POD_AUTOSCALER, 'hpa'],
  [POD_DISRUPTION_BUDGET, 'pdb'],
  [namespacedKind('Ingress', 'ingresses', 'networking.k8s.io'), 'ing'],
  [namespacedKind('NetworkPolicy', 'networkpolicies', 'networking.k8s.io'), 'netpol'],
  [clusterKind('IngressClass', 'ingressclasses', 'networking.k8s.io')],
  [ENDPOINT_SLICE],
  [LEASE],
  [clusterKind('PriorityClass', 'priorityclasses', 'scheduling.k8s.io'), 'pc'],
  [clusterKind('StorageClass', 'storageclasses', 'storage.k8s.io'), 'sc'],
  [clusterKind('VolumeAttachment', 'volumeattachments', 'storage.k8s.io')],
  [clusterKind('CSINode', 'csinodes', 'storage.k8s.io')],
  [clusterKind('CSIDriver', 'csidrivers', 'storage.k8s.io')],
  [clusterKind('APIService', 'apiservices', 'apiregistration.k8s.io')],
];

/** Every kind that a reading command may name. */
export const KINDS: readonly KindRef[] = TABLE.map(([kind]) => kind);

const BY_NAME: ReadonlyMap<string, KindRef> = new Map(
  TABLE.flatMap(([kind, ...short]) =>
    [kind.kind.toLowerCase(), kind.resource, ...short].map((name): [string, KindRef] => [name, kind]),
  ),
);

type Forbidden = { readonly code: KindRefusalCode; readonly says: string; readonly names: readonly string[] };
/** Named by code only so that people get the true reason; they would be refused as unknown kinds all the same. */
const FORBIDDEN: readonly Forbidden[] = [
  { code: 'kind_secret', says: 'Secrets are never touched', names: ['secret', 'secrets'] },
  {
    code: 'kind_rbac',
    says: 'who may do what in a cluster is never touched',
    names: [
      ...['role', 'roles', 'rolebinding', 'rolebindings', 'clusterrole', 'clusterroles'],
      ...['clusterrolebinding', 'clusterrolebindings', 'serviceaccount', 'serviceaccounts', 'sa'],
    ],
  },
  {
    code: 'kind_admission',
    says: 'admission control is never touched',
    names: [
      ...['mutatingwebhookconfiguration', 'mutatingwebhookconfigurations'],
      ...['validatingwebhookconfiguration', 'validatingwebhookconfigurations'],
      ...['validatingadmissionpolicy', 'validatingadmissionpolicies'],
      ...['validatingadmissionpolicybinding', 'validatingadmissionpolicybindings'],
      ...['mutatingadmissionpolicy', 'mutatingadmissionpolicies'],
      ...['mutatingadmissionpolicybinding', 'mutatingadmissionpolicybindings'],
    ],
  },
  {
    code: 'kind_crd',
    says: 'the definitions of custom kinds are never touched',
    names: ['customresourcedefinition', 'customresourcedefinitions', 'crd', 'crds'],
  },
  {
    code: 'kind_token',
    says: 'tokens, certificates and access reviews are never touched',
    names: [
      ...['tokenrequest', 'tokenrequests', 'tokenreview', 'tokenreviews', 'token', 'tokens'],
      ...['subjectaccessreview', 'subjectaccessreviews', 'selfsubjectaccessreview'],
      ...['selfsubjectaccessreviews', 'localsubjectaccessreview', 'localsubjectaccessreviews'],
      ...['selfsubjectrulesreview', 'selfsubjectrulesreviews', 'selfsubjectreview', 'selfsubjectreviews'],
      ...['certificatesigningrequest', 'certificatesigningrequests', 'csr'],
    ],
  },
];
/** Nothing of these groups is touched, whatever it is called. */
const FORBIDDEN_GROUPS: ReadonlyMap<string, KindRefusalCode> = new Map([
  ['rbac.authorization.k8s.io', 'kind_rbac'],
  ['admissionregistration.k8s.io', 'kind_admission'],
  ['apiextensions.k8s.io', 'kind_crd'],
  ['authentication.k8s.io', 'kind_token'],
  ['authorization.k8s.io', 'kind_token'],
  ['certificates.k8s.io', 'kind_token'],
  // OpenShift's own of the same.
  ['authorization.openshift.io', 'kind_rbac'],
  ['oauth.openshift.io', 'kind_token'],
]);
/**
 * Parts of names that say what a cluster's own kind holds, whoever defined it: a copy of a Secret, a bearer token, a
 * binding of rights. `serviceaccounttokens` are tokens: the first that fits gives the reason.
 */
const TELLING_PARTS: readonly (readonly [KindRefusalCode, RegExp])[] = [
  ['kind_secret', /secret|password|passwd|credential|kubeconfig|(?:api|private|access)key/],
  ['kind_token', /token/],
  ['kind_rbac', /rolebinding|clusterrole|roletemplate|serviceaccount/],
  ['kind_admission', /webhook/],
];
/** Groups for the keeping of secrets: `secrets.hashicorp.com`, `external-secrets.io`. */
const SECRET_GROUP = /secret|credential/;
/** `top` reads them, no other command does. */
const CLOSED_GROUPS: ReadonlySet<string> = new Set([
  ...['metrics.k8s.io', 'custom.metrics.k8s.io', 'external.metrics.k8s.io'],
]);
const FORBIDDEN_BY_NAME: ReadonlyMap<string, Forbidden> = new Map(
  FORBIDDEN.flatMap((rule) => rule.names.map((name): [string, Forbidden] => [name, rule])),
);

/**
 * The kind that a word means: in any case; kind, plural or short name; alone, as `resource.group` or as
 * `resource.version.group` (`deploy.v1.apps`, `pods.v1.`), as kubectl's resource arguments. Only the API version that
 * we read is taken, so that one kind is one KindRef.
 */
export function resolveKind(text: string): ResolvedKind {
  const { name, rest } = partsOf(text);
  const refused = forbiddenKind({ names: [name], group: rest });
  if (refused !== null) return refused;
  const kind = BY_NAME.get(name);
  if (kind === undefined) return unknownKind(text);
  const known =
    rest === null || (rest !== '' && rest === kind.group) || rest === `${kind.version}.${kind.group}`;
  return known
    ? { status: 'known', kind }
    : unknownKind(text, `it reads ${kind.resource} as ${apiVersionOf(kind)}`);
}

/** Words that a line may hold where a kind is meant, and that no kind is called by. A `rollout` is Argo's. */
const NO_KINDS: ReadonlySet<string> = new Set(
  'all kubectl get describe logs exec attach cp delete patch edit apply create replace run debug scale drain cordon label annotate proxy'.split(
    ' ',
  ),
);
const RESOURCE_NAME = /^[a-z][a-z0-9]{0,62}$/;
/** Groups without a dot are Kubernetes' own, and closed. */
const GROUP_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+$/;
const VERSIONED = /^(v\d{1,3}(?:(?:alpha|beta)\d{1,3})?)\.(.+)$/;

/**
 * The same for reading, where a kind that the table does not know may be one that the cluster serves. It is never
 * another version of a kind that the table knows, and nothing of a group or of a name that is refused.
 */
export function resolveReadKind(text: string): ReadKind | Extract<ResolvedKind, { status: 'refused' }> {
  const known = resolveKind(text);
  if (known.status === 'known') return known.kind;
  if (known.code !== 'kind_unknown') return known;
  const { name, rest } = partsOf(text);
  const [, version = null, group = rest] = rest === null ? [] : (VERSIONED.exec(rest) ?? []);
  const spelled = RESOURCE_NAME.test(name) && !NO_KINDS.has(name) && (group === null || isGroup(group));
  const ours = BY_NAME.get(name)?.group;
  const closed = group === null ? ours !== undefined : CLOSED_GROUPS.has(group) || ours === group;
  return spelled && !closed ? { asked: name, group, version } : known;
}

/** Whether it is a name that a custom resource's group may have. */
function isGroup(text: string): boolean {
  return text.length <= 253 && GROUP_NAME.test(text);
}

/** Why a kind is refused by one of its names (in lower case) or by its group; null when it is not. */
export function forbiddenKind(about: {
  readonly names: readonly string[];
  /** As it was spelled, maybe with a version before it; null when it was not. */
  readonly group: string | null;
}): Extract<ResolvedKind, { status: 'refused' }> | null {
  const byName = about.names.flatMap((name) => FORBIDDEN_BY_NAME.get(name) ?? [])[0];
  const group = about.group?.replace(VERSIONED, '$2') ?? '';
  const telling = TELLING_PARTS.find(([, part]) => about.names.some((name) => part.test(name)));
  const code =
    byName?.code ??
    FORBIDDEN_GROUPS.get(group) ??
    telling?.[0] ??
    (SECRET_GROUP.test(group) ? 'kind_secret' : undefined);
  const rule = FORBIDDEN.find((one) => one.code === code);
  return rule === undefined ? null : { status: 'refused', code: rule.code, says: rule.says };
}

/** Whether it still has to be asked for: the cluster's discovery makes a KindRef of it. */
export function isAsked(kind: ReadKind): kind is AskedKind {
  return 'asked' in kind;
}

/** `certificates.v1.cert-manager.io`: as it was asked for. */
export function askedText({ asked, group, version }: AskedKind): string {
  return [asked, version, group].filter((part) => part !== null).join('.');
}

function partsOf(text: string): { readonly name: string; readonly rest: string | null } {
  const spelled = text.toLowerCase();
  const dot = spelled.indexOf('.');
  return dot === -1
    ? { name: spelled, rest: null }
    : { name: spelled.slice(0, dot), rest: spelled.slice(dot + 1) };
}

function unknownKind(text: string, more?: string): Extract<ResolvedKind, { status: 'refused' }> {
  if (text.toLowerCase() === 'all') {
    const says = '"all" is not a kind: name those that are meant, such as deployments,pods,services';
    return { status: 'refused', code: 'kind_unknown', says };
  }
  const says = `"${text}" is not a kind that firstmate knows`;
  return { status: 'refused', code: 'kind_unknown', says: more === undefined ? says : `${says}; ${more}` };
}

/** `v1`, `apps/v1`: the form of manifests. */
export function apiVersionOf(kind: KindRef): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `/apis/apps/v1/namespaces/web/deployments/api`; all namespaces without one, the collection without a name. */
export function apiPath(kind: KindRef, namespace: string | null, name: string | null): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const where = kind.namespaced && namespace !== null ? `/namespaces/${namespace}` : '';
  return `${root}${where}/${kind.resource}${name === null ? '' : `/${name}`}`;
}

/** Two spellings of one kind give one object, but an operation that was stored and read back holds a copy. */
export function sameKind(a: KindRef, b: KindRef): boolean {
  return a.resource === b.resource && a.group === b.group;
}
