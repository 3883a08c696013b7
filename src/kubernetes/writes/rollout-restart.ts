import { escapePointer, firstMissing, valueAt } from '../../core/diff.ts';
import { templateImages } from '../../core/facts/object.ts';
import { isJsonObject } from '../../core/json.ts';
import type { RolloutRestartOperation } from '../../core/operation.ts';
import { isPaused } from '../../core/rollout.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { type PatchStep, testStep } from './patch.ts';
import { NO_FACTS, type NoProposal, type Preparing, type Proposal, refuse } from './proposal.ts';
import { count, nameOf, replicasOf, shortImages } from './workload.ts';

const ANNOTATIONS = '/spec/template/metadata/annotations';
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';

/** `kubectl rollout restart`, with the time of the restart frozen. @throws ReadFailed */
export async function prepareRestart(
  reading: Reading,
  operation: RolloutRestartOperation,
  about: Preparing,
): Promise<Proposal | NoProposal> {
  const live = await fetchObject(reading, operation.kind, operation.namespace, operation.name);
  if (isPaused(live)) return refuse(`${nameOf(live)} is paused: a restart would wait until it is resumed.`);
  const replicas = replicasOf(live);
  const image = shortImages(templateImages(valueAt(live, '/spec/template')));
  const pointer = `${ANNOTATIONS}/${escapePointer(RESTARTED_AT)}`;
  const at = about.now.replace(/\.\d+Z$/, 'Z');
  return {
    changes: [
      {
        kind: operation.kind,
        live,
        change: {
          do: 'patch',
          steps: [testStep(live, pointer), ...parents(live), { op: 'add', path: pointer, value: at }],
        },
        reviewed: [pointer],
      },
    ],
    inverse: null,
    blast: {
      objects: 1,
      pods: replicas,
      says: `${count(replicas, 'pod')} of ${nameOf(live)}, replaced step by step as its rollout strategy says; a restart cannot be taken back, the same release keeps running`,
    },
    fromVersion: image,
    toVersion: `${image}, restarted at ${at}`,
    facts: NO_FACTS,
  };
}

/** The maps that the annotation needs and the template does not have yet. */
function parents(live: Parameters<typeof testStep>[0]): readonly PatchStep[] {
  return ['/spec/template/metadata', ANNOTATIONS]
    .filter((path) => firstMissing(live, path) !== path || !isJsonObject(valueAt(live, path) ?? null))
    .map((path): PatchStep => ({ op: 'add', path, value: {} }));
}
