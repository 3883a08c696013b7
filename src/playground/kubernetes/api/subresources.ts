import { isObject, type JsonObject, listOr, objectOr } from '../json.ts';
import { StatusError } from '../status.ts';

function resized(current: unknown, next: unknown): unknown[] {
  const wanted = new Map(
    listOr(next)
      .filter(isObject)
      .map((container) => [container.name, container.resources]),
  );
  return listOr(current).map((container) =>
    isObject(container) && wanted.has(container.name)
      ? { ...container, resources: wanted.get(container.name) ?? {} }
      : container,
  );
}

/** The object after a write to one of its subresources, which may change only the fields that are its own. */
export function withSubresource(subresource: string, current: JsonObject, next: JsonObject): JsonObject {
  const spec = objectOr(current.spec);
  const wanted = objectOr(next.spec);
  switch (subresource) {
    case 'ephemeralcontainers':
      return { ...current, spec: { ...spec, ephemeralContainers: wanted.ephemeralContainers } };
    case 'resize':
      return { ...current, spec: { ...spec, containers: resized(spec.containers, wanted.containers) } };
    case 'finalize':
      return { ...current, spec: { ...spec, finalizers: wanted.finalizers } };
    default:
      return { ...current, status: next.status };
  }
}

/** What asks for a connection into a container, of which the playground has none. */
export function refuseConnection(subresource: string): StatusError {
  return subresource === 'proxy'
    ? new StatusError(503, 'ServiceUnavailable', 'no endpoints available: nothing listens in the playground')
    : new StatusError(400, 'BadRequest', 'Upgrade request required');
}

export const CONNECTIONS: ReadonlySet<string> = new Set(['attach', 'exec', 'portforward', 'proxy']);
