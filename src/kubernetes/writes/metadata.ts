import { sameJson, valueAt } from '../../core/diff.ts';
import type { JsonObject } from '../../core/json.ts';
import { POD } from '../../core/kinds.ts';
import type { AnnotateOperation, LabelOperation, MetadataChange } from '../../core/operation.ts';
import { redactJson } from '../../core/redact.ts';
import { fetchObject } from '../lists.ts';
import type { Reading } from '../reading.ts';
import { fieldPointers, fieldSteps, metadataPointer } from './fields.ts';
import { inverseBy, NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { nameOf } from './workload.ts';

/** `kubectl label` and `kubectl annotate`, of one object's own metadata. @throws ReadFailed */
export async function prepareMetadata(
  reading: Reading,
  operation: LabelOperation | AnnotateOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name } = operation;
  const of = operation.verb === 'label' ? 'labels' : 'annotations';
  const live = await fetchObject(reading, kind, namespace, name);
  const found = operation.changes.map(({ key, value }) => {
    const before = valueAt(live, metadataPointer(of, key));
    return { key, value, before: typeof before === 'string' ? before : null };
  });
  const hidden = found.find(({ key, value, before }) => [value, before].some((one) => isSecret(key, one)));
  if (hidden !== undefined) {
    return refuse(`${hidden.key} of ${nameOf(live)} looks like a secret, which firstmate does not carry.`);
  }
  const changed = found.filter(({ value, before }) => value !== before);
  if (changed.length === 0) return refuse(`The ${of} of ${nameOf(live)} are so already.`);
  const taken = changed.find(({ value, before }) => value !== null && before !== null);
  if (taken !== undefined && !operation.overwrite) {
    return refuse(
      `${nameOf(live)} has ${taken.key} already, as ${taken.before}: add --overwrite to change it.`,
    );
  }
  const fields = changed.map(({ key, value }) => ({ pointer: metadataPointer(of, key), value }));
  const leaves = kind === POD && of === 'labels' && changed.some(({ before }) => before !== null);
  const back = changed.map(({ key, before }): MetadataChange => ({ key, value: before }));
  return {
    changes: [
      {
        kind,
        live,
        change: { do: 'patch', steps: fieldSteps(live, fields) },
        reviewed: fieldPointers(fields),
      },
    ],
    inverse: inverseBy({ ...operation, changes: back, overwrite: true }, 'Put them back'),
    blast: leaves
      ? { objects: 1, pods: 1, says: `${nameOf(live)} goes from whatever found it by these labels` }
      : { objects: 1, pods: 0, says: `The ${of} of ${nameOf(live)}, nothing else of it` },
    fromVersion: told(back),
    toVersion: told(changed),
    facts: NO_FACTS,
  };
}

function isSecret(key: string, value: string | null): boolean {
  const shown: JsonObject = { [key]: value };
  return !sameJson(redactJson(shown), shown);
}

function told(changes: readonly MetadataChange[]): string {
  return changes.map(({ key, value }) => (value === null ? `no ${key}` : `${key}=${value}`)).join(', ');
}
