import { text } from '../core/facts/fields.ts';
import type { JsonObject } from '../core/json.ts';
import { objectName } from '../core/kube.ts';
import type { FrozenRequest, PlanTarget } from '../core/plan.ts';
import type { Arrival } from '../core/ports/cluster.ts';
import { changedField, fieldName } from './writes/reviewed.ts';

/**
 * Whether a write arrived, by its mark on the object as it is now (undefined: it is not there). Only an object that
 * bears no mark of this plan and still is as it was reviewed counts as untouched; anything else nobody can tell.
 */
export function judgeArrival(
  request: FrozenRequest,
  target: PlanTarget,
  live: JsonObject | undefined,
): Arrival {
  const what = objectName(target.ref);
  if (request.arrival.kind === 'uid_gone') return judgeDeletion(request.arrival.uid, what, live);
  if (live === undefined) {
    return { status: 'unknown', says: `${what} is gone, so nobody can tell whether it was changed before.` };
  }
  const { key, value } = request.arrival;
  if (text(live, 'metadata', 'annotations', key) === value) {
    return { status: 'arrived', says: `${what} bears the mark of this plan.` };
  }
  if (text(live, 'metadata', 'uid') !== target.uid) {
    return {
      status: 'unknown',
      says: `${what} was made anew since, so nobody can tell whether it was changed before.`,
    };
  }
  const changed = changedField(live, target.reviewed);
  if (changed !== undefined) {
    return {
      status: 'unknown',
      says: `${what} bears no mark of this plan, but ${fieldName(changed)} is not as it was: somebody may have written over it.`,
    };
  }
  return { status: 'not_arrived', says: `${what} bears no mark of this plan and is as it was.` };
}

function judgeDeletion(uid: string, what: string, live: JsonObject | undefined): Arrival {
  if (live === undefined) return { status: 'arrived', says: `${what} is gone.` };
  if (text(live, 'metadata', 'uid') !== uid)
    return { status: 'arrived', says: `${what} is another one by now.` };
  return text(live, 'metadata', 'deletionTimestamp') === ''
    ? { status: 'not_arrived', says: `${what} is still there and is not being deleted.` }
    : { status: 'arrived', says: `${what} is being deleted.` };
}
