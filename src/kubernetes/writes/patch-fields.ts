import { sameJson, valueAt } from '../../core/diff.ts';
import type { JsonObject } from '../../core/json.ts';
import { DAEMON_SET, DEPLOYMENT, STATEFUL_SET, sameKind } from '../../core/kinds.ts';
import type { PatchChange, PatchOperation, PatchValue } from '../../core/operation.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { containerPointer, fieldPointers, fieldSteps } from './fields.ts';
import { inverseBy, NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { fieldName } from './reviewed.ts';
import { count, nameOf, replicasOf } from './workload.ts';

type Field = {
  readonly path: string;
  readonly pointer: string;
  readonly value: PatchValue;
  readonly before: PatchValue;
};

/** `kubectl patch` of fields on the list of core/patch-fields.ts. @throws ReadFailed */
export async function preparePatch(
  reading: Reading,
  operation: PatchOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name } = operation;
  const live = await fetchObject(reading, kind, namespace, name);
  const found = operation.changes.map((change) => fieldOf(live, change));
  const missing = found.find((one) => typeof one === 'string');
  if (typeof missing === 'string') return refuse(`${nameOf(live)} has no container ${missing}.`);
  const fields = found.filter((one) => typeof one !== 'string');
  const changed = fields.filter(({ value, before }) => !sameJson(value, before));
  if (changed.length === 0) return refuse(`${nameOf(live)} is so already.`);
  const back = changed.map(({ path, before }) => ({ path, value: before }));
  const template = changed.some(({ path }) => path.startsWith('/spec/template/'));
  const pods =
    template && [DEPLOYMENT, STATEFUL_SET, DAEMON_SET].some((one) => sameKind(one, kind))
      ? replicasOf(live)
      : 0;
  return {
    changes: [
      {
        kind,
        live,
        change: { do: 'patch', steps: fieldSteps(live, changed) },
        reviewed: fieldPointers(changed),
      },
    ],
    inverse: inverseBy({ ...operation, changes: back }, 'Put it back'),
    blast: {
      objects: 1,
      pods,
      says: template
        ? `${count(pods, 'pod')} of ${nameOf(live)}, replaced step by step as its rollout strategy says`
        : `${changed.map(({ pointer }) => fieldName(pointer)).join(', ')} of ${nameOf(live)}`,
    },
    fromVersion: told(changed.map(({ pointer, before }) => [pointer, before])),
    toVersion: told(changed.map(({ pointer, value }) => [pointer, value])),
    facts: NO_FACTS,
  };
}

/** A change with its place in the object; the container's name when the object has no such container. */
function fieldOf(live: JsonObject, { path, value }: PatchChange): Field | string {
  const [, podSpec = '', place = '', rest = ''] = /^(.*)\/containers\/([^/]+)(\/.*)$/.exec(path) ?? [];
  const named = /^\[(.*)\]$/.exec(place)?.[1];
  const container =
    named === undefined ? `${podSpec}/containers/${place}` : containerPointer(live, podSpec, named);
  if (place !== '' && (container === undefined || valueAt(live, container) === undefined))
    return named ?? place;
  const pointer = place === '' ? path : `${container}${rest}`;
  const before = valueAt(live, pointer) ?? null;
  return { path, pointer, value, before: typeof before === 'object' ? null : before };
}

function told(values: readonly (readonly [string, PatchValue])[]): string {
  return values.map(([pointer, value]) => `${fieldName(pointer)} ${value ?? 'none'}`).join(', ');
}
