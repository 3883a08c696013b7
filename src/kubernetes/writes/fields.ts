import { escapePointer, valueAt } from '../../core/diff.ts';
import { list, text } from '../../core/facts/fields.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { changeSteps, type PatchStep, testStep } from './patch.ts';

/** A field by its JSON Pointer, and what it is to hold; null takes it away. */
export type FieldValue = { readonly pointer: string; readonly value: Json };

/** The steps that set these fields, each bound to what it replaces; the containers in their way keep their places. */
export function fieldSteps(live: JsonObject, fields: readonly FieldValue[]): readonly PatchStep[] {
  const after = fields.reduce(
    (object, { pointer, value }) => assigned(object, pointer.split('/').slice(1), value),
    live,
  );
  return [...containerTests(live, fields), ...changeSteps(live, after, '')];
}

/** The pointers that a plan with these fields is bound to. */
export function fieldPointers(fields: readonly FieldValue[]): readonly string[] {
  return fields.map(({ pointer }) => pointer);
}

function assigned(object: JsonObject, path: readonly string[], value: Json, depth = 0): JsonObject {
  const [step = '', ...rest] = path;
  const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
  const { [key]: inner, ...others } = object;
  if (rest.length === 0) return value === null ? others : { ...object, [key]: value };
  if (Array.isArray(inner)) return { ...object, [key]: assignedItem(inner, rest, value, depth + 1) };
  // What is to go and is not there needs no parents.
  if (!isJsonObject(inner) && value === null) return object;
  const made = assigned(isJsonObject(inner) ? inner : {}, rest, value, depth + 1);
  // A map that came with its only field goes with it; never a whole spec.
  const left = value === null && depth > 0 && Object.keys(made).length === 0;
  return left ? others : { ...object, [key]: made };
}

function assignedItem(
  items: readonly Json[],
  path: readonly string[],
  value: Json,
  depth: number,
): readonly Json[] {
  const [step, ...rest] = path;
  return items.map((item, index) =>
    String(index) === step && isJsonObject(item) ? assigned(item, rest, value, depth + 1) : item,
  );
}

/** A place in a list means the container that was seen there. */
function containerTests(live: JsonObject, fields: readonly FieldValue[]): readonly PatchStep[] {
  const names = fields.flatMap(
    ({ pointer }) => /^.*\/(?:containers|initContainers)\/\d+(?=\/)/.exec(pointer)?.[0] ?? [],
  );
  return [...new Set(names)].map((pointer) => testStep(live, `${pointer}/name`));
}

/** The pointer of a container in a pod template, by its name; undefined where there is none. */
export function containerPointer(
  live: JsonObject,
  podSpec: string,
  name: string,
  lists: readonly ('containers' | 'initContainers')[] = ['containers'],
): string | undefined {
  for (const of of lists) {
    const index = list(valueAt(live, podSpec), of).findIndex((one) => text(one, 'name') === name);
    if (index !== -1) return `${podSpec}/${of}/${index}`;
  }
  return undefined;
}

/** The pointer of one label or annotation of an object's own. */
export function metadataPointer(of: 'labels' | 'annotations', key: string): string {
  return `/metadata/${of}/${escapePointer(key)}`;
}
