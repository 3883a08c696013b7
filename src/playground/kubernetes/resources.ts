import { ALL_VERBS, GROUPS, type Subresource } from './served-resources.ts';

/** One resource that the API server serves, with what discovery says about it. */
export type Resource = {
  group: string;
  version: string;
  plural: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  verbs: string[];
  subresources: Subresource[];
  /** The name under which the store holds it; two API groups may serve the same objects. */
  storage: string;
};

/** The singular name: the kind in lower case, but for measures, which go by what is measured. */
function singularOf(group: string, plural: string, kind: string): string {
  return group === 'metrics.k8s.io' ? plural.replace(/s$/, '') : kind.toLowerCase();
}

/** Everything served, in discovery's order: groups as listed, resources by name. */
export const RESOURCES: readonly Resource[] = GROUPS.flatMap(({ group, version, rows }) =>
  rows.map(([plural, kind, options = {}]) => ({
    group,
    version,
    plural,
    singular: singularOf(group, plural, kind),
    kind,
    namespaced: options.cluster !== true,
    shortNames: options.short ?? [],
    categories: options.category === undefined ? [] : [options.category],
    verbs: options.verbs ?? ALL_VERBS,
    subresources: options.sub ?? [],
    storage: options.storage ?? plural,
  })),
);

export const API_GROUPS: readonly { group: string; version: string }[] = GROUPS.map(({ group, version }) => ({
  group,
  version,
}));

export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return RESOURCES.find(
    (resource) => resource.group === group && resource.version === version && resource.plural === plural,
  );
}

export function findKind(apiVersion: string, kind: string): Resource | undefined {
  return RESOURCES.find((resource) => apiVersionOf(resource) === apiVersion && resource.kind === kind);
}

/** The resource that owns a storage name, for objects read straight from the store. */
export function resourceOfStorage(storage: string): Resource {
  const found = RESOURCES.find((resource) => resource.storage === storage);
  if (found === undefined) throw new Error(`no resource is stored as ${storage}`);
  return found;
}

export function apiVersionOf(resource: { group: string; version: string }): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}
