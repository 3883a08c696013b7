import type { ActionType } from './operation.ts';
import type { Draft } from './plan.ts';

/** Those that replace every replica, one after the other. */
const ROLLOUTS: ReadonlySet<string> = new Set(['rollback', 'restart', 'set_image', 'set_resources']);
/** Those that leave the number of replicas as it is. Of any other the numbers must be known. */
const KEEP_REPLICAS: ReadonlySet<string> = new Set([
  ...ROLLOUTS,
  ...['pause_rollout', 'resume_rollout', 'delete_pod', 'delete_job'],
  ...['cordon', 'uncordon', 'drain', 'label', 'annotate'],
]);

type Change = { readonly type: ActionType; readonly draft: Pick<Draft, 'blast' | 'facts'> };

/** How many replicas more or fewer there will be; null where the numbers are not known. */
export function replicaDelta({ type, draft }: Change): number | null {
  if (KEEP_REPLICAS.has(type)) return 0;
  const { replicasBefore, replicasAfter } = draft.facts;
  return replicasBefore === null || replicasAfter === null ? null : Math.abs(replicasAfter - replicasBefore);
}

/** Which share of the workload's replicas a change touches; null where it is not known. Of no replicas at all, any is more than every share. */
export function replicaShare({ type, draft }: Change): number | null {
  if (ROLLOUTS.has(type)) return 1;
  const { replicasBefore } = draft.facts;
  if (replicasBefore === null) return null;
  const touched = type === 'scale' ? replicaDelta({ type, draft }) : draft.blast.pods;
  if (touched === null) return null;
  if (touched === 0) return 0;
  return replicasBefore === 0
    ? Number.POSITIVE_INFINITY
    : Math.round((touched / replicasBefore) * 1000) / 1000;
}
