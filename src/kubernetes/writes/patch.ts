import { escapePointer, firstMissing, reviewedValue, sameJson, valueAt } from '../../core/diff.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** One step of a JSON Patch (RFC 6902). */
export type PatchStep =
  | { readonly op: 'test' | 'add' | 'replace'; readonly path: string; readonly value: Json }
  | { readonly op: 'remove'; readonly path: string };

export const PLAN_ANNOTATION = 'firstmate.dev/plan';

/** What must still be as it was: the value at a pointer, or that nothing is there (null). */
export function testStep(live: JsonObject, pointer: string): PatchStep {
  const path = firstMissing(live, pointer);
  return { op: 'test', path, value: reviewedValue(live, path) };
}

/**
 * The steps that make `after` out of `before`, as few and as deep as possible, each behind a test of what it replaces:
 * a patch carries the fields that change and nothing else. Lists are gone into where their items keep their places.
 */
export function changeSteps(before: Json, after: Json, pointer: string): readonly PatchStep[] {
  if (sameJson(before, after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => memberSteps(before[key], after[key], `${pointer}/${escapePointer(key)}`));
  }
  if (Array.isArray(before) && Array.isArray(after) && samePlaces(before, after)) {
    return before.flatMap((item: Json, index) => changeSteps(item, after[index], `${pointer}/${index}`));
  }
  return [
    { op: 'test', path: pointer, value: before },
    { op: 'replace', path: pointer, value: after },
  ];
}

function memberSteps(
  before: Json | undefined,
  after: Json | undefined,
  pointer: string,
): readonly PatchStep[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) {
    return [
      { op: 'test', path: pointer, value: null },
      { op: 'add', path: pointer, value: after ?? null },
    ];
  }
  if (after === undefined) {
    return [
      { op: 'test', path: pointer, value: before },
      { op: 'remove', path: pointer },
    ];
  }
  return changeSteps(before, after, pointer);
}

function samePlaces(before: readonly Json[], after: readonly Json[]): boolean {
  const name = (item: Json | undefined) => (isJsonObject(item ?? null) ? valueAt(item, '/name') : undefined);
  return (
    before.length === after.length &&
    before.length > 0 &&
    before.every(
      (item, index) => isJsonObject(item) && name(item) !== undefined && name(item) === name(after[index]),
    )
  );
}

/** Sets (or with null removes) annotations on the object's own metadata, whether or not it has any yet. */
export function annotationSteps(
  live: JsonObject,
  annotations: { readonly [key: string]: string | null },
): readonly PatchStep[] {
  const path = '/metadata/annotations';
  const present = valueAt(live, path);
  if (!isJsonObject(present ?? null)) {
    const value = Object.fromEntries(Object.entries(annotations).filter(([, text]) => text !== null));
    // Without the test this would wipe out annotations that came in between.
    return [
      { op: 'test', path, value: null },
      { op: 'add', path, value },
    ];
  }
  return Object.entries(annotations).flatMap(([key, value]): readonly PatchStep[] => {
    const at = `${path}/${escapePointer(key)}`;
    if (value !== null) return [{ op: 'add', path: at, value }];
    return valueAt(live, at) === undefined ? [] : [{ op: 'remove', path: at }];
  });
}
