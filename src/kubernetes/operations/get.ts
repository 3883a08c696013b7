import { stringify } from 'yaml';
import { objectFacts } from '../../core/facts/object.ts';
import type { JsonObject } from '../../core/json.ts';
import type { KindRef } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { GetOperation } from '../../core/operation.ts';
import { ReadFailed } from '../faults.ts';
import { fetchListed, type Listed } from '../lists.ts';
import { kubeObject, listItems } from '../objects.ts';
import { kindPrefix } from '../paths.ts';
import type { Reading } from '../reading.ts';
import { isTable, parseTable, type Table, tableText } from '../table.ts';
import type { View } from './view.ts';

/** What one kind gave: its Table (where one was asked for and given) and its objects. */
type Part = {
  readonly kind: KindRef;
  readonly table: Table | null;
  readonly objects: readonly KubeObject[];
  readonly notes: readonly string[];
};

/**
 * `kubectl get`. Tables are the server's own. Of several names, those that are missing are told in the text as long as
 * one is there. @throws ReadFailed
 */
export async function get(reading: Reading, operation: GetOperation): Promise<View> {
  const parts = await Promise.all(operation.kinds.map((kind) => getKind(reading, operation, kind)));
  const objects = parts.flatMap((part) => part.objects);
  const notes = parts.flatMap((part) => part.notes);
  const text =
    objects.length === 0 && notes.length === 0 ? nothingFound(operation) : render(operation, parts);
  return {
    text: [text, ...notes].filter((one) => one !== '').join('\n'),
    facts: { items: objects.map((object) => objectFacts(object, reading.now)) },
    objects,
  };
}

function nothingFound(operation: GetOperation): string {
  return operation.namespace === null
    ? 'No resources found'
    : `No resources found in ${operation.namespace} namespace.`;
}

async function getKind(reading: Reading, operation: GetOperation, kind: KindRef): Promise<Part> {
  const table = operation.output === 'table' || operation.output === 'wide';
  const selection = {
    kind,
    namespace: operation.namespace,
    selector: operation.selector,
    fieldSelector: operation.fieldSelector,
  };
  if (operation.names.length === 0) return partOf(kind, [await fetchListed(reading, selection, table)], []);
  const asked = await Promise.allSettled(
    operation.names.map((name) =>
      fetchListed(reading, { kind, namespace: operation.namespace, name }, table),
    ),
  );
  const found = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failures = asked.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  const missing = failures.filter((one) => one instanceof ReadFailed && one.fault === 'not_found');
  if (failures.length > 0 && (found.length === 0 || missing.length < failures.length)) {
    throw failures.find((one) => !missing.includes(one)) ?? failures[0];
  }
  return partOf(
    kind,
    found,
    missing.map((one) => (one instanceof ReadFailed ? one.says : '')),
  );
}

function partOf(kind: KindRef, answers: readonly Listed[], notes: readonly string[]): Part {
  const tables = answers.filter(({ body }) => isTable(body)).map(({ body }) => parseTable(body));
  const first = tables[0];
  const table = first === undefined ? null : { ...first, rows: tables.flatMap((one) => one.rows) };
  const fromRows = table?.rows.flatMap((row) => (row.object === null ? [] : [row.object])) ?? [];
  const plain = answers.filter(({ body }) => !isTable(body)).flatMap(({ body }) => objectsOf(body));
  const truncated = answers.flatMap((answer) => (answer.truncated === null ? [] : [answer.truncated]));
  return { kind, table, objects: [...fromRows, ...plain].map(kubeObject), notes: [...notes, ...truncated] };
}

function objectsOf(body: JsonObject): readonly JsonObject[] {
  return Array.isArray(body.items) ? listItems(body) : [body];
}

function render(operation: GetOperation, parts: readonly Part[]): string {
  const objects = parts.flatMap((part) => part.objects);
  switch (operation.output) {
    case 'name':
      return parts
        .flatMap((part) =>
          part.objects.map((object) => `${kindPrefix(part.kind)}/${object.metadata?.name ?? ''}`),
        )
        .join('\n');
    case 'json':
      return JSON.stringify(asDocument(operation, objects), null, 4);
    case 'yaml':
      return stringify(asDocument(operation, objects)).trimEnd();
    case 'table':
    case 'wide':
      return tables(operation, parts);
  }
}

function asDocument(operation: GetOperation, objects: readonly KubeObject[]): unknown {
  const one = operation.names.length === 1 && operation.kinds.length === 1 ? objects[0] : undefined;
  return one ?? { apiVersion: 'v1', kind: 'List', items: objects };
}

function tables(operation: GetOperation, parts: readonly Part[]): string {
  const several = parts.length > 1;
  return parts
    .filter((part) => part.objects.length > 0)
    .map((part) =>
      tableText(part.table ?? namesOnly(part.objects), {
        wide: operation.output === 'wide',
        namespaces: part.kind.namespaced && operation.namespace === null,
        prefix: several ? `${kindPrefix(part.kind)}/` : '',
      }),
    )
    .join('\n\n');
}

/** For a server that prints no Table for a kind. */
function namesOnly(objects: readonly KubeObject[]): Table {
  return {
    columns: [{ name: 'Name', wide: false }],
    rows: objects.map((object) => ({
      cells: [object.metadata?.name ?? ''],
      object: { metadata: { namespace: object.metadata?.namespace ?? '' } },
    })),
  };
}
