import { isObject, type JsonObject, sameJson } from '../json.ts';
import { StatusError } from '../status.ts';

/**
 * The lists of built-in kinds that merge by a key instead of being replaced, by field name; where one name has
 * two meanings the parent decides. From the `patchMergeKey` marks of the API types:
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
const MERGE_KEYS: Record<string, string> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  resourceClaims: 'name',
  schedulingGates: 'name',
  conditions: 'type',
  addresses: 'type',
  ownerReferences: 'uid',
  podIPs: 'ip',
  hostIPs: 'ip',
  secrets: 'name',
};

const PRIMITIVE_MERGE = new Set(['finalizers', 'podCIDRs']);

function mergeKeyOf(path: readonly string[]): string | undefined {
  const field = path.at(-1) ?? '';
  if (field === 'ports')
    return path.at(-2) === 'containers' || path.includes('containers') ? 'containerPort' : 'port';
  if (field === 'conditions' && path.at(-2) !== 'status') return undefined;
  return MERGE_KEYS[field];
}

export function listMergeKey(path: readonly string[]): string | undefined {
  return mergeKeyOf(path);
}

function keyOfItem(item: unknown, mergeKey: string): unknown {
  if (isObject(item) && item[mergeKey] !== undefined) return item[mergeKey];
  const shown = isObject(item)
    ? `map[${Object.entries(item)
        .map(([key, value]) => `${key}:${String(value)}`)
        .join(' ')}]`
    : String(item);
  throw new StatusError(500, undefined, `map: ${shown} does not contain declared merge key: ${mergeKey}`);
}

function mergeList(
  current: unknown[],
  patch: unknown[],
  mergeKey: string,
  path: readonly string[],
): unknown[] {
  if (patch.some((item) => isObject(item) && item.$patch === 'replace')) {
    return patch.filter((item) => !(isObject(item) && item.$patch === 'replace'));
  }
  let merged = [...current];
  for (const item of patch) {
    const key = keyOfItem(item, mergeKey);
    if (!isObject(item)) continue;
    const index = merged.findIndex((one) => isObject(one) && sameJson(one[mergeKey], key));
    if (item.$patch === 'delete') {
      merged = merged.filter((_, position) => position !== index);
    } else if (index === -1) {
      merged.push(merge({}, item, path));
    } else {
      const found = merged[index];
      merged[index] = merge(isObject(found) ? found : {}, item, path);
    }
  }
  return merged;
}

function ordered(list: unknown[], order: unknown[], mergeKey: string | undefined): unknown[] {
  const rank = (item: unknown): number => {
    const wanted = mergeKey !== undefined && isObject(item) ? item[mergeKey] : item;
    const found = order.findIndex((one) =>
      sameJson(mergeKey !== undefined && isObject(one) ? one[mergeKey] : one, wanted),
    );
    return found === -1 ? order.length : found;
  };
  return [...list].sort((left, right) => rank(left) - rank(right));
}

function merge(document: JsonObject, patch: JsonObject, path: readonly string[]): JsonObject {
  if (patch.$patch === 'replace') {
    const { $patch: _, ...rest } = patch;
    return rest;
  }
  let merged: JsonObject = { ...document };
  for (const [key, value] of Object.entries(patch)) {
    if (key === '$patch' || key.startsWith('$setElementOrder/')) continue;
    if (key === '$retainKeys') {
      const retained = Array.isArray(value) ? value : [];
      merged = Object.fromEntries(Object.entries(merged).filter(([field]) => retained.includes(field)));
      continue;
    }
    if (key.startsWith('$deleteFromPrimitiveList/')) {
      const field = key.slice('$deleteFromPrimitiveList/'.length);
      const doomed = Array.isArray(value) ? value : [];
      const current = merged[field];
      if (Array.isArray(current)) merged[field] = current.filter((item) => !doomed.includes(item));
      continue;
    }
    mergeField(merged, key, value, [...path, key]);
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith('$setElementOrder/') || !Array.isArray(order)) continue;
    const field = key.slice('$setElementOrder/'.length);
    const list = merged[field];
    if (Array.isArray(list)) merged[field] = ordered(list, order, mergeKeyOf([...path, field]));
  }
  return merged;
}

function mergeField(merged: JsonObject, key: string, value: unknown, path: readonly string[]): void {
  const current = merged[key];
  if (value === null) {
    delete merged[key];
  } else if (isObject(value)) {
    if (value.$patch === 'delete') delete merged[key];
    else merged[key] = merge(isObject(current) ? current : {}, value, path);
  } else if (Array.isArray(value)) {
    const mergeKey = mergeKeyOf(path);
    const list = Array.isArray(current) ? current : [];
    if (mergeKey !== undefined) merged[key] = mergeList(list, value, mergeKey, path);
    else if (PRIMITIVE_MERGE.has(key)) merged[key] = [...new Set([...list, ...value])];
    else merged[key] = value;
  } else {
    merged[key] = value;
  }
}

/**
 * Applies a strategic merge patch: like a merge patch, but the lists of MERGE_KEYS merge item by item, with the
 * directives `$patch`, `$setElementOrder`, `$deleteFromPrimitiveList` and `$retainKeys`.
 */
export function applyStrategicMerge(document: JsonObject, patch: JsonObject): JsonObject {
  return merge(document, patch, []);
}
