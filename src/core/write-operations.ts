/** The changes that can be made to a cluster, one specification a verb. What is not here cannot be expressed. */
import { type ApiRequest, changed, got, workload } from './api-request.ts';
import {
  DEPLOYMENT,
  HORIZONTAL_POD_AUTOSCALER,
  type KindRef,
  POD,
  ROLLOUT_KINDS,
  STATEFUL_SET,
} from './kinds.ts';

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

export type WriteOperation =
  | RolloutUndoOperation
  | RolloutRestartOperation
  | ScaleOperation
  | DeletePodOperation;
export type WriteVerb = WriteOperation['verb'];

/** `mutate` changes one object and can be taken back; `destructive` cannot be in place, is an outage, or touches many. */
export type WriteClass = 'mutate' | 'destructive';

/** The word that policies and runbooks use for a write. */
export type ActionType = 'rollback' | 'restart' | 'scale' | 'delete_pod';
export const ACTION_TYPES: readonly ActionType[] = ['rollback', 'restart', 'scale', 'delete_pod'];

export const SCALE_KINDS: readonly KindRef[] = [DEPLOYMENT, STATEFUL_SET];

export type WriteOperationOf<V extends WriteVerb> = Extract<WriteOperation, { verb: V }>;
/** What is known of one verb; all of it is data or follows from the operation alone. */
export type WriteSpec<V extends WriteVerb> = {
  readonly kinds: readonly KindRef[];
  readonly actionType: ActionType;
  readonly classOf: (operation: WriteOperationOf<V>) => WriteClass;
  /** All requests that carrying it out may take; any other is a fault. */
  readonly requests: (operation: WriteOperationOf<V>) => readonly ApiRequest[];
};

const mutate = (): WriteClass => 'mutate';
const destructive = (): WriteClass => 'destructive';

type Named = { readonly kind: KindRef; readonly name: string; readonly namespace: string };
const patched = ({ kind, name, namespace }: Named): readonly ApiRequest[] => [
  ...workload({ kind, name, namespace }),
  ...changed('PATCH', kind, namespace, name),
];

/** Every change that can be made to a cluster. */
export const WRITE_SPECS: { readonly [V in WriteVerb]: WriteSpec<V> } = {
  'rollout undo': {
    kinds: ROLLOUT_KINDS,
    actionType: 'rollback',
    classOf: mutate,
    requests: patched,
  },
  'rollout restart': {
    kinds: ROLLOUT_KINDS,
    actionType: 'restart',
    classOf: mutate,
    requests: patched,
  },
  scale: {
    kinds: SCALE_KINDS,
    actionType: 'scale',
    classOf: ({ replicas }) => (replicas === 0 ? 'destructive' : 'mutate'),
    requests: (operation) => [
      ...workload(operation),
      // What an autoscaler holds is not scaled by hand.
      got(HORIZONTAL_POD_AUTOSCALER, operation.namespace, null),
      ...changed('PATCH', operation.kind, operation.namespace, operation.name),
    ],
  },
  'delete pod': {
    kinds: [POD],
    actionType: 'delete_pod',
    classOf: destructive,
    requests: ({ namespace, name }) => [
      got(POD, namespace, name),
      ...changed('DELETE', POD, namespace, name),
    ],
  },
};
