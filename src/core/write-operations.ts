/** The changes that can be made to a cluster, one specification a verb. What is not here cannot be expressed. */
import { type ApiRequest, changed, evicted, got, workload } from './api-request.ts';
import {
  CRON_JOB,
  DEPLOYMENT,
  HORIZONTAL_POD_AUTOSCALER,
  JOB,
  type KindRef,
  NODE,
  POD,
  REPLICA_SET,
  ROLLOUT_KINDS,
  SERVICE,
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
export type RolloutPauseOperation = {
  readonly verb: 'rollout pause';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
};
export type RolloutResumeOperation = {
  readonly verb: 'rollout resume';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
};
export type SetImageOperation = {
  readonly verb: 'set image';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  readonly images: readonly { readonly container: string; readonly image: string }[];
};
/** Quantities by resource (`cpu`, `memory`, `ephemeral-storage`); what is not named stays. */
export type Quantities = { readonly [resource: string]: string };
export type SetResourcesOperation = {
  readonly verb: 'set resources';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  /** Null: all containers of the template. */
  readonly container: string | null;
  readonly limits: Quantities;
  readonly requests: Quantities;
};
export type CordonOperation = {
  readonly verb: 'cordon';
  /** The node's. */
  readonly name: string;
  readonly namespace: null;
};
export type UncordonOperation = {
  readonly verb: 'uncordon';
  readonly name: string;
  readonly namespace: null;
};
export type DrainOperation = {
  readonly verb: 'drain';
  readonly name: string;
  readonly namespace: null;
  /** Leave to lose what pods keep in emptyDir volumes. */
  readonly deleteEmptyDirData: boolean;
  /** Leave to evict pods that nobody makes anew. */
  readonly force: boolean;
  /** How long it may wait for disruption budgets. */
  readonly timeoutSeconds: number;
  /** Null: what each pod asks for. */
  readonly graceSeconds: number | null;
};
export type DeletePodOperation = {
  readonly verb: 'delete pod';
  readonly name: string;
  readonly namespace: string;
  /** Absent: what the pod asks for. 0 (kubectl's --force) does not wait for the node to say that it ended. */
  readonly graceSeconds?: number;
};
export type DeleteJobOperation = {
  readonly verb: 'delete job';
  readonly name: string;
  readonly namespace: string;
};
/** One label or annotation; null takes it away. */
export type MetadataChange = { readonly key: string; readonly value: string | null };
export type LabelOperation = {
  readonly verb: 'label';
  readonly kind: KindRef;
  readonly name: string;
  /** Null for a node. */
  readonly namespace: string | null;
  /** Sorted by key. */
  readonly changes: readonly MetadataChange[];
  /** Leave to change a value that is there. */
  readonly overwrite: boolean;
};
export type AnnotateOperation = Omit<LabelOperation, 'verb'> & { readonly verb: 'annotate' };
/** One field of the closed list of core/patch-fields.ts; null takes it away. */
export type PatchChange = { readonly path: string; readonly value: PatchValue };
export type PatchValue = string | number | boolean | null;
export type PatchOperation = {
  readonly verb: 'patch';
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  /** Sorted by path. */
  readonly changes: readonly PatchChange[];
};

export type WriteOperation =
  | RolloutUndoOperation
  | RolloutRestartOperation
  | RolloutPauseOperation
  | RolloutResumeOperation
  | ScaleOperation
  | SetImageOperation
  | SetResourcesOperation
  | CordonOperation
  | UncordonOperation
  | DrainOperation
  | DeletePodOperation
  | DeleteJobOperation
  | LabelOperation
  | AnnotateOperation
  | PatchOperation;
export type WriteVerb = WriteOperation['verb'];

/** `mutate` changes one object and can be taken back; `destructive` cannot be in place, is an outage, or touches many. */
export type WriteClass = 'mutate' | 'destructive';

/** The words that policies and runbooks use for a write. */
export const ACTION_TYPES = [
  'rollback',
  'restart',
  'pause_rollout',
  'resume_rollout',
  'scale',
  'set_image',
  'set_resources',
  'cordon',
  'uncordon',
  'drain',
  'delete_pod',
  'delete_job',
  'label',
  'annotate',
  'patch',
] as const;
export type ActionType = (typeof ACTION_TYPES)[number];

export const SCALE_KINDS: readonly KindRef[] = [DEPLOYMENT, STATEFUL_SET];
/** Only a Deployment's rollout can be paused. */
export const PAUSE_KINDS: readonly KindRef[] = [DEPLOYMENT];
export const PATCH_KINDS: readonly KindRef[] = [...ROLLOUT_KINDS, HORIZONTAL_POD_AUTOSCALER, CRON_JOB];
/** What may get a label or an annotation. A Namespace may not: its labels decide which policies hold in it. */
export const METADATA_KINDS: readonly KindRef[] = [
  POD,
  ...ROLLOUT_KINDS,
  REPLICA_SET,
  JOB,
  CRON_JOB,
  HORIZONTAL_POD_AUTOSCALER,
  SERVICE,
  NODE,
];

export type WriteOperationOf<V extends WriteVerb> = Extract<WriteOperation, { verb: V }>;
/** What is known of one verb; all of it is data or follows from the operation alone. */
export type WriteSpec<V extends WriteVerb> = {
  readonly kinds: readonly KindRef[];
  readonly actionType: ActionType;
  readonly classOf: (operation: WriteOperationOf<V>) => WriteClass;
  /** All requests that carrying it out may take; any other is a fault. */
  readonly requests: (operation: WriteOperationOf<V>) => readonly ApiRequest[];
  /** The verbs by which it is taken back; none where it cannot be. */
  readonly takenBackBy: readonly WriteVerb[];
};

const mutate = (): WriteClass => 'mutate';
const destructive = (): WriteClass => 'destructive';

type Named = { readonly kind: KindRef; readonly name: string; readonly namespace: string | null };
/** Looks at one object and changes it. */
const patched = ({ kind, name, namespace }: Named): readonly ApiRequest[] => [
  got(kind, namespace, name),
  ...changed('PATCH', kind, namespace, name),
];
/** The same for what needs to know the workload's revisions and pods. */
const rolled = (about: Named & { readonly namespace: string }): readonly ApiRequest[] => [
  ...workload(about),
  ...changed('PATCH', about.kind, about.namespace, about.name),
];
const node = ({ name }: { readonly name: string }) => patched({ kind: NODE, name, namespace: null });

/** Every change that can be made to a cluster. */
export const WRITE_SPECS: { readonly [V in WriteVerb]: WriteSpec<V> } = {
  'rollout undo': {
    kinds: ROLLOUT_KINDS,
    actionType: 'rollback',
    classOf: mutate,
    requests: rolled,
    takenBackBy: ['rollout undo'],
  },
  'rollout restart': {
    kinds: ROLLOUT_KINDS,
    actionType: 'restart',
    classOf: mutate,
    requests: rolled,
    takenBackBy: [],
  },
  'rollout pause': {
    kinds: PAUSE_KINDS,
    actionType: 'pause_rollout',
    classOf: mutate,
    requests: patched,
    takenBackBy: ['rollout resume'],
  },
  'rollout resume': {
    kinds: PAUSE_KINDS,
    actionType: 'resume_rollout',
    classOf: mutate,
    requests: patched,
    takenBackBy: ['rollout pause'],
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
    takenBackBy: ['scale'],
  },
  'set image': {
    kinds: ROLLOUT_KINDS,
    actionType: 'set_image',
    classOf: mutate,
    requests: patched,
    takenBackBy: ['set image'],
  },
  'set resources': {
    kinds: ROLLOUT_KINDS,
    actionType: 'set_resources',
    classOf: mutate,
    requests: patched,
    // What was not set before is taken away by a patch: kubectl's `set resources` cannot.
    takenBackBy: ['set resources', 'patch'],
  },
  cordon: {
    kinds: [NODE],
    actionType: 'cordon',
    classOf: mutate,
    requests: node,
    takenBackBy: ['uncordon'],
  },
  uncordon: {
    kinds: [NODE],
    actionType: 'uncordon',
    classOf: mutate,
    requests: node,
    takenBackBy: ['cordon'],
  },
  drain: {
    kinds: [NODE],
    actionType: 'drain',
    classOf: destructive,
    requests: (operation) => [...node(operation), got(POD, null, null), ...evicted()],
    // Only that pods may come again; those that went stay where they are.
    takenBackBy: ['uncordon'],
  },
  'delete pod': {
    kinds: [POD],
    actionType: 'delete_pod',
    classOf: destructive,
    requests: ({ namespace, name }) => [
      got(POD, namespace, name),
      ...changed('DELETE', POD, namespace, name),
    ],
    takenBackBy: [],
  },
  'delete job': {
    kinds: [JOB],
    actionType: 'delete_job',
    classOf: destructive,
    requests: ({ namespace, name }) => [
      got(JOB, namespace, name),
      ...changed('DELETE', JOB, namespace, name),
    ],
    takenBackBy: [],
  },
  label: {
    kinds: METADATA_KINDS,
    actionType: 'label',
    classOf: mutate,
    requests: patched,
    takenBackBy: ['label'],
  },
  annotate: {
    kinds: METADATA_KINDS,
    actionType: 'annotate',
    classOf: mutate,
    requests: patched,
    takenBackBy: ['annotate'],
  },
  patch: {
    kinds: PATCH_KINDS,
    actionType: 'patch',
    classOf: ({ changes }) =>
      changes.some(leavesNone) || changes.some(dropsHistory) || stopsAllAtOnce(changes)
        ? 'destructive'
        : 'mutate',
    requests: patched,
    takenBackBy: ['patch'],
  },
};

/** An autoscaler whose bound is zero scales to zero. */
function leavesNone({ path, value }: PatchChange): boolean {
  return (path === '/spec/minReplicas' || path === '/spec/maxReplicas') && value === 0;
}

/** What is above the limit (revisions to go back to, finished Jobs) is deleted at once, and no later limit brings it back. */
function dropsHistory({ path }: PatchChange): boolean {
  return path.endsWith('HistoryLimit');
}

/** A rollout that may stop all pods together is an outage; without a change of the template nothing rolls out. */
function stopsAllAtOnce(changes: readonly PatchChange[]): boolean {
  return (
    changes.some(({ path }) => path.startsWith('/spec/template/')) &&
    changes.some(
      ({ path, value }) =>
        path.endsWith('/rollingUpdate/maxUnavailable') &&
        (value === '100%' || (typeof value === 'number' && value > 1)),
    )
  );
}
