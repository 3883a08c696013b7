import { canonicalJson, isJsonObject, type Json, type JsonObject } from './json.ts';
import type { FieldChange } from './kube.ts';

/** One value that differs: as a person reads the path, and as a JSON Pointer (RFC 6901) into the object before. */
export type Difference = {
  readonly path: string;
  readonly pointer: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
};

const PLAN_ANNOTATION = 'firstmate.dev/plan';
const NOISY_METADATA = ['managedFields', 'resourceVersion', 'generation', 'creationTimestamp', 'selfLink'];
const NOISY_ANNOTATIONS = [
  PLAN_ANNOTATION,
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deprecated.daemonset.template.generation',
  'kubectl.kubernetes.io/last-applied-configuration',
];

const MAPS = ['annotations', 'labels'];

/** An object without what the server keeps for itself: status, managed fields, versions, times, our own mark. */
export function withoutNoise(object: JsonObject): JsonObject {
  const { status: _status, metadata, ...rest } = object;
  if (!isJsonObject(metadata)) return rest;
  const kept = without(metadata, NOISY_METADATA);
  const annotations = isJsonObject(kept.annotations) ? without(kept.annotations, NOISY_ANNOTATIONS) : {};
  const { annotations: _annotations, ...others } = kept;
  return {
    ...rest,
    metadata: Object.keys(annotations).length === 0 ? others : { ...others, annotations },
  };
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/**
 * What differs between an object and what a change makes of it, server noise left out. Lists whose items all have a
 * `name` are compared by it, so that a new container is one difference and not a shift of all.
 */
export function differences(before: JsonObject, after: JsonObject): readonly Difference[] {
  return compare(withoutNoise(before), withoutNoise(after), '', '');
}

function compare(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
  pointer: string,
): readonly Difference[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => {
      // A map that comes or goes is told key by key, as one that was there.
      const map = MAPS.includes(key) ? {} : undefined;
      const left = Object.hasOwn(before, key) ? before[key] : map;
      const right = Object.hasOwn(after, key) ? after[key] : map;
      return compare(left, right, joinPath(path, key), `${pointer}/${escapePointer(key)}`);
    });
  }
  const left = namedItems(before);
  const right = namedItems(after);
  if (left !== null && right !== null) {
    const names = [...new Set([...left.keys(), ...right.keys()])];
    return names.flatMap((name) => {
      const index = [...left.keys()].indexOf(name);
      const at = index === -1 ? pointer : `${pointer}/${index}`;
      return compare(left.get(name), right.get(name), `${path}[${name}]`, at);
    });
  }
  return sameJson(before, after) ? [] : [{ path, pointer, before, after }];
}

function namedItems(value: Json | undefined): Map<string, Json> | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const items = new Map<string, Json>();
  for (const item of value) {
    if (!isJsonObject(item) || typeof item.name !== 'string' || items.has(item.name)) return null;
    items.set(item.name, item);
  }
  return items;
}

function joinPath(path: string, key: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : canonicalJson(a) === canonicalJson(b);
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The value at a JSON Pointer; undefined where there is none. */
export function valueAt(document: Json | undefined, pointer: string): Json | undefined {
  let inner = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(inner)) inner = /^\d+$/.test(key) ? inner[Number(key)] : undefined;
    else inner = isJsonObject(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined;
    if (inner === undefined) return undefined;
  }
  return inner;
}

/**
 * The pointer itself where it exists, else its outermost missing part: what must still be absent for the change to
 * mean what it meant. (A JSON Patch `test` for null holds where nothing is, but not where its parent is missing.)
 */
export function firstMissing(document: Json, pointer: string): string {
  const parts = pointer.split('/').slice(1);
  const prefixes = parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
  return prefixes.find((prefix) => valueAt(document, prefix) === undefined) ?? pointer;
}

/** What a reviewed pointer holds; null stands for nothing there, as in a JSON Patch `test`. */
export function reviewedValue(document: Json, pointer: string): Json {
  return valueAt(document, pointer) ?? null;
}

export function fieldChanges(object: string, found: readonly Difference[]): readonly FieldChange[] {
  return found.map(({ path, before, after }) => ({ object, path, before, after }));
}
