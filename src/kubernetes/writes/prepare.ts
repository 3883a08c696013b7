import type { WriteOperation } from '../../core/operation.ts';
import type { Reading } from '../reading.ts';
import { prepareCordon } from './cordon.ts';
import { prepareDeleteJob } from './delete-job.ts';
import { prepareDeletePod } from './delete-pod.ts';
import { prepareDrain } from './drain.ts';
import { prepareMetadata } from './metadata.ts';
import { preparePatch } from './patch-fields.ts';
import type { NoProposal, Preparing, Proposal } from './proposal.ts';
import { preparePause } from './rollout-pause.ts';
import { prepareRestart } from './rollout-restart.ts';
import { prepareUndo } from './rollout-undo.ts';
import { prepareScale } from './scale.ts';
import { prepareSetImage } from './set-image.ts';
import { prepareSetResources } from './set-resources.ts';

/** What a write comes to on the objects as they are now; each verb of the registry has its own way. @throws ReadFailed */
export function prepare(
  reading: Reading,
  operation: WriteOperation,
  about: Preparing,
): Promise<Proposal | NoProposal> {
  switch (operation.verb) {
    case 'rollout undo':
      return prepareUndo(reading, operation);
    case 'rollout restart':
      return prepareRestart(reading, operation, about);
    case 'scale':
      return prepareScale(reading, operation);
    case 'rollout pause':
    case 'rollout resume':
      return preparePause(reading, operation);
    case 'set image':
      return prepareSetImage(reading, operation);
    case 'set resources':
      return prepareSetResources(reading, operation);
    case 'cordon':
    case 'uncordon':
      return prepareCordon(reading, operation);
    case 'drain':
      return prepareDrain(reading, operation);
    case 'delete pod':
      return prepareDeletePod(reading, operation);
    case 'delete job':
      return prepareDeleteJob(reading, operation);
    case 'label':
    case 'annotate':
      return prepareMetadata(reading, operation);
    case 'patch':
      return preparePatch(reading, operation);
  }
}
