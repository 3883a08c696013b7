import { integer, text } from '../core/facts/fields.ts';
import type { JsonObject } from '../core/json.ts';
import { apiPath, type KindRef } from '../core/kinds.ts';
import { type Question, ReadFailed } from './faults.ts';
import { listItems, parseObject } from './objects.ts';
import type { Reading } from './reading.ts';
import { TABLE_ACCEPT } from './table.ts';

/** The most objects of one list that are read. */
export const LIST_LIMIT = 500;
/** When even those are more bytes than are read of one answer. */
const SMALL_LIMIT = 50;

export type Selection = {
  readonly kind: KindRef;
  readonly namespace: string | null;
  readonly name?: string | null;
  readonly selector?: string | null;
  readonly fieldSelector?: string | null;
};

export type Listed = {
  readonly body: JsonObject;
  /** A sentence when there is more than was read; else null. */
  readonly truncated: string | null;
};

function questionOf(selection: Selection): Question {
  const name = selection.name ?? null;
  return {
    verb: name === null ? 'list' : 'get',
    resource: selection.kind.resource,
    namespace: selection.kind.namespaced ? selection.namespace : null,
    name,
  };
}

/**
 * One object, or one bounded list, as the server gives it; with `table`, as a server-side Table with whole objects.
 * @throws ReadFailed
 */
export async function fetchListed(reading: Reading, selection: Selection, table: boolean): Promise<Listed> {
  try {
    return await fetchAtMost(reading, selection, table, LIST_LIMIT);
  } catch (error) {
    const shrink = error instanceof ReadFailed && error.fault === 'too_large' && !selection.name;
    if (!shrink) throw error;
    return fetchAtMost(reading, selection, table, SMALL_LIMIT);
  }
}

async function fetchAtMost(
  reading: Reading,
  selection: Selection,
  table: boolean,
  limit: number,
): Promise<Listed> {
  const question = questionOf(selection);
  const query = {
    ...(question.name === null ? { limit: String(limit) } : {}),
    ...(selection.selector ? { labelSelector: selection.selector } : {}),
    ...(selection.fieldSelector ? { fieldSelector: selection.fieldSelector } : {}),
    ...(table ? { includeObject: 'Object' } : {}),
  };
  const answer = await reading.get({
    ...question,
    path: apiPath(selection.kind, selection.namespace, question.name),
    query,
    ...(table ? { accept: TABLE_ACCEPT } : {}),
  });
  const body = parseObject(reading.cluster, question, answer.text);
  return { body, truncated: truncation(body, selection, limit) };
}

function truncation(body: JsonObject, selection: Selection, limit: number): string | null {
  if (text(body, 'metadata', 'continue') === '') return null;
  const more = integer(body, ['metadata', 'remainingItemCount']);
  const rest = more > 0 ? `${more} more` : 'more';
  return `(only the first ${limit} ${selection.kind.resource} are shown, there are ${rest}: narrow it with -n or -l)`;
}

/** The objects themselves, not redacted. @throws ReadFailed */
export async function fetchObjects(
  reading: Reading,
  selection: Selection,
): Promise<{ readonly objects: readonly JsonObject[]; readonly truncated: string | null }> {
  const { body, truncated } = await fetchListed(reading, selection, false);
  return { objects: selection.name ? [body] : listItems(body), truncated };
}

/** One object, not redacted. @throws ReadFailed, `not_found` when it is not there */
export async function fetchObject(
  reading: Reading,
  kind: KindRef,
  namespace: string | null,
  name: string,
): Promise<JsonObject> {
  return (await fetchListed(reading, { kind, namespace, name }, false)).body;
}
