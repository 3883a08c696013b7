import { escapePointer } from '../diff.ts';
import { isJsonObject, type Json } from '../json.ts';
import type { KindRef } from '../kinds.ts';
import { type FieldRule, patchableFields } from '../patch-fields.ts';
import type { PatchChange, PatchValue } from '../write-operations.ts';
import { Refused } from './refusal.ts';
import type { Word } from './tokenise.ts';
import { isDnsLabel, type ValueReader } from './values.ts';

export type PatchType = 'merge' | 'strategic' | 'json';
/** The text of a patch, and the word that it stands in. */
export type PatchText = { readonly json: Json; readonly word: Word };

/** The JSON after `-p`, as one word. kubectl would take YAML, too; here it is JSON alone. @throws Refused */
export const patchText: ValueReader<PatchText> = (text, word) => {
  const json = parsed(text, word);
  // Which of two counts is each parser's own choice; what people read must be what is sent.
  if (namesIn(text) > keysIn(json))
    throw new Refused('bad_json', 'a patch names each key of an object once', word.column);
  return { json, word };
};

function parsed(text: string, word: Word): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    const says = /^[[{]/.test(text)
      ? 'the JSON after -p is not whole: put it in single quotes, as one word'
      : 'after -p stands a patch as JSON, in single quotes';
    throw new Refused('bad_json', says, word.column);
  }
}

/** How many members a whole JSON text has, those that a later one of the same name replaces too. */
function namesIn(text: string): number {
  const strings = text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g);
  return [...strings].filter(([, colon]) => colon !== undefined).length;
}

function keysIn(json: Json): number {
  if (Array.isArray(json)) return json.reduce((sum: number, item: Json) => sum + keysIn(item), 0);
  if (!isJsonObject(json)) return 0;
  return Object.values(json).reduce((sum: number, inner) => sum + 1 + keysIn(inner), 0);
}

/**
 * What a patch changes, field by field and sorted by path: the three types of patch say the same in different ways, and
 * come to the same here. A path is a JSON Pointer (RFC 6901); a container in it is `[name]`, or its place with `json`.
 * @throws Refused for any field that is not on the list of core/patch-fields.ts
 */
