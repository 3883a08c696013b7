import { valueAt } from '../../core/diff.ts';
import { integer } from '../../core/facts/fields.ts';
import { templateImages } from '../../core/facts/object.ts';
import { JOB } from '../../core/kinds.ts';
import type { DeleteJobOperation } from '../../core/operation.ts';
import { controllerOf } from '../../core/pods.ts';
import { fetchObject } from '../lists.ts';
import { typedObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { count, nameOf, shortImages } from './workload.ts';

/** `kubectl delete job`: its pods go with it, behind it. @throws ReadFailed */
export async function prepareDeleteJob(
  reading: Reading,
  { namespace, name }: DeleteJobOperation,
): Promise<Proposal | NoProposal> {
  const live = await fetchObject(reading, JOB, namespace, name);
  const job = typedObject(live);
  if (job.metadata?.deletionTimestamp !== undefined)
    return refuse(`${nameOf(live)} is being deleted already.`);
  const active = integer(live, ['status', 'active']);
  const pods = active + integer(live, ['status', 'succeeded']) + integer(live, ['status', 'failed']);
  const owner = controllerOf(job);
  const after =
    owner === undefined
      ? 'nobody makes it anew'
      : `${owner.kind} ${owner.name} makes another one at its next time`;
  const images = shortImages(templateImages(valueAt(live, '/spec/template')));
  return {
    changes: [
      {
        kind: JOB,
        live,
        change: { do: 'delete', options: { propagationPolicy: 'Background' } },
        reviewed: [],
      },
    ],
    inverse: null,
    blast: {
      objects: 1,
      pods,
      says: `${nameOf(live)} goes with its ${count(pods, 'pod')}, ${active} of them running, and their logs; ${after}`,
    },
    fromVersion: images,
    toVersion: 'deleted',
    facts: NO_FACTS,
  };
}
