import { compact, type JsonObject, withoutNulls } from '../json.ts';
import { apiVersionOf, type Resource, resourceOfStorage } from '../resources.ts';
import type { KubeObject, ObjectMeta } from '../types.ts';
import type { Manager } from './managed-fields.ts';
import type { ApiRequest } from './request.ts';

/** Kinds whose metadata.generation counts the changes of their spec. */
export const WITHOUT_GENERATION = new Set([
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
export function toObject(resource: Resource, fields: JsonObject, metadata: ObjectMeta): KubeObject {
  const { metadata: _, kind: _kind, apiVersion: _version, ...rest } = fields;
  // Events write their unset times as null.
  if (resource.storage !== 'events' && rest.spec !== undefined) rest.spec = withoutNulls(rest.spec);
  return compact({
    apiVersion: apiVersionOf(resourceOfStorage(resource.storage)),
    kind: resource.kind,
    metadata,
    ...rest,
  });
}

/** Fields of metadata that a client may set; the rest is the server's. */
export function clientMetadata(metadata: JsonObject): Partial<ObjectMeta> {
  const kept = ['labels', 'annotations', 'ownerReferences', 'finalizers', 'generateName'];
  return Object.fromEntries(
    kept.filter((key) => metadata[key] !== undefined).map((key) => [key, metadata[key]]),
  );
}

/** Who a write is attributed to: the `fieldManager` it names, else the first word of its User-Agent. */
export function managerOf(request: ApiRequest, resource: Resource, subresource?: string): Manager {
  const agent = request.headers.userAgent.split('/')[0] ?? '';
  const name = request.query.get('fieldManager') || agent || 'unknown';
  return { name, operation: 'Update', apiVersion: apiVersionOf(resource), subresource };
}
