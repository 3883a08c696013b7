/** The closed set of things that can be asked of a cluster. What is not here cannot be expressed. */
import { type ApiRequest, describeAround, got, logsOf, workload } from './api-request.ts';
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
  ROLLOUT_KINDS,
  STATEFUL_SET,
} from './kinds.ts';
import { type ActionType, WRITE_SPECS, type WriteClass, type WriteOperation } from './write-operations.ts';

export type { KindRef } from './kinds.ts';
export type * from './write-operations.ts';

export type GetOperation = {
  readonly verb: 'get';
  readonly kinds: readonly KindRef[];
  readonly names: readonly string[];
  /** null: all namespaces, or a kind that has none. */
  readonly namespace: string | null;
  readonly selector: string | null;
  readonly fieldSelector: string | null;
  readonly output: 'table' | 'wide' | 'yaml' | 'json' | 'name';
  /** Only with the output `table` or `wide`. */
  readonly noHeaders?: true;
};
export type DescribeOperation = {
  readonly verb: 'describe';
  readonly kind: KindRef;
  /** Null with a selector, or for all. */
  readonly name: string | null;
  readonly namespace: string | null;
  readonly selector: string | null;
};
export type LogsOperation = {
  readonly verb: 'logs';
  /** A pod, or a workload whose pods are meant; null with a selector. */
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
export type ReadOperation =
  | GetOperation
  | DescribeOperation
  | LogsOperation
  | EventsOperation
  | TopOperation
  | RolloutStatusOperation
  | RolloutHistoryOperation;
export type Operation = ReadOperation | WriteOperation;

/** `read` changes nothing; `mutate` can be taken back; `destructive` cannot be in place, or is an outage. */
export type OperationClass = 'read' | WriteClass;

export type Verb = Operation['verb'];

/** What is known of one verb; all of it is data or follows from the operation alone. */
export type RegistryEntry = {
  readonly verb: Verb;
  readonly kinds: readonly KindRef[];
  /** Null for a read. */
  readonly actionType: ActionType | null;
  readonly classOf: (operation: Operation) => OperationClass;
  /** All requests that carrying it out may take; any other is a fault. */
  readonly requests: (operation: Operation) => readonly ApiRequest[];
};

export const LOG_KINDS: readonly KindRef[] = [POD, DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, JOB];

type OperationOf<V extends Verb> = Extract<Operation, { verb: V }>;
type Spec<V extends Verb> = {
  readonly kinds: readonly KindRef[];
  readonly actionType: ActionType | null;
  readonly classOf: (operation: OperationOf<V>) => OperationClass;
  readonly requests: (operation: OperationOf<V>) => readonly ApiRequest[];
};

function entry<V extends Verb>(verb: V, spec: Spec<V>): RegistryEntry {
  const own = (operation: Operation): OperationOf<V> => {
    if (isVerb(operation, verb)) return operation;
    throw new TypeError(`the registry's entry for ${verb} was asked about ${operation.verb}`);
  };
  return Object.freeze({
    verb,
    kinds: spec.kinds,
    actionType: spec.actionType,
    classOf: (operation: Operation) => spec.classOf(own(operation)),
    requests: (operation: Operation) => spec.requests(own(operation)),
  });
}

function isVerb<V extends Verb>(operation: Operation, verb: V): operation is OperationOf<V> {
  return operation.verb === verb;
}

const WRITE_ENTRIES: readonly RegistryEntry[] = [
  entry('rollout undo', WRITE_SPECS['rollout undo']),
  entry('rollout restart', WRITE_SPECS['rollout restart']),
  entry('rollout pause', WRITE_SPECS['rollout pause']),
  entry('rollout resume', WRITE_SPECS['rollout resume']),
  entry('scale', WRITE_SPECS.scale),
  entry('set image', WRITE_SPECS['set image']),
  entry('set resources', WRITE_SPECS['set resources']),
  entry('cordon', WRITE_SPECS.cordon),
  entry('uncordon', WRITE_SPECS.uncordon),
  entry('drain', WRITE_SPECS.drain),
  entry('delete pod', WRITE_SPECS['delete pod']),
  entry('delete job', WRITE_SPECS['delete job']),
  entry('label', WRITE_SPECS.label),
  entry('annotate', WRITE_SPECS.annotate),
  entry('patch', WRITE_SPECS.patch),
];

const read = (): OperationClass => 'read';

/** Everything that can be asked of a cluster, one entry an operation. */
export const REGISTRY: readonly RegistryEntry[] = Object.freeze([
  entry('get', {
    kinds: KINDS,
    actionType: null,
    classOf: read,
    requests: ({ kinds, names, namespace }) =>
      kinds.flatMap((kind) =>
        names.length === 0 ? [got(kind, namespace, null)] : names.map((name) => got(kind, namespace, name)),
      ),
  }),
  entry('describe', {
    kinds: KINDS,
    actionType: null,
    classOf: read,
    requests: (operation) => [
      got(operation.kind, operation.namespace, operation.name),
      ...describeAround(operation),
    ],
  }),
  entry('logs', {
    kinds: LOG_KINDS,
    actionType: null,
    classOf: read,
    requests: ({ target, namespace }) => logsOf(target, namespace),
  }),
  entry('events', {
    kinds: KINDS,
    actionType: null,
    classOf: read,
    requests: ({ namespace }) => [got(EVENT, namespace, null)],
  }),
  entry('top', {
    kinds: [POD, NODE],
    actionType: null,
    classOf: read,
    requests: ({ what, name, namespace }) =>
      what === 'pods'
        ? [got(POD_METRICS, namespace, name)]
        : [got(NODE_METRICS, null, name), got(NODE, null, name)],
  }),
  entry('rollout status', {
    kinds: ROLLOUT_KINDS,
    actionType: null,
    classOf: read,
    requests: workload,
  }),
  entry('rollout history', {
    kinds: ROLLOUT_KINDS,
    actionType: null,
    classOf: read,
    requests: workload,
  }),
  ...WRITE_ENTRIES,
]);

const BY_VERB: ReadonlyMap<Verb, RegistryEntry> = new Map(REGISTRY.map((known) => [known.verb, known]));

/** @throws TypeError for what is not in the registry. */
export function entryOf(operation: Operation): RegistryEntry {
  const known = BY_VERB.get(operation.verb);
  if (known === undefined) throw new TypeError(`the registry has no ${operation.verb}`);
  return known;
}

/** Whether it changes anything; all of the registry's other entries only read. */
export function isWrite(operation: Operation): operation is WriteOperation {
  return entryOf(operation).actionType !== null;
}

export function classOf(operation: Operation): OperationClass {
  return entryOf(operation).classOf(operation);
}

/** Null for a read. */
export function actionTypeOf(operation: Operation): ActionType | null {
  return entryOf(operation).actionType;
}

export function requestsOf(operation: Operation): readonly ApiRequest[] {
  return entryOf(operation).requests(operation);
}
