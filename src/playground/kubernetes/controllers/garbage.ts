import { findKind, RESOURCES } from '../resources.ts';
import type { Simulation } from '../simulation.ts';
import type { KubeObject, OwnerReference } from '../types.ts';
import { deletePod } from './pods.ts';

const COLLECTED = [
  ...new Set(RESOURCES.filter(({ verbs }) => verbs.includes('delete')).map(({ storage }) => storage)),
];

function ownerExists(simulation: Simulation, object: KubeObject, reference: OwnerReference): boolean {
  const resource = findKind(reference.apiVersion, reference.kind);
  if (resource === undefined) return true;
  const namespace = resource.namespaced ? object.metadata.namespace : undefined;
  const owner = simulation.store.get(resource.storage, namespace, reference.name);
  return owner !== undefined && owner.metadata.uid === reference.uid;
}

function remove(simulation: Simulation, storage: string, object: KubeObject): void {
  const { store } = simulation;
  const { namespace, name } = object.metadata;
  const pod = storage === 'pods' ? store.get('pods', namespace, name) : undefined;
  if (pod !== undefined) deletePod(simulation, pod);
  else store.remove(storage, namespace, name);
}

/** Removes what is left behind: objects whose owners are all gone, and everything in a namespace that is ending. */
export function collectGarbage(simulation: Simulation): undefined {
  const { store } = simulation;
  /** Whether an owner is there, by its UID: a thousand pods of one ReplicaSet ask once. */
  const known = new Map<string, boolean>();
  const exists = (object: KubeObject, owner: OwnerReference): boolean => {
    const found = known.get(owner.uid) ?? ownerExists(simulation, object, owner);
    known.set(owner.uid, found);
    return found;
  };
  for (const storage of COLLECTED) {
    if (storage === 'events') continue;
    for (const object of store.list(storage)) {
      const owners = object.metadata.ownerReferences ?? [];
      if (owners.length > 0 && !owners.some((owner) => exists(object, owner))) {
        remove(simulation, storage, object);
      }
    }
  }
  finishForegroundDeletion(simulation);
  emptyNamespaces(simulation);
  return undefined;
}

/** An object deleted in the foreground goes once nothing that blocks on it is left. */
function finishForegroundDeletion(simulation: Simulation): void {
  const { store } = simulation;
  for (const storage of COLLECTED) {
    for (const object of store.list(storage)) {
      const finalizers = object.metadata.finalizers ?? [];
      if (object.metadata.deletionTimestamp === undefined || !finalizers.includes('foregroundDeletion'))
        continue;
      const dependents = COLLECTED.flatMap((other) =>
        store
          .list(other, object.metadata.namespace)
          .filter((one) => one.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid))
          .map((one) => ({ other, one })),
      );
      for (const { other, one } of dependents) remove(simulation, other, one);
      if (dependents.length === 0) store.remove(storage, object.metadata.namespace, object.metadata.name);
    }
  }
}

function emptyNamespaces(simulation: Simulation): void {
  const { store } = simulation;
  for (const namespace of store.list('namespaces')) {
    if (namespace.metadata.deletionTimestamp === undefined) continue;
    const name = namespace.metadata.name;
    const content = COLLECTED.flatMap((storage) =>
      store.list(storage, name).map((object) => ({ storage, object })),
    );
    for (const { storage, object } of content) remove(simulation, storage, object);
    if (content.length === 0) store.remove('namespaces', undefined, name);
  }
}
