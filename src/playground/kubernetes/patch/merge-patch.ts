import { isObject, type JsonObject } from '../json.ts';

/** Applies a JSON Merge Patch (RFC 7386): null removes, objects merge, everything else replaces. */
export function applyMergePatch(document: JsonObject, patch: JsonObject): JsonObject {
  const merged: JsonObject = { ...document };
  for (const [key, value] of Object.entries(patch)) {
    const current = merged[key];
    if (value === null) delete merged[key];
    else if (isObject(value)) merged[key] = applyMergePatch(isObject(current) ? current : {}, value);
    else merged[key] = value;
  }
  return merged;
}
