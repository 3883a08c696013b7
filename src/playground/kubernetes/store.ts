import { sameJson } from './json.ts';
import type { KubeObject, Stored } from './types.ts';

export type Change = {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  resourceVersion: number;
  object: KubeObject;
  previous: KubeObject | undefined;
};

/**
 * The cluster's objects with their history, as etcd keeps them: one resourceVersion counter for everything,
 * and enough past changes to list at, or watch from, an earlier version. Objects are never changed in place.
 */
export type Store = {
  get<R extends string>(resource: R, namespace: string | undefined, name: string): Stored<R> | undefined;
  /** All objects of a resource, or of one namespace, ordered by namespace and name. */
  list<R extends string>(resource: R, namespace?: string): Stored<R>[];
  /** Stores a new or changed object and gives it the next resourceVersion; an unchanged one stays as it is. */
  put<R extends string>(resource: R, object: Stored<R>): Stored<R>;
  /** Stores an object under the resourceVersion it already carries. */
  load(resource: string, object: KubeObject): void;
  remove(resource: string, namespace: string | undefined, name: string): KubeObject | undefined;
  resourceVersion(): number;
  /** The changes after a version, or undefined when that version is no longer kept. */
  changesSince(resourceVersion: number): Change[] | undefined;
  listAt(resource: string, namespace: string | undefined, resourceVersion: number): KubeObject[] | undefined;
  subscribe(listener: (change: Change) => void): () => void;
  /** Forgets the history up to now, as a compaction of etcd does. */
  forgetHistory(): void;
  all(): KubeObject[];
};

const HISTORY = 5000;

function keyOf(object: KubeObject): string {
  return `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
}

function byKey(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Objects by key, with their keys in order: lists are asked for far more often than objects come and go. */
type Table = { objects: Map<string, KubeObject>; keys: string[] };

/** The place of a key among ordered keys, or the one where it would be. */
function placeOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keep(table: Table, object: KubeObject): void {
  const key = keyOf(object);
  if (!table.objects.has(key)) table.keys.splice(placeOf(table.keys, key), 0, key);
  table.objects.set(key, object);
}

function drop(table: Table, key: string): void {
  if (table.objects.delete(key)) table.keys.splice(placeOf(table.keys, key), 1);
}

/** The objects of a table, or of one namespace of it, in order. */
function ordered({ keys, objects }: Table, namespace: string | undefined): KubeObject[] {
  const prefix = `${namespace}/`;
  const found: KubeObject[] = [];
  for (let index = namespace === undefined ? 0 : placeOf(keys, prefix); index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    if (namespace !== undefined && !key.startsWith(prefix)) break;
    const object = objects.get(key);
    if (object !== undefined) found.push(object);
  }
  return found;
}

export function createStore(): Store {
  const tables = new Map<string, Table>();
  const listeners = new Set<(change: Change) => void>();
  let history: Change[] = [];
  let oldestKept = 1;
  let version = 1;

  function table(resource: string): Table {
    let found = tables.get(resource);
    if (found === undefined) {
      found = { objects: new Map(), keys: [] };
      tables.set(resource, found);
    }
    return found;
  }

  function record(change: Change): void {
    history.push(change);
    if (history.length > HISTORY) {
      const dropped = history.splice(0, history.length - HISTORY / 2);
      oldestKept = dropped.at(-1)?.resourceVersion ?? oldestKept;
    }
    for (const listener of [...listeners]) listener(change);
  }

  // The one place where a plain object takes the type of the resource it is stored under.
  function typed<R extends string>(object: KubeObject): Stored<R> {
    return object as Stored<R>;
  }

  return {
    get: <R extends string>(resource: R, namespace: string | undefined, name: string) => {
      const found = table(resource).objects.get(`${namespace ?? ''}/${name}`);
      return found === undefined ? undefined : typed<R>(found);
    },
    list: (resource, namespace) => ordered(table(resource), namespace).map((object) => typed(object)),
    put: (resource, object) => {
      const previous = table(resource).objects.get(keyOf(object));
      if (previous !== undefined && sameJson(previous, object)) return typed(previous);
      version += 1;
      const stored: KubeObject = {
        ...object,
        metadata: { ...object.metadata, resourceVersion: String(version) },
      };
      keep(table(resource), stored);
      record({
        type: previous === undefined ? 'ADDED' : 'MODIFIED',
        resource,
        resourceVersion: version,
        object: stored,
        previous,
      });
      return typed(stored);
    },
    load: (resource, object) => {
      version = Math.max(version, Number(object.metadata.resourceVersion) || 0);
      keep(table(resource), object);
    },
    remove: (resource, namespace, name) => {
      const key = `${namespace ?? ''}/${name}`;
      const previous = table(resource).objects.get(key);
      if (previous === undefined) return undefined;
      version += 1;
      drop(table(resource), key);
      const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(version) } };
      record({ type: 'DELETED', resource, resourceVersion: version, object, previous });
      return object;
    },
    resourceVersion: () => version,
    changesSince: (since) =>
      since < oldestKept ? undefined : history.filter((change) => change.resourceVersion > since),
    listAt: (resource, namespace, at) => {
      if (at < oldestKept) return undefined;
      const { objects, keys } = table(resource);
      const state: Table = { objects: new Map(objects), keys: [...keys] };
      for (const change of history.filter((one) => one.resource === resource).reverse()) {
        if (change.resourceVersion <= at) break;
        if (change.previous === undefined) drop(state, keyOf(change.object));
        else keep(state, change.previous);
      }
      return ordered(state, namespace);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forgetHistory: () => {
      history = [];
      oldestKept = version;
    },
    all: () => [...tables.keys()].sort(byKey).flatMap((resource) => ordered(table(resource), undefined)),
  };
}
