import { isObject, type JsonObject } from '../json.ts';
import type { Resource } from '../resources.ts';
import { badRequest } from '../status.ts';
import { typeFault } from './types.ts';

const METADATA = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The fields of kinds that are more than a spec and a status. */
const TOP: Record<string, string[]> = {
  configmaps: ['data', 'binaryData', 'immutable'],
  secrets: ['data', 'stringData', 'type', 'immutable'],
  serviceaccounts: ['secrets', 'imagePullSecrets', 'automountServiceAccountToken'],
};

const WITH_SPEC = new Set([
  'pods',
  'services',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'resourcequotas',
  'limitranges',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'jobs',
  'cronjobs',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'ingresses',
  'networkpolicies',
  'leases',
]);

const SPECS: Record<string, string[]> = {
  deployments: [
    'replicas',
    'selector',
    'template',
    'strategy',
    'minReadySeconds',
    'revisionHistoryLimit',
    'paused',
    'progressDeadlineSeconds',
  ],
};

/** An object without the fields its kind does not have, and the names of those. */
export type Pruned = { object: JsonObject; unknown: string[] };

function keep(value: JsonObject, known: readonly string[], prefix: string): Pruned {
  const entries = Object.entries(value);
  return {
    object: Object.fromEntries(entries.filter(([key]) => known.includes(key))),
    unknown: entries.filter(([key]) => !known.includes(key)).map(([key]) => `${prefix}${key}`),
  };
}

/**
 * Drops unknown fields, as decoding into the server's types does. It knows metadata, the top level of most kinds and
 * the spec of Deployments; deeper fields are taken as they come.
 */
export function prune(resource: Resource, object: JsonObject): Pruned {
  const metadata = isObject(object.metadata) ? keep(object.metadata, METADATA, 'metadata.') : undefined;
  const specFields = SPECS[resource.storage];
  const spec =
    isObject(object.spec) && specFields !== undefined ? keep(object.spec, specFields, 'spec.') : undefined;
  const inner: JsonObject = {
    ...object,
    ...(metadata === undefined ? {} : { metadata: metadata.object }),
    ...(spec === undefined ? {} : { spec: spec.object }),
  };
  const own = TOP[resource.storage] ?? (WITH_SPEC.has(resource.storage) ? ['spec', 'status'] : undefined);
  const top =
    own === undefined
      ? { object: inner, unknown: [] }
      : keep(inner, ['apiVersion', 'kind', 'metadata', ...own], '');
  return {
    object: top.object,
    unknown: [...(metadata?.unknown ?? []), ...(spec?.unknown ?? []), ...top.unknown],
  };
}

/**
 * Treats unknown and repeated fields as `fieldValidation` asks: refused, warned of (the default), or dropped in
 * silence. A value of another type than the field's is refused in any case.
 */
export function checkUnknown(
  resource: Resource,
  object: JsonObject,
  level: string | null,
  duplicates: readonly string[] = [],
): { object: JsonObject; warnings: string[] } {
  const pruned = prune(resource, object);
  const warnings = [
    ...duplicates.map((field) => `duplicate field "${field}"`),
    ...pruned.unknown.map((field) => `unknown field "${field}"`),
  ];
  const strict = level === 'Strict' && warnings.length > 0;
  const fault = strict ? `strict decoding error: ${warnings.join(', ')}` : typeFault(resource, pruned.object);
  if (fault !== undefined) {
    const { kind, version, group } = resource;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    throw badRequest(`${kind} in version "${apiVersion}" cannot be handled as a ${kind}: ${fault}`);
  }
  return { object: pruned.object, warnings: level === 'Ignore' ? [] : warnings };
}
