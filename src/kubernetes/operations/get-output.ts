import { stringify } from 'yaml';
import type { Json } from '../../core/json.ts';
import { printTemplate } from '../../core/jsonpath/evaluate.ts';
import { sortedBy } from '../../core/jsonpath/sort.ts';
import { parsePath, parseTemplate } from '../../core/jsonpath/template.ts';
import type { KindRef } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { GetOperation } from '../../core/operation.ts';
import { ReadFailed } from '../faults.ts';
import { kindPrefix } from '../paths.ts';
import { type Table, tableText } from '../table.ts';

/** What one kind gave: objects that are redacted already, each with its row of the server's Table. */
export type Got = {
  readonly kind: KindRef;
  /** Null: the server prints no Table for the kind. */
  readonly columns: Table['columns'] | null;
  readonly items: readonly Item[];
};
type Item = { readonly cells: readonly string[]; readonly object: KubeObject };

/** For a server that prints no Table for a kind. */
const NAMES_ONLY: Table['columns'] = [{ name: 'Name', wide: false }];

/**
 * The parts in the order that `--sort-by` asks for: each by itself where there are tables, since each has a table of its
 * own, else all objects together, which kubectl prints in one list. @throws ReadFailed for what has no order
 */
export function sortedParts(
  cluster: string,
  { sortBy, output }: GetOperation<KindRef>,
  parts: readonly Got[],
): readonly Got[] {
  if (sortBy === undefined) return parts;
  const path = parsePath(sortBy);
  if ('fault' in path) throw unreadable(cluster, '--sort-by', path.fault);
  const sorted = <T>(items: readonly T[], objectOf: (item: T) => KubeObject): readonly T[] => {
    const inOrder = sortedBy(items, path, (item) => jsonOf(objectOf(item)));
    if ('fault' in inOrder) throw unreadable(cluster, '--sort-by', inOrder.fault);
    return inOrder;
  };
  if (output === 'table' || output === 'wide') {
    return parts.map((part) => ({ ...part, items: sorted(part.items, ({ object }) => object) }));
  }
  const all = parts.flatMap((part) => part.items.map((item) => ({ part, item })));
  return sorted(all, ({ item }) => item.object).map(({ part, item }) => ({ ...part, items: [item] }));
}

/** What kubectl prints for the parts. @throws ReadFailed for a template that cannot be filled */
export function render(cluster: string, operation: GetOperation<KindRef>, parts: readonly Got[]): string {
  const objects = parts.flatMap((part) => part.items.map(({ object }) => object));
  switch (operation.output) {
    case 'name':
      return parts
        .flatMap((part) =>
          part.items.map(({ object }) => `${kindPrefix(part.kind)}/${object.metadata?.name ?? ''}`),
        )
        .join('\n');
    case 'json':
      return JSON.stringify(asDocument(operation, objects), null, 4);
    case 'yaml':
      return stringify(asDocument(operation, objects)).trimEnd();
    case 'jsonpath': {
      const template = parseTemplate(operation.jsonpath ?? '');
      const text = 'fault' in template ? template : printTemplate(template, asDocument(operation, objects));
      if (typeof text !== 'string') throw unreadable(cluster, 'The JSONPath', text.fault);
      return text;
    }
    case 'table':
    case 'wide':
      return objects.length === 0 ? nothingFound(operation) : tables(operation, parts);
  }
}

function nothingFound({ namespace }: GetOperation<KindRef>): string {
  return namespace === null ? 'No resources found' : `No resources found in ${namespace} namespace.`;
}

/** One object that was asked for by its name stands for itself, everything else in a List. */
function asDocument({ names }: GetOperation<KindRef>, objects: readonly KubeObject[]): Json {
  const [only, ...more] = objects;
  if (names.length === 1 && only !== undefined && more.length === 0) return jsonOf(only);
  return { apiVersion: 'v1', items: objects.map(jsonOf), kind: 'List', metadata: { resourceVersion: '' } };
}

/** An object that came as JSON; KubeObject only says what is known of its metadata. */
function jsonOf(object: KubeObject): Json {
  return object as Json;
}

function tables(operation: GetOperation<KindRef>, parts: readonly Got[]): string {
  const several = parts.length > 1;
  const noHeaders = operation.noHeaders === true;
  return parts
    .filter((part) => part.items.length > 0)
    .map((part) =>
      tableText(part.columns ?? NAMES_ONLY, part.items, {
        wide: operation.output === 'wide',
        namespaces: part.kind.namespaced && operation.namespace === null,
        labels: operation.showLabels === true,
        noHeaders,
        prefix: several ? `${kindPrefix(part.kind)}/` : '',
      }),
    )
    .join(noHeaders ? '\n' : '\n\n');
}

function unreadable(cluster: string, what: string, fault: string): ReadFailed {
  return new ReadFailed('rejected', `${what} does not fit what ${cluster} has: ${fault}.`);
}
