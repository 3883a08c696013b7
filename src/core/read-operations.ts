/** What can be looked at in a cluster, one specification a verb. What is not here cannot be expressed. */
import {
  ACCESS_REVIEW,
  type ApiRequest,
  CORE_DISCOVERY,
  DISCOVERY,
  eventsAround,
  got,
  gotPath,
  gotRead,
  logsOf,
  rolloutOf,
} from './api-request.ts';
import {
  DAEMON_SET,
  DEPLOYMENT,
  EVENT,
  JOB,
  KINDS,
  type KindRef,
  NODE,
  NODE_METRICS,
  POD,
  POD_METRICS,
  REPLICA_SET,
  type ReadKind,
  ROLLOUT_KINDS,
  SERVICE,
  STATEFUL_SET,
} from './kinds.ts';

/** `K` is KindRef once no kind has to be asked for any more. */
export type GetOperation<K extends ReadKind = ReadKind> = {
  readonly verb: 'get';
  readonly kinds: readonly K[];
  readonly names: readonly string[];
  /** `pod/a deployment/b`: names of more than one kind; `names` is empty then. */
  readonly objects?: readonly { readonly kind: K; readonly name: string }[];
  /** null: all namespaces, or a kind that has none. */
  readonly namespace: string | null;
  readonly selector: string | null;
  readonly fieldSelector: string | null;
  readonly output: 'table' | 'wide' | 'yaml' | 'json' | 'name' | 'jsonpath';
  /** The template, with the output `jsonpath` alone. */
  readonly jsonpath?: string;
  /** A path, as `--sort-by` takes it. */
  readonly sortBy?: string;
  /** Only with the output `table` or `wide`. */
  readonly showLabels?: true;
  /** Only with the output `table` or `wide`. */
  readonly noHeaders?: true;
};
export type DescribeOperation<K extends ReadKind = ReadKind> = {
  readonly verb: 'describe';
  readonly kind: K;
  /** Null with a selector, or for all. */
  readonly name: string | null;
  readonly namespace: string | null;
  readonly selector: string | null;
};
export type LogsOperation = {
  readonly verb: 'logs';
  /** A pod, or a workload or Service whose pods are meant; null with a selector. */
  readonly target: { readonly kind: KindRef; readonly name: string } | null;
  readonly namespace: string;
  readonly selector: string | null;
  readonly container: string | null;
  readonly allContainers: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** Always bounded: the grammar puts a limit where the line has none. */
  readonly tail: number;
  readonly sinceSeconds: number | null;
};
export type EventsOperation = {
  readonly verb: 'events';
  readonly namespace: string | null;
  readonly for: { readonly kind: KindRef; readonly name: string } | null;
  readonly types: readonly ('Normal' | 'Warning')[];
};
export type TopOperation = {
  readonly verb: 'top';
  readonly what: 'pods' | 'nodes';
  readonly name: string | null;
  readonly namespace: string | null;
  readonly selector: string | null;
  readonly containers: boolean;
  /** Absent: by processor time. */
  readonly sortBy?: 'memory';
  readonly noHeaders?: true;
};
export type RolloutStatusOperation = {
  readonly verb: 'rollout status';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
};
export type RolloutHistoryOperation = {
  readonly verb: 'rollout history';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  readonly revision: number | null;
};
/** What can be done to a resource, in the API's words (not in RBAC's own, such as `bind` or `escalate`). */
export const API_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
] as const;
export const REVIEWED_SUBRESOURCES = ['log', 'scale', 'status', 'eviction'] as const;
export type AuthCanIOperation = {
  readonly verb: 'auth can-i';
  readonly action: (typeof API_VERBS)[number];
  readonly kind: KindRef;
  readonly subresource: (typeof REVIEWED_SUBRESOURCES)[number] | null;
  readonly name: string | null;
  /** null: all namespaces, or a kind that has none. */
  readonly namespace: string | null;
};
/** The paths beside the resources that may be read: whether the API server is well, and which one it is. */
export const RAW_PATHS = ['/readyz', '/livez', '/healthz', '/version'] as const;
export type GetRawOperation = {
  readonly verb: 'get --raw';
  readonly path: (typeof RAW_PATHS)[number];
  /** Each check by itself; not with `/version`. */
  readonly verbose: boolean;
};
export type VersionOperation = {
  readonly verb: 'version';
  readonly output: 'text' | 'yaml' | 'json';
};
export type ApiResourcesOperation = {
  readonly verb: 'api-resources';
  /** Empty for the core group; null for all. */
  readonly group: string | null;
  readonly namespaced: boolean | null;
  readonly output: 'table' | 'wide' | 'name';
  readonly noHeaders?: true;
};

export type ReadOperation =
  | GetOperation
  | GetRawOperation
  | DescribeOperation
  | LogsOperation
  | EventsOperation
  | TopOperation
  | RolloutStatusOperation
  | RolloutHistoryOperation
  | AuthCanIOperation
  | VersionOperation
  | ApiResourcesOperation;
/** A read in which no kind has to be asked for any more. */
export type KnownRead =
  | GetOperation<KindRef>
  | DescribeOperation<KindRef>
  | Exclude<ReadOperation, GetOperation | DescribeOperation>;
export type ReadVerb = ReadOperation['verb'];

export const LOG_KINDS: readonly KindRef[] = [
  ...[POD, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, JOB],
  SERVICE,
];

type ReadOperationOf<V extends ReadVerb> = Extract<ReadOperation, { verb: V }>;
/** What is known of one verb; all of it is data or follows from the operation alone. */
export type ReadSpec<V extends ReadVerb> = {
  readonly kinds: readonly KindRef[];
  /** All requests that carrying it out may take; any other is a fault. */
  readonly requests: (operation: ReadOperationOf<V>) => readonly ApiRequest[];
};

/** Everything that can be looked at. */
export const READ_SPECS: { readonly [V in ReadVerb]: ReadSpec<V> } = {
  get: {
    kinds: KINDS,
    requests: ({ kinds, names, objects, namespace }) =>
      objects === undefined
        ? kinds.flatMap((kind) =>
            names.length === 0
              ? gotRead(kind, namespace, null)
              : names.flatMap((name) => gotRead(kind, namespace, name)),
          )
        : objects.flatMap(({ kind, name }) => gotRead(kind, namespace, name)),
  },
  'get --raw': { kinds: [], requests: ({ path }) => [gotPath(path)] },
  describe: {
    kinds: KINDS,
    requests: ({ kind, name, namespace }) => [
      ...gotRead(kind, namespace, name),
      ...eventsAround(kind, namespace),
    ],
  },
  logs: {
    kinds: LOG_KINDS,
    requests: ({ target, namespace }) => logsOf(target, namespace),
  },
  events: {
    kinds: KINDS,
    requests: ({ namespace }) => [got(EVENT, namespace, null)],
  },
  top: {
    kinds: [POD, NODE],
    requests: ({ what, name, namespace }) =>
      what === 'pods'
        ? [got(POD_METRICS, namespace, name)]
        : [got(NODE_METRICS, null, name), got(NODE, null, name)],
  },
  'rollout status': { kinds: ROLLOUT_KINDS, requests: rolloutOf },
  'rollout history': { kinds: ROLLOUT_KINDS, requests: rolloutOf },
  'auth can-i': { kinds: KINDS, requests: () => [ACCESS_REVIEW] },
  version: { kinds: [], requests: () => [gotPath('/version')] },
  'api-resources': {
    kinds: [],
    requests: ({ group }) => [
      ...(group === null || group === '' ? [CORE_DISCOVERY] : []),
      ...(group === '' ? [] : [DISCOVERY]),
    ],
  },
};
