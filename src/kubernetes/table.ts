import { field, integer, list, text } from '../core/facts/fields.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube.ts';

/** Server-side printing, so that columns are kubectl's own (Kubernetes API concepts, "Receiving resources as Tables"). */
export const TABLE_ACCEPT = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export type Table = {
  readonly columns: readonly { readonly name: string; readonly wide: boolean }[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly object: JsonObject | null }[];
};

export function isTable(body: JsonObject): boolean {
  return body.kind === 'Table';
}

export function parseTable(body: JsonObject): Table {
  return {
    columns: list(body, 'columnDefinitions').map((column) => ({
      name: text(column, 'name'),
      wide: integer(column, ['priority']) > 0,
    })),
    rows: list(body, 'rows').map((row) => {
      const object = field(row, 'object');
      return { cells: list(row, 'cells').map(cell), object: isJsonObject(object) ? object : null };
    }),
  };
}

function cell(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '<none>';
}

/** The blanks between columns, and the least that a column takes with them: kubectl's own. */
const PADDING = 3;
const LEAST_WIDTH = 6;

/** Left-aligned columns as kubectl prints them. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, index) => {
      widths[index] = Math.max(widths[index] ?? LEAST_WIDTH, text.length + PADDING);
    });
  }
  return rows
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

type Row = { readonly cells: readonly string[]; readonly object: KubeObject };

/** A server's Table as text, with the columns that kubectl puts beside it: NAMESPACE before, LABELS behind. */
export function tableText(
  defined: Table['columns'],
  rows: readonly Row[],
  options: {
    readonly wide: boolean;
    readonly namespaces: boolean;
    readonly labels: boolean;
    readonly noHeaders: boolean;
    readonly prefix: string;
  },
): string {
  const shown = defined
    .map((column, index) => ({ ...column, index }))
    .filter((column) => options.wide || !column.wide);
  const around = (namespace: string, own: readonly string[], labels: string): readonly string[] => [
    ...(options.namespaces ? [namespace] : []),
    ...own,
    ...(options.labels ? [labels] : []),
  ];
  const header = around(
    'NAMESPACE',
    shown.map((column) => column.name.toUpperCase()),
    'LABELS',
  );
  const body = rows.map(({ cells, object }) => {
    const own = shown.map(({ index }) => `${index === 0 ? options.prefix : ''}${cells[index] ?? ''}`);
    return around(object.metadata?.namespace ?? '', own, labelsText(object));
  });
  return columns(options.noHeaders ? body : [header, ...body]);
}

function labelsText(object: KubeObject): string {
  const labels = Object.entries(object.metadata?.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.length === 0 ? '<none>' : labels.toSorted().join(',');
}
