import { valueAt } from '../../core/diff.ts';
import { list, text } from '../../core/facts/fields.ts';
import type { SetImageOperation } from '../../core/operation.ts';
import { isPaused } from '../../core/rollout.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { containerPointer, fieldPointers, fieldSteps } from './fields.ts';
import { inverseBy, NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { count, nameOf, replicasOf, shortImages } from './workload.ts';

const POD_SPEC = '/spec/template/spec';

/** `kubectl set image`, of containers and init containers by their names. @throws ReadFailed */
export async function prepareSetImage(
  reading: Reading,
  operation: SetImageOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name } = operation;
  const live = await fetchObject(reading, kind, namespace, name);
  const found = operation.images.map(({ container, image }) => {
    const pointer = containerPointer(live, POD_SPEC, container, ['containers', 'initContainers']);
    return { container, image, pointer, before: text(valueAt(live, pointer ?? '/none'), 'image') };
  });
  const missing = found.find(({ pointer }) => pointer === undefined);
  if (missing !== undefined) {
    const names = list(valueAt(live, POD_SPEC), 'containers').map((one) => text(one, 'name'));
    return refuse(`${nameOf(live)} has no container ${missing.container}; it has ${names.join(', ')}.`);
  }
  const changed = found.filter(({ image, before }) => image !== before);
  if (changed.length === 0) {
    return refuse(`${nameOf(live)} has ${shortImages(found.map(({ image }) => image))} already.`);
  }
  const fields = changed.map(({ pointer, image }) => ({ pointer: `${pointer}/image`, value: image }));
  const replicas = replicasOf(live);
  const waits = isPaused(live) ? '; it is paused, so nothing happens until it is resumed' : '';
  return {
    changes: [
      {
        kind,
        live,
        change: { do: 'patch', steps: fieldSteps(live, fields) },
        reviewed: fieldPointers(fields),
      },
    ],
    inverse: inverseBy(
      { ...operation, images: changed.map(({ container, before }) => ({ container, image: before })) },
      'Set it back',
    ),
    blast: {
      objects: 1,
      pods: replicas,
      says: `${count(replicas, 'pod')} of ${nameOf(live)}, replaced step by step as its rollout strategy says${waits}`,
    },
    fromVersion: shortImages(changed.map(({ before }) => before)),
    toVersion: shortImages(changed.map(({ image }) => image)),
    facts: { ...NO_FACTS, images: changed.map(({ image }) => image) },
  };
}
