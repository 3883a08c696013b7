import type { KubeObject } from '../types.ts';
import { ageOf } from './duration.ts';

/**
 * A column of the server's printed table: its name, its type, whether only `-o wide` shows it, and the cell.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
export type Column = {
  name: string;
  type: 'string' | 'integer' | 'boolean';
  wide?: true;
  format?: 'name';
  cell(object: KubeObject, now: number): unknown;
};

export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: (object) => object.metadata.name,
};

export const AGE: Column = {
  name: 'Age',
  type: 'string',
  cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
};

export function text(title: string, cell: Column['cell'], wide?: true): Column {
  return { name: title, type: 'string', cell, ...(wide === undefined ? {} : { wide }) };
}
