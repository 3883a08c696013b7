import { text } from '../core/facts/fields.ts';
import { REVISION_ANNOTATION } from '../core/facts/workload.ts';
import type { JsonObject } from '../core/json.ts';
import type { Revision } from './revisions.ts';

/**
 * The revision that a workload's template is now: by the Deployment's own annotation, by a StatefulSet's
 * `status.updateRevision`, else the newest.
 */
export function presentRevision(workload: JsonObject, revisions: readonly Revision[]): Revision | undefined {
  const number = text(workload, 'metadata', 'annotations', REVISION_ANNOTATION);
  const name = text(workload, 'status', 'updateRevision');
  return (
    revisions.find((one) => String(one.number) === number) ??
    revisions.find((one) => one.name === name) ??
    revisions[0]
  );
}
