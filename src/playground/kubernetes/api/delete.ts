import { stampOf } from '../clock.ts';
import { deletePod } from '../controllers/pods.ts';
import { at, type JsonObject, textOr } from '../json.ts';
import type { Resource } from '../resources.ts';
import { preconditionFailed } from '../status.ts';
import type { KubeObject, Pod } from '../types.ts';
import type { ApiContext, Place } from './context.ts';
import { deleteOptions } from './decode.ts';
import { showList, showOne } from './present.ts';
import { findObject, isSelected, reply, selectionOf, viewOf } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** Refuses a delete whose preconditions name another uid or resourceVersion than the object has. */
export function checkPreconditions(kind: string, object: KubeObject, options: JsonObject): void {
  const { name, uid, resourceVersion } = object.metadata;
  const wantedUid = textOr(at(options, 'preconditions', 'uid'), uid);
  if (wantedUid !== uid) {
    throw preconditionFailed(
      kind,
      name,
      `the UID in the precondition (${wantedUid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  const wantedVersion = textOr(at(options, 'preconditions', 'resourceVersion'), resourceVersion);
  if (wantedVersion !== resourceVersion) {
    throw preconditionFailed(
      kind,
      name,
      `the ResourceVersion in the precondition (${wantedVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

export function isDry(options: JsonObject): boolean {
  return Array.isArray(options.dryRun) && options.dryRun.length > 0;
}

function kindWithGroup(resource: Resource): string {
  return resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
}

export function deleteOne(context: ApiContext, request: ApiRequest, place: Place): Reply {
  const { resource, namespace, name } = place;
  const view = viewOf(context, request, false);
  const options = deleteOptions(request);
  const object = findObject(context, resource, namespace, name);
  checkPreconditions(kindWithGroup(resource), object, options);
  const shown = remove(context, resource, object, options);
  if (shown === undefined) return reply(request, 200, success(resource, object));
  return reply(request, 200, showOne(resource, shown, view));
}

function success(resource: Resource, object: KubeObject): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name: object.metadata.name,
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.plural,
      uid: object.metadata.uid,
    },
  };
}

function graceOf(options: JsonObject): number | undefined {
  return typeof options.gracePeriodSeconds === 'number' ? options.gracePeriodSeconds : undefined;
}

/** A pod as it is after a delete was accepted, without storing it. */
function endingPod(context: ApiContext, pod: Pod, grace: number | undefined): KubeObject {
  const seconds = grace ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const until = context.simulation.clock.now() + seconds * 1000;
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generation: (pod.metadata.generation ?? 1) + 1,
      deletionTimestamp: stampOf(until),
      deletionGracePeriodSeconds: seconds,
    },
  };
}

/** A pod that is ending already ends sooner when less grace is asked for; with none it goes at once. */
function hasten(context: ApiContext, pod: Pod, grace: number | undefined, dry: boolean): KubeObject {
  const { store, clock } = context.simulation;
  if (grace === undefined || grace >= (pod.metadata.deletionGracePeriodSeconds ?? 0)) return pod;
  const { namespace, name } = pod.metadata;
  const sooner = {
    ...pod,
    metadata: {
      ...pod.metadata,
      deletionTimestamp: stampOf(clock.now() + grace * 1000),
      deletionGracePeriodSeconds: grace,
    },
  };
  if (dry) return sooner;
  const stored = store.put('pods', sooner);
  if (grace === 0) store.remove('pods', namespace, name);
  return stored;
}

/** Deletes an object; gives it as it is while it is still ending, or undefined once it is gone. */
function remove(
  context: ApiContext,
  resource: Resource,
  object: KubeObject,
  options: JsonObject,
): KubeObject | undefined {
  const { simulation } = context;
  const { store, clock } = simulation;
  const { namespace, name } = object.metadata;
  const pod = resource.storage === 'pods' ? store.get('pods', namespace, name) : undefined;
  if (pod !== undefined) {
    const grace = graceOf(options);
    if (pod.metadata.deletionTimestamp !== undefined) return hasten(context, pod, grace, isDry(options));
    if (isDry(options)) return endingPod(context, pod, grace);
    return deletePod(simulation, pod, grace);
  }
  const foreground = options.propagationPolicy === 'Foreground';
  const finalizers = [...(object.metadata.finalizers ?? []), ...(foreground ? ['foregroundDeletion'] : [])];
  if (resource.storage === 'namespaces' || finalizers.length > 0) {
    const ending = withDeletion(resource, object, finalizers, clock.stamp());
    return isDry(options) ? ending : store.put(resource.storage, ending);
  }
  if (!isDry(options)) store.remove(resource.storage, namespace, name);
  return undefined;
}

function withDeletion(resource: Resource, object: KubeObject, finalizers: string[], now: string): KubeObject {
  if (object.metadata.deletionTimestamp !== undefined) return object;
  const { generation } = object.metadata;
  const namespace = resource.storage === 'namespaces';
  return {
    ...object,
    ...(namespace ? { status: { phase: 'Terminating' } } : {}),
    metadata: {
      ...object.metadata,
      ...(generation === undefined ? {} : { generation: generation + 1 }),
      deletionTimestamp: now,
      ...(namespace ? {} : { deletionGracePeriodSeconds: 0 }),
      ...(finalizers.length === 0 ? {} : { finalizers }),
    },
  };
}

export function deleteMany(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  namespace: string | undefined,
): Reply {
  const { store } = context.simulation;
  const view = viewOf(context, request, true);
  const selection = selectionOf(resource, request.query);
  const options = deleteOptions(request);
  const objects: KubeObject[] = store.list(resource.storage, namespace);
  const doomed = objects.filter((object) => isSelected(selection, object));
  const shown = doomed.map((object) => remove(context, resource, object, options) ?? object);
  const metadata = { resourceVersion: String(store.resourceVersion()) };
  return reply(request, 200, showList(resource, shown, metadata, view));
}
