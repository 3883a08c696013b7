import { POD } from '../../core/kinds.ts';
import type { DeletePodOperation } from '../../core/operation.ts';
import { containersOf, controllerOf } from '../../core/pods.ts';
import { fetchObject } from '../lists.ts';
import { typedObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { nameOf, shortImages } from './workload.ts';

/** `kubectl delete pod`, only of a pod that somebody makes anew. @throws ReadFailed */
export async function prepareDeletePod(
  reading: Reading,
  operation: DeletePodOperation,
): Promise<Proposal | NoProposal> {
  const live = await fetchObject(reading, POD, operation.namespace, operation.name);
  const pod = typedObject(live);
  if (pod.metadata?.deletionTimestamp !== undefined)
    return refuse(`${nameOf(live)} is being deleted already.`);
  const owner = controllerOf(pod);
  if (owner === undefined) {
    return refuse(
      `${nameOf(live)} has no controller: once deleted it would not come back. firstmate leaves it alone.`,
    );
  }
  if (owner.kind === 'Node') {
    return refuse(
      `${nameOf(live)} is a static pod of node ${owner.name}: deleting it in the API does nothing to it.`,
    );
  }
  const { graceSeconds } = operation;
  const options = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds };
  const images = shortImages(containersOf(pod).map((one) => one.image));
  return {
    changes: [{ kind: POD, live, change: { do: 'delete', options }, reviewed: [] }],
    inverse: null,
    blast: {
      objects: 1,
      pods: 1,
      says: `${nameOf(live)} goes, ${owner.kind} ${owner.name} makes another one in its place; the old one cannot be brought back`,
    },
    fromVersion: images,
    toVersion: `${images}, made anew by ${owner.kind} ${owner.name}`,
    facts: NO_FACTS,
  };
}
