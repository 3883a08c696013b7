import { field } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import { NODE } from '../../core/kinds.ts';
import type { CordonOperation, UncordonOperation } from '../../core/operation.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { fieldSteps } from './fields.ts';
import {
  inverseBy,
  NO_FACTS,
  type NoProposal,
  type ObjectChange,
  type Proposal,
  refuse,
} from './proposal.ts';
import { nameOf } from './workload.ts';

const UNSCHEDULABLE = '/spec/unschedulable';

export function isCordoned(node: JsonObject): boolean {
  return field(node, 'spec', 'unschedulable') === true;
}

/** The one field by which a node takes new pods or not. */
export function cordoning(live: JsonObject, cordoned: boolean): ObjectChange {
  const steps = fieldSteps(live, [{ pointer: UNSCHEDULABLE, value: cordoned ? true : null }]);
  return { kind: NODE, live, change: { do: 'patch', steps }, reviewed: [UNSCHEDULABLE] };
}

/** `kubectl cordon` and `kubectl uncordon`. @throws ReadFailed */
export async function prepareCordon(
  reading: Reading,
  { verb, ...about }: CordonOperation | UncordonOperation,
): Promise<Proposal | NoProposal> {
  const closes = verb === 'cordon';
  const live = await fetchObject(reading, NODE, null, about.name);
  if (isCordoned(live) === closes) {
    return refuse(`${nameOf(live)} ${closes ? 'is cordoned already' : 'is not cordoned'}.`);
  }
  return {
    changes: [cordoning(live, closes)],
    inverse: closes
      ? inverseBy({ verb: 'uncordon', ...about }, 'Let pods onto it again')
      : inverseBy({ verb: 'cordon', ...about }, 'Keep pods off it again'),
    blast: {
      objects: 1,
      pods: 0,
      says: closes
        ? `No new pod starts on ${nameOf(live)}; those that run there stay`
        : `New pods may start on ${nameOf(live)}`,
    },
    fromVersion: closes ? 'schedulable' : 'cordoned',
    toVersion: closes ? 'cordoned' : 'schedulable',
    facts: NO_FACTS,
  };
}
