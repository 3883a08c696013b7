import type { JsonObject } from '../json.ts';
import { shortHash } from '../names.ts';
import { API_GROUPS, apiVersionOf, RESOURCES, type Resource } from '../resources.ts';

/**
 * A small OpenAPI v3 index: which kinds there are and what their requests take, without the fields below `spec`. It is
 * enough for kubectl to leave validation to the server and to explain a kind.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
 */
const TITLE = 'Kubernetes (a playground)';

function pathOf(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`;
}

export function openApiIndex(withMetrics: boolean): JsonObject {
  const groups = API_GROUPS.filter(({ group }) => withMetrics || group !== 'metrics.k8s.io');
  const entries = groups.map(({ group, version }) => {
    const path = pathOf(group, version);
    return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${shortHash(path)}` }];
  });
  return { paths: Object.fromEntries(entries) };
}

function text(name: string, description: string): JsonObject {
  return { name, in: 'query', description, schema: { type: 'string', uniqueItems: true } };
}

const DRY_RUN = text('dryRun', 'All: nothing is stored.');
const FIELD_MANAGER = text('fieldManager', 'The name under which the change is recorded.');
const FIELD_VALIDATION = text('fieldValidation', 'What becomes of unknown fields: Ignore, Warn or Strict.');
const WRITES = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];

// Without the schemas of all fields a client must not work out a strategic merge from here, so it is not named.
const PATCHES = ['application/json-patch+json', 'application/merge-patch+json'];

function operation(resource: Resource, action: string, parameters: JsonObject[], types?: string[]) {
  const { group, version, kind } = resource;
  return {
    operationId: `${action}${kind}`,
    parameters,
    ...(types === undefined
      ? {}
      : { requestBody: { content: Object.fromEntries(types.map((type) => [type, { schema: {} }])) } }),
    responses: { 200: { description: 'OK' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

const VERBS: { verb: string; method: string; one: boolean }[] = [
  { verb: 'list', method: 'get', one: false },
  { verb: 'create', method: 'post', one: false },
  { verb: 'get', method: 'get', one: true },
  { verb: 'update', method: 'put', one: true },
  { verb: 'patch', method: 'patch', one: true },
  { verb: 'delete', method: 'delete', one: true },
];

function operations(resource: Resource, one: boolean): JsonObject {
  const entries = VERBS.filter((entry) => entry.one === one && resource.verbs.includes(entry.verb)).map(
    ({ verb, method }) => {
      const writes = ['create', 'update', 'patch'].includes(verb);
      const types = verb === 'patch' ? PATCHES : writes ? ['application/json'] : undefined;
      return [method, operation(resource, verb, writes ? WRITES : verb === 'delete' ? [DRY_RUN] : [], types)];
    },
  );
  return Object.fromEntries(entries);
}

function pathsOf(resource: Resource): [string, JsonObject][] {
  const base = `/${pathOf(resource.group, resource.version)}`;
  const scope = resource.namespaced ? '/namespaces/{namespace}' : '';
  const collection = `${base}${scope}/${resource.plural}`;
  return [
    [collection, operations(resource, false)],
    [`${collection}/{name}`, operations(resource, true)],
  ];
}

const ANY = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

function schemaOf(resource: Resource): [string, JsonObject] {
  const { group, version, kind } = resource;
  const name = `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`;
  const described = (description: string, schema: JsonObject) => ({ ...schema, description });
  return [
    name,
    {
      type: 'object',
      description: `${kind}, served as ${resource.plural} of ${apiVersionOf(resource)}.`,
      properties: {
        apiVersion: described('The version of the API that the object is written in.', { type: 'string' }),
        kind: described('The kind of the object.', { type: 'string' }),
        metadata: described('Name, namespace, labels and the like.', ANY),
        spec: described('What is wanted.', ANY),
        ...(resource.subresources.some((one) => one.name === 'status')
          ? { status: described('What is.', ANY) }
          : {}),
      },
      'x-kubernetes-group-version-kind': [{ group, version, kind }],
    },
  ];
}

/** The document of one API group's version; undefined where it is not served. */
export function openApiDocument(path: string, withMetrics: boolean): JsonObject | undefined {
  const found = API_GROUPS.find(({ group, version }) => pathOf(group, version) === path);
  if (found === undefined || (found.group === 'metrics.k8s.io' && !withMetrics)) return undefined;
  const resources = RESOURCES.filter(
    ({ group, version }) => group === found.group && version === found.version,
  );
  return {
    openapi: '3.0.0',
    info: { title: TITLE, version: found.version },
    paths: Object.fromEntries(resources.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(resources.map(schemaOf)) },
  };
}
