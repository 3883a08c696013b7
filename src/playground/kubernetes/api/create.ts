import { randomUUID } from 'node:crypto';
import { withDefaults } from '../admission/defaults.ts';
import { checkUnknown } from '../admission/fields.ts';
import { checkQuota } from '../admission/quota.ts';
import { validate } from '../admission/validate.ts';
import { type JsonObject, objectOr, textOr } from '../json.ts';
import { randomSuffix } from '../names.ts';
import type { Resource } from '../resources.ts';
import { alreadyExists, badRequest, forbidden, notFound, StatusError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import { addressed, admitted, adviceOn, labelled } from './admit.ts';
import type { Applied } from './apply.ts';
import { asStored } from './autoscaler-v1.ts';
import type { ApiContext, Place } from './context.ts';
import { decodeObject, expectedOf, isDryRun, repeatedFields } from './decode.ts';
import { afterUpdate, entryOf, ownedFields } from './managed-fields.ts';
import { clientMetadata, managerOf, toObject, WITHOUT_GENERATION } from './object.ts';
import { showOne } from './present.ts';
import { reply, viewOf } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

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

export function createOne(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  namespace: string | undefined,
): Reply {
  const view = viewOf(context, request, false);
  const dryRun = isDryRun(request, 'CreateOptions');
  const level = request.query.get('fieldValidation');
  const decoded = decodeObject(request, expectedOf(resource));
  const { object: body, warnings } = checkUnknown(
    resource,
    asStored(resource, decoded),
    level,
    repeatedFields(request),
  );
  const object = newObject(context, resource, namespace, body);
  const advice = adviceOn(context, resource, namespace, object);
  const time = context.simulation.clock.stamp();
  const managedFields = afterUpdate(undefined, object, managerOf(request, resource), time);
  const managed = { ...object, metadata: { ...object.metadata, managedFields } };
  const stored = keep(context, resource, managed, dryRun);
  return reply(request, 201, showOne(resource, stored, view), [...warnings, ...advice]);
}

function keep(context: ApiContext, resource: Resource, object: KubeObject, dryRun: boolean): KubeObject {
  return dryRun ? object : context.simulation.store.put(resource.storage, object);
}

/** Creates the object of a server-side apply that found none. */
export function createApplied(
  context: ApiContext,
  request: ApiRequest,
  place: Place,
  applying: Applied,
  dryRun: boolean,
): Reply {
  const { resource, namespace } = place;
  const view = viewOf(context, request, false);
  const object = newObject(context, resource, namespace, applying.body);
  const advice = adviceOn(context, resource, namespace, object);
  const entry = entryOf(
    applying.manager,
    ownedFields(applying.body).keys(),
    context.simulation.clock.stamp(),
  );
  const managed = { ...object, metadata: { ...object.metadata, managedFields: [entry] } };
  return reply(request, 201, showOne(resource, keep(context, resource, managed, dryRun), view), advice);
}

/** What a client's new object becomes: checked, with defaults, and with the server's metadata. */
function newObject(
  context: ApiContext,
  resource: Resource,
  namespace: string | undefined,
  body: JsonObject,
): KubeObject {
  const { store, clock } = context.simulation;
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
  const uid = randomUUID();
  const named = { ...withDefaults(resource.storage, body), metadata: { ...metadata, name } };
  const withNames = labelled(resource, named, name, uid);
  validate(resource, withNames);
  const filled = admitted(context, resource, namespace, name, addressed(context, resource, withNames));
  if (store.get(resource.storage, namespace, name) !== undefined) throw alreadyExists(resource, name);
  if (resource.storage === 'pods' && namespace !== undefined) {
    checkQuota(store, resource, namespace, name, objectOr(filled.spec));
  }
  return toObject(resource, filled, {
    ...clientMetadata(objectOr(filled.metadata)),
    name,
    ...(namespace === undefined ? {} : { namespace }),
    uid,
    resourceVersion: '',
    ...(WITHOUT_GENERATION.has(resource.storage) ? {} : { generation: 1 }),
    creationTimestamp: clock.stamp(),
  });
}
