import { field, integer, list, text } from '../core/facts/fields.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';

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

/** Left-aligned columns, three spaces apart, as kubectl prints them. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((text, index) => {
      widths[index] = Math.max(widths[index] ?? 0, text.length);
    });
  }
  return rows
    .map((row) =>
      row
        .map((text, index) => text.padEnd(widths[index] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** A server's Table as text. `namespaces` puts the column that kubectl adds over all namespaces. */
export function tableText(
  table: Table,
  options: { wide: boolean; namespaces: boolean; prefix: string },
): string {
  const shown = table.columns
    .map((column, index) => ({ ...column, index }))
    .filter((column) => options.wide || !column.wide);
  const header = shown.map((column) => column.name.toUpperCase());
  const rows = table.rows.map(({ cells, object }) => {
    const row = shown.map(({ index }) => `${index === 0 ? options.prefix : ''}${cells[index] ?? ''}`);
    return options.namespaces ? [text(object, 'metadata', 'namespace'), ...row] : row;
  });
  return columns([options.namespaces ? ['NAMESPACE', ...header] : header, ...rows]);
}