export function patchChanges(kind: KindRef, type: PatchType, patch: PatchText): readonly PatchChange[] {
  const fields = patchableFields(kind);
  if (fields === undefined) throw notAllowed(kind.kind, patch.word);
  const changes = type === 'json' ? listed(fields, patch) : walked(fields, patch.json, '', patch.word, type);
  if (changes.length === 0)
    throw new Refused('change_required', 'this patch changes nothing', patch.word.column);
  const paths = new Set(changes.map(({ path }) => path));
  if (paths.size < changes.length)
    throw new Refused('bad_value', 'a patch names each field once', patch.word.column);
  return changes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function walked(
  rule: FieldRule,
  given: Json,
  path: string,
  word: Word,
  type: 'merge' | 'strategic',
): readonly PatchChange[] {
  switch (rule.is) {
    case 'value':
      return [{ path, value: valueFor(rule, given, path, word) }];
    case 'map':
      if (!isJsonObject(given)) throw notWhole(path, word);
      return Object.entries(given).flatMap(([key, inner]) => {
        const at = `${path}/${escapePointer(key)}`;
        const next = Object.hasOwn(rule.fields, key) ? rule.fields[key] : undefined;
        if (next === undefined) throw notAllowed(at, word);
        return walked(next, inner, at, word, type);
      });
    case 'containers':
      if (type === 'merge') {
        const says =
          'a merge patch replaces a whole list of containers: use --type=strategic, which names them';
        throw new Refused('field_not_allowed', says, word.column);
      }
      if (!Array.isArray(given)) throw notWhole(path, word);
      return given.flatMap((item: Json) => {
        const { name, ...fields } = isJsonObject(item) ? item : {};
        if (typeof name !== 'string' || !isDnsLabel(name)) {
          throw new Refused('bad_value', 'each container of a patch has its name', word.column);
        }
        return walked(rule.each, fields, `${path}/[${name}]`, word, type);
      });
  }
}

/** JSON Patch (RFC 6902): only setting and removing single values; what must be as it was, firstmate tests itself. */
function listed(fields: FieldRule, { json, word }: PatchText): readonly PatchChange[] {
  if (!Array.isArray(json)) throw new Refused('bad_value', 'a JSON Patch is a list of steps', word.column);
  return json.map((step: Json): PatchChange => {
    const { op, path, value, ...more } = isJsonObject(step) ? step : {};
    const known = (op === 'add' || op === 'replace') && value !== undefined;
    if ((!known && !(op === 'remove' && value === undefined)) || Object.keys(more).length > 0) {
      const says =
        'a step of a JSON Patch is add, replace or remove, with its path and value, and nothing else';
      throw new Refused('bad_value', says, word.column);
    }
    if (typeof path !== 'string' || !path.startsWith('/')) throw notWhole('', word);
    const rule = ruleAt(fields, path, word);
    return { path, value: valueFor(rule, value ?? null, path, word) };
  });
}

function ruleAt(fields: FieldRule, path: string, word: Word): Extract<FieldRule, { is: 'value' }> {
  let rule: FieldRule | undefined = fields;
  for (const key of path.split('/').slice(1)) {
    // No field of the list has a name that needs escapes; a container is meant by its place.
    if (rule?.is === 'map') rule = Object.hasOwn(rule.fields, key) ? rule.fields[key] : undefined;
    else rule = rule?.is === 'containers' && /^(?:0|[1-9]\d?)$/.test(key) ? rule.each : undefined;
    if (rule === undefined) throw notAllowed(path, word);
  }
  if (rule?.is !== 'value') throw notWhole(path, word);
  return rule;
}

function valueFor(
  rule: Extract<FieldRule, { is: 'value' }>,
  given: Json,
  path: string,
  word: Word,
): PatchValue {
  const read = rule.read(given);
  if (read === undefined) throw new Refused('bad_value', `${path} must be ${rule.what}`, word.column);
  return read;
}

/** The commands that change what a patch may not. */
const INSTEAD: readonly (readonly [RegExp, string])[] = [
  [/^\/spec\/.*\/containers\/[^/]+\/image$/, 'use "kubectl set image"'],
  [/^\/spec\/template\/metadata/, 'use "kubectl rollout restart" to make the pods anew'],
  [/^\/metadata/, 'use "kubectl label" or "kubectl annotate"'],
];

function notAllowed(path: string, word: Word): Refused {
  const instead = INSTEAD.find(([pattern]) => pattern.test(path))?.[1];
  const says = `a patch may not touch ${path}${instead === undefined ? '' : `: ${instead}`}`;
  return new Refused('field_not_allowed', says, word.column);
}

function notWhole(path: string, word: Word): Refused {
  const where = path === '' ? 'a patch' : path;
  return new Refused(
    'field_not_allowed',
    `${where} is changed field by field, never as a whole`,
    word.column,
  );
}

/** The patch that `patchChanges` reads to the same: strategic, or `json` where containers are meant by their place. */
export function patchJson(changes: readonly PatchChange[]): {
  readonly type: PatchType;
  readonly text: string;
} {
  if (changes.some(({ path }) => /\/containers\/\d/.test(path))) {
    const steps = changes.map(({ path, value }) =>
      value === null ? { op: 'remove', path } : { op: 'add', path, value },
    );
    return { type: 'json', text: JSON.stringify(steps) };
  }
  return { type: 'strategic', text: JSON.stringify(nested(changes, 1)) };
}

/** The values at the paths as one object, from the given step of the paths on. */
function nested(changes: readonly PatchChange[], depth: number): Json {
  const steps = Map.groupBy(changes, ({ path }) => path.split('/')[depth] ?? '');
  const [first] = steps.keys();
  const whole = changes[0];
  if (first === '' && whole !== undefined) return whole.value;
  const entries = [...steps].map(([step, inner]): [string, Json] => [step, nested(inner, depth + 1)]);
  if (first?.startsWith('[') !== true) return Object.fromEntries(entries);
  return entries.map(([step, inner]) => ({ name: step.slice(1, -1), ...(isJsonObject(inner) ? inner : {}) }));
}
