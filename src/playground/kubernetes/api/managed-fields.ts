import { canonical, isObject, type JsonObject, objectOr, sameJson } from '../json.ts';
import { listMergeKey } from '../patch/strategic-merge.ts';
import type { KubeObject, ManagedFields } from '../types.ts';

/**
 * Who set which field, as `metadata.managedFields` tells it. A field is a path of `f:<name>` and `k:{"name":"x"}`
 * steps; a set of them is written as a tree (FieldsV1).
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
 */
export type FieldPath = string;

export type Manager = {
  name: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string | undefined;
};

const SEPARATOR = '\u0001';
const OWNED_METADATA = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName'];

function collect(value: unknown, names: string[], steps: string[], found: Map<FieldPath, unknown>): void {
  const mergeKey = Array.isArray(value) ? listMergeKey(names) : undefined;
  if (
    Array.isArray(value) &&
    mergeKey !== undefined &&
    value.every((item) => objectOr(item)[mergeKey] !== undefined)
  ) {
    for (const item of value) {
      const step = `k:${canonical({ [mergeKey]: objectOr(item)[mergeKey] })}`;
      collect(item, names, [...steps, step], found);
    }
    return;
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, [...names, key], [...steps, `f:${key}`], found);
    }
    return;
  }
  found.set(steps.join(SEPARATOR), value);
}

/** The fields of an object that somebody may own, each with its value. */
export function ownedFields(object: JsonObject): Map<FieldPath, unknown> {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  const kept = Object.entries(objectOr(metadata)).filter(([key]) => OWNED_METADATA.includes(key));
  const found = new Map<FieldPath, unknown>();
  collect({ ...(kept.length === 0 ? {} : { metadata: Object.fromEntries(kept) }), ...rest }, [], [], found);
  found.delete('');
  return found;
}

function treeOf(paths: Iterable<FieldPath>): JsonObject {
  const tree: JsonObject = {};
  for (const path of paths) {
    let node = tree;
    for (const step of path.split(SEPARATOR)) {
      const next = objectOr(node[step]);
      node[step] = next;
      node = next;
    }
  }
  return tree;
}

export function pathsOf(tree: JsonObject, steps: string[] = []): FieldPath[] {
  return Object.entries(tree).flatMap(([step, inner]) =>
    isObject(inner) && Object.keys(inner).length > 0
      ? pathsOf(inner, [...steps, step])
      : [[...steps, step].join(SEPARATOR)],
  );
}

/** A path as people read it: `.spec.template.spec.containers[name="nginx"].image`. */
export function readablePath(path: FieldPath): string {
  return path
    .split(SEPARATOR)
    .map((step) => {
      if (step.startsWith('f:')) return `.${step.slice(2)}`;
      const [key, value] = Object.entries(objectOr(JSON.parse(step.slice(2))))[0] ?? ['', ''];
      return `[${key}=${JSON.stringify(value)}]`;
    })
    .join('');
}

export function isManager(entry: ManagedFields, manager: Manager): boolean {
  return (
    entry.manager === manager.name &&
    entry.operation === manager.operation &&
    entry.apiVersion === manager.apiVersion &&
    entry.subresource === manager.subresource
  );
}

export function entryOf(manager: Manager, paths: Iterable<FieldPath>, time: string): ManagedFields {
  return {
    manager: manager.name,
    operation: manager.operation,
    apiVersion: manager.apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: treeOf(paths),
    ...(manager.subresource === undefined ? {} : { subresource: manager.subresource }),
  };
}

export function withPaths(entry: ManagedFields, paths: Iterable<FieldPath>): ManagedFields {
  return { ...entry, fieldsV1: treeOf(paths) };
}

/** The entries after a write: its manager owns what it changed, and nobody what is gone. */
export function afterUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  manager: Manager,
  time: string,
): ManagedFields[] {
  const old = before === undefined ? new Map<FieldPath, unknown>() : ownedFields(before);
  const now = ownedFields(after);
  const entries = before?.metadata.managedFields ?? [];
  const changed = [...now].filter(([path, value]) => !old.has(path) || !sameJson(old.get(path), value));
  const gone = [...old.keys()].filter((path) => !now.has(path));
  if (changed.length === 0 && gone.length === 0) return entries;
  const taken = new Set([...changed.map(([path]) => path), ...gone]);
  const own = entries.find((entry) => isManager(entry, manager));
  const kept = entries
    .filter((entry) => entry !== own)
    .map((entry) =>
      withPaths(
        entry,
        pathsOf(entry.fieldsV1).filter((path) => !taken.has(path)),
      ),
    )
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const held = own === undefined ? [] : pathsOf(own.fieldsV1).filter((path) => now.has(path));
  const paths = new Set([...held, ...changed.map(([path]) => path)]);
  return paths.size === 0 ? kept : [...kept, entryOf(manager, paths, time)];
}
