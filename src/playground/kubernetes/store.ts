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

export function createStore(): Store {
  const tables = new Map<string, Map<string, KubeObject>>();
  const listeners = new Set<(change: Change) => void>();
  let history: Change[] = [];
  let oldestKept = 1;
  let version = 1;

  function table(resource: string): Map<string, KubeObject> {
    let found = tables.get(resource);
    if (found === undefined) {
      found = new Map();
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

  function sorted(objects: Map<string, KubeObject>, namespace: string | undefined): KubeObject[] {
    const keys = [...objects.keys()].filter(
      (key) => namespace === undefined || key.startsWith(`${namespace}/`),
    );
    return keys.sort(byKey).flatMap((key) => objects.get(key) ?? []);
  }

  return {
    get: <R extends string>(resource: R, namespace: string | undefined, name: string) => {
      const found = table(resource).get(`${namespace ?? ''}/${name}`);
      return found === undefined ? undefined : typed<R>(found);
    },
    list: (resource, namespace) => sorted(table(resource), namespace).map((object) => typed(object)),
    put: (resource, object) => {
      const previous = table(resource).get(keyOf(object));
      if (previous !== undefined && sameJson(previous, object)) return typed(previous);
      version += 1;
      const stored: KubeObject = {
        ...object,
        metadata: { ...object.metadata, resourceVersion: String(version) },
      };
      table(resource).set(keyOf(stored), stored);
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
      table(resource).set(keyOf(object), object);
    },
    remove: (resource, namespace, name) => {
      const key = `${namespace ?? ''}/${name}`;
      const previous = table(resource).get(key);
      if (previous === undefined) return undefined;
      version += 1;
      table(resource).delete(key);
      const object = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(version) } };
      record({ type: 'DELETED', resource, resourceVersion: version, object, previous });
      return object;
    },
    resourceVersion: () => version,
    changesSince: (since) =>
      since < oldestKept ? undefined : history.filter((change) => change.resourceVersion > since),
    listAt: (resource, namespace, at) => {
      if (at < oldestKept) return undefined;
      const state = new Map(table(resource));
      for (const change of history.filter((one) => one.resource === resource).reverse()) {
        if (change.resourceVersion <= at) break;
        if (change.previous === undefined) state.delete(keyOf(change.object));
        else state.set(keyOf(change.object), change.previous);
      }
      return sorted(state, namespace);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    forgetHistory: () => {
      history = [];
      oldestKept = version;
    },
    all: () => [...tables.keys()].sort(byKey).flatMap((resource) => sorted(table(resource), undefined)),
  };
}
