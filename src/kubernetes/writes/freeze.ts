import { escapePointer } from '../../core/diff.ts';
import { text } from '../../core/facts/fields.ts';
import type { PlanId } from '../../core/ids.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { apiPath } from '../../core/kinds.ts';
import type { FrozenRequest } from '../../core/plan.ts';
import { annotationSteps, type PatchStep, PLAN_ANNOTATION } from './patch.ts';
import type { ObjectChange } from './proposal.ts';

const ANNOTATIONS = '/metadata/annotations';

/**
 * The request of a change as it will go over the wire: bound to the object's UID, and with the mark by which its
 * arrival can be read back.
 */
export function freeze({ kind, live, change }: ObjectChange, plan: PlanId): FrozenRequest {
  const uid = text(live, 'metadata', 'uid');
  const name = text(live, 'metadata', 'name');
  const namespace = text(live, 'metadata', 'namespace');
  const path = apiPath(kind, namespace, name);
  switch (change.do) {
    case 'patch': {
      const body: Json = [
        { op: 'test', path: '/metadata/uid', value: uid },
        ...change.steps,
        ...mark(live, change.steps, plan),
      ];
      return {
        method: 'PATCH',
        path,
        contentType: 'application/json-patch+json',
        body,
        arrival: { kind: 'annotation', key: PLAN_ANNOTATION, value: plan },
      };
    }
    case 'delete':
      return {
        method: 'DELETE',
        path,
        contentType: 'application/json',
        body: { apiVersion: 'v1', kind: 'DeleteOptions', ...change.options, preconditions: { uid } },
        arrival: { kind: 'uid_gone', uid },
      };
    case 'evict':
      // https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
      return {
        method: 'POST',
        path: `${path}/eviction`,
        contentType: 'application/json',
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name, namespace },
          deleteOptions: { ...change.options, preconditions: { uid } },
        },
        arrival: { kind: 'uid_gone', uid },
        patienceMs: change.patienceMs,
      };
  }
}

/** The plan's mark; where the change itself makes the first annotations, it stands beside them. */
function mark(live: JsonObject, steps: readonly PatchStep[], plan: PlanId): readonly PatchStep[] {
  const made = steps.some((step) => step.op === 'add' && step.path === ANNOTATIONS);
  if (!made) return annotationSteps(live, { [PLAN_ANNOTATION]: plan });
  return [{ op: 'add', path: `${ANNOTATIONS}/${escapePointer(PLAN_ANNOTATION)}`, value: plan }];
}
