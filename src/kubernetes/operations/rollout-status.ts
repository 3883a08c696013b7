import { field, secondsSince } from '../../core/facts/fields.ts';
import { replicaCounts, templateImage } from '../../core/facts/workload.ts';
import type { RolloutStatusOperation } from '../../core/operation.ts';
import { rolloutState } from '../../core/rollout.ts';
import { fetchObject } from '../lists.ts';
import { kubeObject } from '../objects.ts';
import { presentRevision } from '../present-revision.ts';
import type { Reading } from '../reading.ts';
import { revisionsOf } from '../revisions.ts';
import type { View } from './view.ts';

/**
 * `kubectl rollout status --watch=false`: one look. `ageSeconds` counts from when the present revision was first made,
 * which for a revision that was rolled back to lies further back than the rollback. @throws ReadFailed
 */
export async function rolloutStatus(reading: Reading, operation: RolloutStatusOperation): Promise<View> {
  const raw = await fetchObject(reading, operation.kind, operation.namespace, operation.name);
  const present = presentRevision(raw, await revisionsOf(reading, raw));
  const workload = kubeObject(raw);
  const { desired, updated, available } = replicaCounts(workload);
  const state = rolloutState(workload);
  return {
    text: state.message,
    facts: {
      done: state.done,
      message: state.message,
      revision: present?.number ?? 0,
      ageSeconds: secondsSince(present?.createdAt ?? workload.metadata?.creationTimestamp, reading.now),
      desired,
      updated,
      available,
      image: templateImage(field(workload, 'spec', 'template')),
      stuck: state.stuck,
    },
    objects: [workload],
  };
}
