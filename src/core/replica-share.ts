import type { ActionType } from './operation.ts';
import type { Draft } from './plan.ts';
import { boundsMoved, setsBounds } from './safety/autoscaling.ts';

type Change = { readonly type: ActionType; readonly draft: Pick<Draft, 'blast' | 'diff' | 'facts'> };

/** How many replicas more or fewer there will be, or may be by an autoscaler's new bounds; null where the numbers are not known. */
export function replicaDelta({ type, draft }: Change): number | null {
  const { autoscaling, replicasBefore, replicasAfter } = draft.facts;
  if (type !== 'scale' && !(type === 'patch' && setsBounds(draft.diff))) return 0;
  if (replicasBefore === null || replicasAfter === null) return null;
  if (type === 'patch' && autoscaling === undefined) return null;
  const moved = autoscaling === undefined ? 0 : boundsMoved(autoscaling);
  return Math.max(moved, Math.abs(replicasAfter - replicasBefore));
}

/**
 * Which share of a workload's replicas a change touches, the largest where it touches several; null where it is not
 * known. Of no replicas at all, any is more than every share.
 */
export function replicaShare({ type, draft }: Change): number | null {
  const { blast, facts } = draft;
  switch (type) {
    // These replace every replica, one after the other.
    case 'rollback':
    case 'restart':
    case 'set_image':
    case 'set_resources':
      return 1;
    case 'scale':
      return shareOf(replicaDelta({ type, draft }), facts.replicasBefore);
    case 'patch':
      return setsBounds(draft.diff)
        ? shareOf(replicaDelta({ type, draft }), facts.replicasBefore)
        : allOrNone(blast.pods);
    case 'delete_pod':
    case 'drain':
    case 'label':
      if (blast.pods === 0) return 0;
      return facts.taken === undefined
        ? null
        : Math.max(...facts.taken.map(({ pods, replicas }) => shareOf(pods, replicas) ?? 1));
    case 'resume_rollout':
    case 'delete_job':
      return allOrNone(blast.pods);
    case 'pause_rollout':
    case 'cordon':
    case 'uncordon':
    case 'annotate':
      return 0;
  }
}

function allOrNone(pods: number): number {
  return pods === 0 ? 0 : 1;
}

function shareOf(touched: number | null, replicas: number | null): number | null {
  if (touched === null || replicas === null) return null;
  if (touched === 0) return 0;
  return replicas === 0 ? Number.POSITIVE_INFINITY : Math.round((touched / replicas) * 1000) / 1000;
}

/** The same of what happens at once: what an autoscaler may do later within its new bounds is left out. */
export function shareNow({ type, draft }: Change): number | null {
  const { autoscaling, replicasBefore } = draft.facts;
  return autoscaling === undefined
    ? replicaShare({ type, draft })
    : shareOf(draft.blast.pods, replicasBefore);
}
