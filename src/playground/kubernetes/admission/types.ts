import { at, isObject, type JsonObject, listOr, objectOr } from '../json.ts';
import type { Resource } from '../resources.ts';

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const NO_QUANTITY =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === true || value === false) return 'bool';
  return isObject(value) ? 'object' : typeof value;
}

function texts(resource: Resource, object: JsonObject, field: string): string | undefined {
  const bad = Object.values(objectOr(object[field])).find((value) => typeof value !== 'string');
  return bad === undefined
    ? undefined
    : `json: cannot unmarshal ${goType(bad)} into Go struct field ${resource.kind}.${field} of type string`;
}

function podSpecOf(resource: Resource, object: JsonObject): unknown {
  if (resource.storage === 'pods') return object.spec;
  return resource.storage === 'cronjobs'
    ? at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
    : at(object, 'spec', 'template', 'spec');
}

function quantities(spec: unknown): string | undefined {
  const containers = [...listOr(at(spec, 'initContainers')), ...listOr(at(spec, 'containers'))];
  const values = containers.flatMap((container) =>
    ['limits', 'requests'].flatMap((list) => Object.values(objectOr(at(container, 'resources', list)))),
  );
  return values.every((value) => QUANTITY.test(String(value))) ? undefined : NO_QUANTITY;
}

function replicas(resource: Resource, object: JsonObject): string | undefined {
  const value = at(object, 'spec', 'replicas');
  if (value === undefined || value === null || typeof value === 'number') return undefined;
  return `json: cannot unmarshal ${goType(value)} into Go struct field ${resource.kind}Spec.spec.replicas of type int32`;
}

/** Why an object cannot be read into the server's type, in its decoder's words; undefined when it can. */
export function typeFault(resource: Resource, object: JsonObject): string | undefined {
  switch (resource.storage) {
    case 'configmaps':
      return texts(resource, object, 'data');
    case 'secrets':
      return texts(resource, object, 'data') ?? texts(resource, object, 'stringData');
    default:
      return replicas(resource, object) ?? quantities(podSpecOf(resource, object));
  }
}
