import { stringify } from 'yaml';
import { secondsSince } from '../../core/facts/fields.ts';
import { templateImages } from '../../core/facts/object.ts';
import { templateImage } from '../../core/facts/workload.ts';
import type { RolloutHistoryOperation } from '../../core/operation.ts';
import { redactJson } from '../../core/redact.ts';
import { ReadFailed } from '../faults.ts';
import { fetchObject } from '../lists.ts';
import { kubeObject } from '../objects.ts';
import { kindPrefix } from '../paths.ts';
import type { Reading } from '../reading.ts';
import { type Revision, revisionsOf } from '../revisions.ts';
import { columns } from '../table.ts';
import type { View } from './view.ts';

/** `kubectl rollout history`, oldest first, with the images besides. @throws ReadFailed */
export async function rolloutHistory(reading: Reading, operation: RolloutHistoryOperation): Promise<View> {
  const raw = await fetchObject(reading, operation.kind, operation.namespace, operation.name);
  const revisions = (await revisionsOf(reading, raw)).toReversed();
  const heading = `${kindPrefix(operation.kind)}/${operation.name}`;
  return {
    text:
      operation.revision === null
        ? historyTable(heading, revisions)
        : oneRevision(heading, revisions, operation),
    facts: {
      revisions: revisions.map((one) => ({
        revision: one.number,
        image: templateImage(one.template),
        ageSeconds: secondsSince(one.createdAt, reading.now),
      })),
    },
    objects: [kubeObject(raw)],
  };
}

function historyTable(heading: string, revisions: readonly Revision[]): string {
  const rows = revisions.map((one) => [
    String(one.number),
    one.changeCause === '' ? '<none>' : one.changeCause,
    templateImages(one.template).join(','),
  ]);
  return `${heading}\n${columns([['REVISION', 'CHANGE-CAUSE', 'IMAGES'], ...rows])}`;
}

function oneRevision(
  heading: string,
  revisions: readonly Revision[],
  { revision }: RolloutHistoryOperation,
): string {
  const found = revisions.find((one) => one.number === revision);
  if (found === undefined) {
    throw new ReadFailed(
      'not_found',
      `${heading} has no revision ${revision}; there are ${revisions.map((one) => one.number).join(', ') || 'none'}.`,
    );
  }
  return `${heading} with revision #${revision}\nPod Template:\n${stringify(redactJson(found.template)).trimEnd()}`;
}
