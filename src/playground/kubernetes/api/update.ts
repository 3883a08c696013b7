import { withDefaults } from '../admission/defaults.ts';
import { checkUnknown } from '../admission/fields.ts';
import { validate } from '../admission/validate.ts';
import { type JsonObject, objectOr, sameJson, textOr } from '../json.ts';
import { badRequest, conflict } from '../status.ts';
import type { KubeObject, ManagedFields, ObjectMeta } from '../types.ts';
import { asStored } from './autoscaler-v1.ts';
import type { ApiContext, Place } from './context.ts';
import { decodeObject, expectedOf, isDryRun, repeatedFields } from './decode.ts';
import { afterUpdate, type Manager } from './managed-fields.ts';
import { clientMetadata, managerOf, toObject } from './object.ts';
import { showOne } from './present.ts';
import { findObject, reply, viewOf } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';
import { withSubresource } from './subresources.ts';

export type WriteOptions = {
  dryRun: boolean;
  manager: Manager;
  subresource?: string | undefined;
  /** Who owns what afterwards, where the writer has worked it out already. */
  managedFields?: ManagedFields[];
};

export function replaceOne(
  context: ApiContext,
  request: ApiRequest,
  place: Place,
  subresource?: string,
): Reply {
  const { resource, namespace, name } = place;
  const view = viewOf(context, request, false);
  const dryRun = isDryRun(request, 'UpdateOptions');
  const level = request.query.get('fieldValidation');
  const decoded = decodeObject(request, expectedOf(resource));
  const { object: body, warnings } = checkUnknown(
    resource,
    asStored(resource, decoded),
    level,
    repeatedFields(request),
  );
  const metadata = objectOr(body.metadata);
  if (textOr(metadata.name) === '') {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  checkName(name, metadata);
  const current = findObject(context, resource, namespace, name);
  const uid = textOr(metadata.uid, current.metadata.uid);
  if (uid !== current.metadata.uid) {
    const group = resource.group === '' ? '' : `${resource.group}/`;
    const key = `/registry/${group}${resource.plural}/${namespace === undefined ? '' : `${namespace}/`}${name}`;
    throw conflict(
      resource,
      name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
    );
  }
  const stored = updateObject(context, place, current, body, {
    dryRun,
    subresource,
    manager: managerOf(request, resource, subresource),
  });
  return reply(request, 200, showOne(resource, stored, view), warnings);
}

/** Refuses an object that bears another name than its path. */
export function checkName(name: string, metadata: JsonObject): void {
  const given = textOr(metadata.name, name);
  if (given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
}

/** Turns a stored object into what a client sent for it, keeping what is the server's, and stores it unless dry. */
export function updateObject(
  context: ApiContext,
  place: Place,
  current: KubeObject,
  next: JsonObject,
  options: WriteOptions,
): KubeObject {
  const { resource, namespace, name } = place;
  const sent = objectOr(next.metadata);
  const version = textOr(sent.resourceVersion);
  if (version !== '' && version !== current.metadata.resourceVersion) throw conflict(resource, name);
  const part = options.subresource;
  const hasStatus = resource.subresources.some((one) => one.name === 'status');
  const fields: JsonObject =
    part === undefined
      ? withDefaults(resource.storage, hasStatus ? { ...next, status: current.status } : next)
      : withSubresource(part, current, next);
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, ...kept } = current.metadata;
  const metadata: ObjectMeta = part === undefined ? { ...kept, ...clientMetadata(sent) } : current.metadata;
  const object = toObject(resource, fields, metadata);
  if (part === undefined) validate(resource, object, current);
  const counted = !sameJson(object.spec, current.spec) && current.metadata.generation !== undefined;
  const time = context.simulation.clock.stamp();
  const managedFields = options.managedFields ?? afterUpdate(current, object, options.manager, time);
  const written: KubeObject = {
    ...object,
    metadata: {
      ...object.metadata,
      ...(counted ? { generation: (current.metadata.generation ?? 0) + 1 } : {}),
      ...(managedFields.length === 0 ? {} : { managedFields }),
    },
  };
  if (options.dryRun) return written;
  const { store } = context.simulation;
  const ending =
    written.metadata.deletionTimestamp !== undefined && (written.metadata.finalizers ?? []).length === 0;
  if (ending && resource.storage !== 'pods' && resource.storage !== 'namespaces') {
    store.remove(resource.storage, namespace, name);
    return written;
  }
  return store.put(resource.storage, written);
}
