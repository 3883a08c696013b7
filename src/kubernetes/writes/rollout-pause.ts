import { replicaCounts } from '../../core/facts/workload.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RolloutPauseOperation, RolloutResumeOperation } from '../../core/operation.ts';
import { isPaused } from '../../core/rollout.ts';
import { fetchObject } from '../lists.ts';
import { typedObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { fieldSteps } from './fields.ts';
import { inverseBy, NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { nameOf } from './workload.ts';

const PAUSED = '/spec/paused';

/** `kubectl rollout pause` and `kubectl rollout resume`. @throws ReadFailed */
export async function preparePause(
  reading: Reading,
  operation: RolloutPauseOperation | RolloutResumeOperation,
): Promise<Proposal | NoProposal> {
  const { verb, ...about } = operation;
  const pauses = verb === 'rollout pause';
  const live = await fetchObject(reading, about.kind, about.namespace, about.name);
  const is = isPaused(live);
  if (is === pauses) return refuse(`${nameOf(live)} is ${is ? 'paused already' : 'not paused'}.`);
  const says = pauses
    ? `The rollout of ${nameOf(live)} stands still as it is; its pods keep running`
    : `The rollout of ${nameOf(live)} goes on: pods are replaced where its template changed while it was paused`;
  return {
    changes: [
      {
        kind: about.kind,
        live,
        change: { do: 'patch', steps: fieldSteps(live, [{ pointer: PAUSED, value: pauses ? true : null }]) },
        reviewed: [PAUSED],
      },
    ],
    inverse: pauses
      ? inverseBy({ verb: 'rollout resume', ...about }, 'Let it go on')
      : inverseBy({ verb: 'rollout pause', ...about }, 'Pause it again'),
    blast: { objects: 1, pods: pauses ? 0 : waiting(live), says },
    fromVersion: is ? 'paused' : 'rolling out',
    toVersion: pauses ? 'paused' : 'rolling out',
    facts: NO_FACTS,
  };
}

/** Where the template changed while it was paused, every pod is replaced. */
function waiting(live: JsonObject): number {
  const { desired, updated } = replicaCounts(typedObject(live));
  return updated < desired ? desired : 0;
}
