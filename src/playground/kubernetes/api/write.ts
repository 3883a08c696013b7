import { randomUUID } from 'node:crypto';
import { withDefaults } from '../admission/defaults.ts';
import { qosClass, withAccountToken } from '../admission/pod-admission.ts';
import { validate } from '../admission/validate.ts';
import { compact, isObject, type JsonObject, objectOr, sameJson, textOr, withoutNulls } from '../json.ts';
import { randomSuffix } from '../names.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMerge } from '../patch/strategic-merge.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { alreadyExists, badRequest, conflict, forbidden, invalid, notFound, StatusError } from '../status.ts';
import type { KubeObject, ObjectMeta } from '../types.ts';
import type { ApiContext, Place } from './context.ts';
import { decodeObject, expectedOf, isDryRun, parseJson, patchType } from './decode.ts';
import { showOne } from './present.ts';
import { findObject, reply, viewOf } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** Kinds whose metadata.generation counts the changes of their spec. */
const WITHOUT_GENERATION = new Set([
  'configmaps',
  'secrets',
  'events',
  'endpoints',
  'namespaces',
  'nodes',
  'services',
  'serviceaccounts',
  'horizontalpodautoscalers',
  'persistentvolumeclaims',
  'persistentvolumes',
  'resourcequotas',
  'limitranges',
  'leases',
  'roles',
  'rolebindings',
  'clusterroles',
  'clusterrolebindings',
  'controllerrevisions',
]);

// The one place where a request's JSON, after its metadata has been made whole, becomes an object of the store.
function toObject(resource: Resource, fields: JsonObject, metadata: ObjectMeta): KubeObject {
  const { metadata: _, kind: _kind, apiVersion: _version, ...rest } = fields;
  // Events write their unset times as null.
  if (resource.storage !== 'events' && rest.spec !== undefined) rest.spec = withoutNulls(rest.spec);
  const storedGroup = resource.storage === 'events' ? 'v1' : apiVersionOf(resource);
  return compact({ apiVersion: storedGroup, kind: resource.kind, metadata, ...rest });
}

