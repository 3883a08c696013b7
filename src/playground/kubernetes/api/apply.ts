import { parse } from 'yaml';
import { isObject, type JsonObject, objectOr, sameJson } from '../json.ts';
import { applyStrategicMerge } from '../patch/strategic-merge.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { badRequest, type Cause, invalid, StatusError } from '../status.ts';
import type { KubeObject, ManagedFields } from '../types.ts';
import {
  entryOf,
  type FieldPath,
  isManager,
  type Manager,
  ownedFields,
  pathsOf,
  readablePath,
  withPaths,
} from './managed-fields.ts';
import type { ApiRequest } from './request.ts';

/** The object that a server-side apply wants, and who applies it. */
export type Applied = { body: JsonObject; manager: Manager; force: boolean };

export function readApply(request: ApiRequest, resource: Resource): Applied {
  const name = request.query.get('fieldManager') ?? '';
  if (name === '') {
    throw invalid('PatchOptions', 'meta.k8s.io', '', [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: is required for apply patch',
        field: 'fieldManager',
      },
    ]);
  }
  const body: unknown = parse(request.body.toString());
  if (!isObject(body)) throw badRequest('error decoding YAML: the patch is no object');
  if (objectOr(body.metadata).managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const manager: Manager = { name, operation: 'Apply', apiVersion: apiVersionOf(resource) };
  return { body, manager, force: request.query.get('force') === 'true' };
}

function conflictError(conflicts: { entry: ManagedFields; path: FieldPath }[]): StatusError {
  const who = (entry: ManagedFields) =>
    entry.operation === 'Apply' ? `"${entry.manager}"` : `"${entry.manager}" using ${entry.apiVersion}`;
  const causes = conflicts.map(
    ({ entry, path }): Cause => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${who(entry)}`,
      field: readablePath(path),
    }),
  );
  const managers = new Map<string, string[]>();
  for (const { entry, path } of conflicts) {
    managers.set(who(entry), [...(managers.get(who(entry)) ?? []), readablePath(path)]);
  }
  const texts = [...managers].map(([manager, paths]) =>
    paths.length === 1
      ? `conflict with ${manager}: ${paths[0]}`
      : `conflicts with ${manager}:\n${paths.map((path) => `- ${path}`).join('\n')}`,
  );
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}`;
  return new StatusError(409, 'Conflict', `Apply failed with ${count}: ${texts.join('\n')}`, { causes });
}

function withoutPath(value: unknown, steps: string[]): unknown {
  const [step = '', ...rest] = steps;
  if (step.startsWith('k:') && Array.isArray(value)) {
    const wanted = Object.entries(objectOr(JSON.parse(step.slice(2))));
    const matches = (item: unknown) => wanted.every(([key, one]) => sameJson(objectOr(item)[key], one));
    return value.map((item) => (matches(item) ? withoutPath(item, rest) : item));
  }
  if (!isObject(value)) return value;
  const key = step.slice(2);
  if (rest.length === 0) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return { ...value, [key]: withoutPath(value[key], rest) };
}

/**
 * The object and its managed fields after an apply: what is applied is set, what this manager applied before and no
 * longer does is dropped unless someone else owns it. A field that another manager set to something else is a
 * conflict (409), unless forced.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export function applied(
  current: KubeObject,
  { body, manager, force }: Applied,
  time: string,
): { object: JsonObject; managedFields: ManagedFields[] } {
  const wanted = ownedFields(body);
  const present = ownedFields(current);
  const entries = current.metadata.managedFields ?? [];
  const others = entries.filter((entry) => !isManager(entry, manager));
  const differs = (path: FieldPath) => wanted.has(path) && !sameJson(wanted.get(path), present.get(path));
  const conflicts = others.flatMap((entry) =>
    pathsOf(entry.fieldsV1)
      .filter(differs)
      .map((path) => ({ entry, path })),
  );
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const own = entries.find((entry) => isManager(entry, manager));
  const held = new Set(others.flatMap((entry) => pathsOf(entry.fieldsV1)));
  const dropped = (own === undefined ? [] : pathsOf(own.fieldsV1)).filter(
    (path) => !wanted.has(path) && !held.has(path),
  );
  const start: unknown = dropped.reduce<unknown>(
    (value, path) => withoutPath(value, path.split('\u0001')),
    current,
  );
  const object = applyStrategicMerge(objectOr(start), body);
  const kept = others
    .map((entry) =>
      withPaths(
        entry,
        pathsOf(entry.fieldsV1).filter((path) => !differs(path)),
      ),
    )
    .filter((entry) => Object.keys(entry.fieldsV1).length > 0);
  const entry = entryOf(manager, wanted.keys(), time);
  const unchanged = own !== undefined && sameJson(own.fieldsV1, entry.fieldsV1) ? own : entry;
  return { object, managedFields: wanted.size === 0 ? kept : [...kept, unchanged] };
}
