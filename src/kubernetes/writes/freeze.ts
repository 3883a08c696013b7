import { text } from '../../core/facts/fields.ts';
import type { PlanId } from '../../core/ids.ts';
import type { Json } from '../../core/json.ts';
import { apiPath } from '../../core/kinds.ts';
import type { FrozenRequest } from '../../core/plan.ts';
import { annotationSteps, PLAN_ANNOTATION } from './patch.ts';
import type { Proposal } from './proposal.ts';

/**
 * The request of a proposal as it will go over the wire: bound to the object's UID, and with the mark by which its
 * arrival can be read back.
 */
export function freeze({ kind, live, change }: Proposal, plan: PlanId): FrozenRequest {
  const uid = text(live, 'metadata', 'uid');
  const path = apiPath(kind, text(live, 'metadata', 'namespace'), text(live, 'metadata', 'name'));
  if (change === 'delete') {
    return {
      method: 'DELETE',
      path,
      contentType: 'application/json',
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } },
      arrival: { kind: 'uid_gone', uid },
    };
  }
  const body: Json = [
    { op: 'test', path: '/metadata/uid', value: uid },
    ...change.steps,
    ...annotationSteps(live, { [PLAN_ANNOTATION]: plan }),
  ];
  return {
    method: 'PATCH',
    path,
    contentType: 'application/json-patch+json',
    body,
    arrival: { kind: 'annotation', key: PLAN_ANNOTATION, value: plan },
  };
}
