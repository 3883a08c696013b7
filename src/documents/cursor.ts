import type { DocumentFault } from '../core/catalog.ts';
import { isJsonObject } from '../core/json.ts';
import { type Path, placeOf, placeWithin, type YamlSource } from './yaml-source.ts';

/**
 * A place in a document and the value there. Reading never fails: a value of another type reads as empty, since
 * the schema has already told that fault; so the checks of meaning run over whatever part has the right shape.
 */
export type Cursor = {
  readonly source: YamlSource;
  readonly path: Path;
  readonly value: unknown;
  readonly faults: DocumentFault[];
};

export function rootOf(source: YamlSource, faults: DocumentFault[]): Cursor {
  return { source, path: [], value: source.value, faults };
}

export function at(cursor: Cursor, key: string): Cursor {
  const { value } = cursor;
  const member = isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return { ...cursor, path: [...cursor.path, key], value: member };
}

export function items(cursor: Cursor): readonly Cursor[] {
  const { value } = cursor;
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown, index) => ({ ...cursor, path: [...cursor.path, index], value: item }));
}

export function entries(cursor: Cursor): readonly (readonly [string, Cursor])[] {
  return isJsonObject(cursor.value) ? Object.keys(cursor.value).map((key) => [key, at(cursor, key)]) : [];
}

export function present(cursor: Cursor): boolean {
  return cursor.value !== undefined && cursor.value !== null;
}

export function text(cursor: Cursor): string {
  return typeof cursor.value === 'string' ? cursor.value : '';
}

export function textOrNull(cursor: Cursor): string | null {
  return typeof cursor.value === 'string' ? cursor.value : null;
}

export function numberOrNull(cursor: Cursor): number | null {
  return typeof cursor.value === 'number' ? cursor.value : null;
}

export function flag(cursor: Cursor, otherwise: boolean): boolean {
  return typeof cursor.value === 'boolean' ? cursor.value : otherwise;
}

/** The value, where it is one of the allowed ones; else the fallback (the schema has told the fault). */
export function oneOf<T extends string>(cursor: Cursor, allowed: readonly T[], otherwise: T): T {
  return allowed.find((candidate) => candidate === cursor.value) ?? otherwise;
}

export function error(cursor: Cursor, says: string, column?: number): void {
  const place =
    column === undefined
      ? placeOf(cursor.source, cursor.path)
      : placeWithin(cursor.source, cursor.path, column);
  cursor.faults.push({ place, severity: 'error', says });
}

export function warning(cursor: Cursor, says: string): void {
  cursor.faults.push({ place: placeOf(cursor.source, cursor.path), severity: 'warning', says });
}

/** Tells each value that a list of names has twice. */
export function eachOnce(cursors: readonly Cursor[], what: string): void {
  const seen = new Set<string>();
  for (const cursor of cursors) {
    const name = text(cursor);
    if (name !== '' && seen.has(name)) error(cursor, `there is already ${what} called "${name}"`);
    seen.add(name);
  }
}
