/** The closed set of things that can be asked of a cluster. What is not here cannot be expressed. */
import type { ApiRequest } from './api-request.ts';
import { type AskedKind, isAsked, type KindRef } from './kinds.ts';
import { READ_SPECS, type ReadOperation, type ReadVerb } from './read-operations.ts';
import { type ActionType, WRITE_SPECS, type WriteClass, type WriteOperation } from './write-operations.ts';

export type { KindRef } from './kinds.ts';
export type * from './read-operations.ts';
export type * from './write-operations.ts';

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

/** A read changes nothing and is nobody's action. */
const readEntry = <V extends ReadVerb>(verb: V, spec: Pick<Spec<V>, 'kinds' | 'requests'>): RegistryEntry =>
  entry(verb, { ...spec, actionType: null, classOf: () => 'read' });

const READ_ENTRIES: readonly RegistryEntry[] = [
  readEntry('get', READ_SPECS.get),
  readEntry('get --raw', READ_SPECS['get --raw']),
  readEntry('describe', READ_SPECS.describe),
  readEntry('logs', READ_SPECS.logs),
  readEntry('events', READ_SPECS.events),
  readEntry('top', READ_SPECS.top),
  readEntry('rollout status', READ_SPECS['rollout status']),
  readEntry('rollout history', READ_SPECS['rollout history']),
  readEntry('auth can-i', READ_SPECS['auth can-i']),
  readEntry('version', READ_SPECS.version),
  readEntry('api-resources', READ_SPECS['api-resources']),
];

/** Everything that can be asked of a cluster, one entry an operation. */
export const REGISTRY: readonly RegistryEntry[] = Object.freeze([...READ_ENTRIES, ...WRITE_ENTRIES]);

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

/** The kinds that the cluster still has to be asked about. */
export function askedKindsOf(operation: Operation): readonly AskedKind[] {
  if (operation.verb === 'get') return operation.kinds.filter(isAsked);
  return operation.verb === 'describe' && isAsked(operation.kind) ? [operation.kind] : [];
}
