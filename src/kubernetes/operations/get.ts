import { objectFacts } from '../../core/facts/object.ts';
import type { JsonObject } from '../../core/json.ts';
import { type KindRef, sameKind } from '../../core/kinds.ts';
import type { GetOperation } from '../../core/operation.ts';
import { allEnded } from '../concurrency.ts';
import { ReadFailed } from '../faults.ts';
import { fetchListed, type Listed } from '../lists.ts';
import { kubeObject, listItems } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { isTable, parseTable } from '../table.ts';
import { type Got, render, sortedParts } from './get-output.ts';
import type { View } from './view.ts';

/** One kind of an operation, with the names that are asked for; none: all that the selectors leave. */
type Wanted = { readonly kind: KindRef; readonly names: readonly string[] };
type Part = Got & { readonly failures: readonly unknown[]; readonly truncated: readonly string[] };

/**
 * `kubectl get`. Tables are the server's own. Of several names, those that are missing are told in the text as long as
 * one is there. @throws ReadFailed
 */
export async function get(reading: Reading, operation: GetOperation<KindRef>): Promise<View> {
  const found = await allEnded(wantedOf(operation).map((wanted) => getKind(reading, operation, wanted)));
  const parts = sortedParts(reading.cluster, operation, found);
  const objects = parts.flatMap((part) => part.items.map(({ object }) => object));
  const notes = [
    ...missingNames(
      objects.length,
      found.flatMap((part) => part.failures),
    ),
    ...found.flatMap((part) => part.truncated),
  ];
  return {
    text: [render(reading.cluster, operation, parts), ...notes].filter((one) => one !== '').join('\n'),
    facts: { items: objects.map((object) => objectFacts(object, reading.now)) },
    objects,
  };
}

function wantedOf({ kinds, names, objects }: GetOperation<KindRef>): readonly Wanted[] {
  if (objects === undefined) return kinds.map((kind) => ({ kind, names }));
  return kinds.map((kind) => ({
    kind,
    names: objects.filter((one) => sameKind(one.kind, kind)).map(({ name }) => name),
  }));
}

/** A sentence for each name that is not there. @throws ReadFailed when none is, or when one could not be read */
function missingNames(found: number, failures: readonly unknown[]): readonly string[] {
  const missing = failures.filter((one) => one instanceof ReadFailed && one.fault === 'not_found');
  if (failures.length > 0 && (found === 0 || missing.length < failures.length)) {
    throw failures.find((one) => !missing.includes(one)) ?? failures[0];
  }
  return missing.flatMap((one) => (one instanceof ReadFailed ? [one.says] : []));
}

async function getKind(
  reading: Reading,
  operation: GetOperation<KindRef>,
  { kind, names }: Wanted,
): Promise<Part> {
  const table = operation.output === 'table' || operation.output === 'wide';
  const { namespace, selector, fieldSelector } = operation;
  if (names.length === 0) {
    const selection = { kind, namespace, selector, fieldSelector };
    return partOf(kind, [await fetchListed(reading, selection, table)], []);
  }
  const asked = await Promise.allSettled(
    names.map((name) => fetchListed(reading, { kind, namespace, name }, table)),
  );
  return partOf(
    kind,
    asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    asked.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : [])),
  );
}

function partOf(kind: KindRef, answers: readonly Listed[], failures: readonly unknown[]): Part {
  const tables = answers.filter(({ body }) => isTable(body)).map(({ body }) => parseTable(body));
  const rows = tables.flatMap((one) => one.rows);
  const plain = answers.filter(({ body }) => !isTable(body)).flatMap(({ body }) => objectsOf(body));
  return {
    kind,
    columns: tables[0]?.columns ?? null,
    items: [
      ...rows.flatMap(({ cells, object }) =>
        object === null ? [] : [{ cells, object: kubeObject(object) }],
      ),
      ...plain.map(kubeObject).map((object) => ({ cells: [object.metadata?.name ?? ''], object })),
    ],
    failures,
    truncated: answers.flatMap((answer) => (answer.truncated === null ? [] : [answer.truncated])),
  };
}

function objectsOf(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body.items) ? listItems(body) : [body];
}