function checkNamespace(
  context: ApiContext,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): void {
  if (namespace === undefined) return;
  const found = context.simulation.store.get('namespaces', undefined, namespace);
  const named = { plural: 'namespaces', group: '', kind: 'Namespace' };
  if (found === undefined) throw notFound(named, namespace);
  if (found.metadata.deletionTimestamp === undefined) return;
  const error = forbidden(
    resource,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  throw new StatusError(error.code, error.reason, error.message, {
    ...error.details,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}

/** Fields of metadata that a client may set; the rest is the server's. */
function clientMetadata(metadata: JsonObject): Partial<ObjectMeta> {
  const kept = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName'];
  return Object.fromEntries(
    kept.filter((key) => metadata[key] !== undefined).map((key) => [key, metadata[key]]),
  );
}

/** What the admission plugins of a default cluster add to a new object. */
function admitted(resource: Resource, object: JsonObject): JsonObject {
  if (resource.storage !== 'pods') return object;
  const spec = objectOr(object.spec);
  const status = { ...objectOr(object.status), qosClass: qosClass(spec.containers) };
  return { ...object, spec: withAccountToken(spec), status };
}

export function createOne(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  namespace: string | undefined,
): Reply {
  const { store, clock } = context.simulation;
  const view = viewOf(context, request, false);
  const dryRun = isDryRun(request, 'CreateOptions');
  const body = decodeObject(request, expectedOf(resource));
  const metadata = objectOr(body.metadata);
  if (textOr(metadata.namespace, namespace) !== namespace && namespace !== undefined) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const prefix = textOr(metadata.generateName);
  const name = textOr(metadata.name) || (prefix === '' ? '' : `${prefix}${randomSuffix()}`);
  checkNamespace(context, resource, namespace, name);
  if (textOr(metadata.resourceVersion) !== '') {
    throw new StatusError(500, undefined, 'resourceVersion should not be set on objects to be created');
  }
  const filled = admitted(resource, withDefaults(resource.storage, body));
  validate(resource, { ...filled, metadata: { ...metadata, name } });
  if (store.get(resource.storage, namespace, name) !== undefined) throw alreadyExists(resource, name);
  const object = toObject(resource, filled, {
    ...clientMetadata(metadata),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid: randomUUID(),
    resourceVersion: '',
    ...(WITHOUT_GENERATION.has(resource.storage) ? {} : { generation: 1 }),
    creationTimestamp: clock.stamp(),
  });
  if (dryRun) return reply(request, 201, showOne(resource, object, view));
  return reply(request, 201, showOne(resource, store.put(resource.storage, object), view));
}

export function replaceOne(
  context: ApiContext,
  request: ApiRequest,
  place: Place,
  subresource?: string,
): Reply {
  const { resource, namespace, name } = place;
  const view = viewOf(context, request, false);
  const dryRun = isDryRun(request, 'UpdateOptions');
  const body = decodeObject(request, expectedOf(resource));
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
  const stored = updateObject(context, place, current, body, { dryRun, subresource });
  return reply(request, 200, showOne(resource, stored, view));
}

function checkName(name: string, metadata: JsonObject): void {
  const given = textOr(metadata.name, name);
  if (given !== name) {
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`);
  }
}

/** The document that a patch turns another one into, by its content type. */
export function patched(request: ApiRequest, document: JsonObject): JsonObject {
  const type = patchType(request);
  const known = [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
  ];
  if (!known.includes(type)) {
    throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  const patch = parseJson(request.body.toString(), 'error decoding patch');
  const result =
    type === 'application/json-patch+json'
      ? applyJsonPatch(document, patch)
      : isObject(patch)
        ? type === 'application/merge-patch+json'
          ? applyMergePatch(document, patch)
          : applyStrategicMerge(document, patch)
        : undefined;
  if (!isObject(result)) throw badRequest('error decoding patch: the patch does not give an object');
  return result;
}

export function patchOne(
  context: ApiContext,
  request: ApiRequest,
  place: Place,
  subresource?: string,
): Reply {
  const { resource, namespace, name } = place;
  const view = viewOf(context, request, false);
  const dryRun = isDryRun(request, 'PatchOptions');
  if (request.query.has('force')) {
    const message = 'Forbidden: may not be specified for non-apply patch';
    throw invalid('PatchOptions', 'meta.k8s.io', '', [
      { reason: 'FieldValueForbidden', message, field: 'force' },
    ]);
  }
  const current = findObject(context, resource, namespace, name);
  const { apiVersion: _version, kind: _kind, ...fields } = current;
  const document = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...fields };
  const next = patched(request, document);
  const metadata = objectOr(next.metadata);
  checkName(name, metadata);
  const uid = textOr(metadata.uid, current.metadata.uid);
  if (uid !== current.metadata.uid) {
    const cause = {
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${uid}": field is immutable`,
      field: 'metadata.uid',
    };
    throw invalid(resource.kind, resource.group, name, [cause, cause]);
  }
  const stored = updateObject(context, place, current, next, { dryRun, subresource });
  return reply(request, 200, showOne(resource, stored, view));
}

/** Turns a stored object into what a client sent for it, keeping what is the server's, and stores it unless dry. */
export function updateObject(
  context: ApiContext,
  place: Place,
  current: KubeObject,
  next: JsonObject,
  options: { dryRun: boolean; subresource?: string | undefined },
): KubeObject {
  const { resource, namespace, name } = place;
  const sent = objectOr(next.metadata);
  const version = textOr(sent.resourceVersion);
  if (version !== '' && version !== current.metadata.resourceVersion) throw conflict(resource, name);
  const isStatus = options.subresource === 'status';
  const hasStatus = resource.subresources.some((one) => one.name === 'status');
  const fields: JsonObject = isStatus
    ? { ...current, status: next.status }
    : withDefaults(resource.storage, hasStatus ? { ...next, status: current.status } : next);
  const { labels: _l, annotations: _a, ownerReferences: _o, finalizers: _f, ...kept } = current.metadata;
  const metadata: ObjectMeta = isStatus ? current.metadata : { ...kept, ...clientMetadata(sent) };
  const object = toObject(resource, fields, metadata);
  if (!isStatus) validate(resource, object, current);
  const counted = !sameJson(object.spec, current.spec) && current.metadata.generation !== undefined;
  const written: KubeObject = counted
    ? { ...object, metadata: { ...object.metadata, generation: (current.metadata.generation ?? 0) + 1 } }
    : object;
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
