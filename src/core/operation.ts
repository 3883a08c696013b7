/** The closed set of things that can be asked of a cluster. What is not here cannot be expressed. */

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

export type GetOperation = {
  readonly verb: 'get';
  readonly kinds: readonly KindRef[];
  readonly names: readonly string[];
  /** null: all namespaces, or a kind that has none. */
  readonly namespace: string | null;
  readonly selector: string | null;
  readonly fieldSelector: string | null;
  readonly output: 'table' | 'wide' | 'yaml' | 'json' | 'name';
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
export type RolloutUndoOperation = {
  readonly verb: 'rollout undo';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  /** null: the revision before the present one. */
  readonly toRevision: number | null;
};
export type RolloutRestartOperation = {
  readonly verb: 'rollout restart';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
};
export type ScaleOperation = {
  readonly verb: 'scale';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly currentReplicas: number | null;
};
export type DeletePodOperation = {
  readonly verb: 'delete pod';
  readonly name: string;
  readonly namespace: string;
};

export type ReadOperation =
  | GetOperation
  | DescribeOperation
  | LogsOperation
  | EventsOperation
  | TopOperation
  | RolloutStatusOperation
  | RolloutHistoryOperation;
export type WriteOperation =
  | RolloutUndoOperation
  | RolloutRestartOperation
  | ScaleOperation
  | DeletePodOperation;
export type Operation = ReadOperation | WriteOperation;

/** `read` changes nothing; `mutate` can be taken back; `destructive` cannot be in place, or is an outage. */
export type OperationClass = 'read' | 'mutate' | 'destructive';

/** The word that policies and runbooks use for a write. */
export type ActionType = 'rollback' | 'restart' | 'scale' | 'delete_pod';
export const ACTION_TYPES: readonly ActionType[] = ['rollback', 'restart', 'scale', 'delete_pod'];
