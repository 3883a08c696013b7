import { randomUUID } from 'node:crypto';
import { sameJson } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { Condition, KubeObject, ObjectMeta, OwnerReference, Stored } from '../types.ts';

/** Metadata of an object that a controller creates now. */
export function newMeta(
  simulation: Simulation,
  parts: Omit<ObjectMeta, 'uid' | 'resourceVersion' | 'creationTimestamp'>,
): ObjectMeta {
  return { ...parts, uid: randomUUID(), resourceVersion: '', creationTimestamp: simulation.clock.stamp() };
}

export function controllerReference(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function isOwnedBy(object: KubeObject, owner: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some(
    (reference) => reference.controller === true && reference.uid === owner.metadata.uid,
  );
}

/** Stores an object with a changed spec: the generation moves, as on any write of a spec. */
export function putSpec<R extends string>(
  simulation: Simulation,
  resource: R,
  object: Stored<R>,
  before: Stored<R>,
): Stored<R> {
  if (sameJson(object.spec, before.spec)) return simulation.store.put(resource, object);
  return simulation.store.put(resource, {
    ...object,
    metadata: { ...object.metadata, generation: (before.metadata.generation ?? 0) + 1 },
  });
}

/** The conditions with one set; its transition time moves only when the status does. */
export function setCondition(
  conditions: readonly Condition[],
  next: Condition,
  now: string,
  withUpdateTime = false,
): Condition[] {
  const current = conditions.find((condition) => condition.type === next.type);
  if (
    current !== undefined &&
    current.status === next.status &&
    current.reason === next.reason &&
    current.message === next.message
  ) {
    return [...conditions];
  }
  const transition = current?.status === next.status ? current.lastTransitionTime : undefined;
  const condition: Condition = {
    ...next,
    ...(withUpdateTime ? { lastUpdateTime: now } : {}),
    lastTransitionTime: transition ?? now,
  };
  return current === undefined
    ? [...conditions, condition]
    : conditions.map((one) => (one.type === next.type ? condition : one));
}
