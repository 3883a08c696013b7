import { isObject, type JsonObject, sameJson } from '../json.ts';
import { badRequest, StatusError } from '../status.ts';

const MAX_OPERATIONS = 10_000;

function rejected(): StatusError {
  return new StatusError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
  );
}

function pointer(path: unknown): string[] {
  if (typeof path !== 'string' || (path !== '' && !path.startsWith('/'))) throw rejected();
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function arrayIndex(list: unknown[], key: string, forAdd: boolean): number {
  if (key === '-' && forAdd) return list.length;
  if (!/^(0|[1-9]\d*)$/.test(key)) throw rejected();
  const index = Number(key);
  if (index > (forAdd ? list.length : list.length - 1)) throw rejected();
  return index;
}

function read(document: unknown, path: string[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[arrayIndex(inner, key, false)];
    if (isObject(inner) && Object.hasOwn(inner, key)) return inner[key];
    throw rejected();
  }, document);
}

function parentOf(document: unknown, path: string[]): { parent: unknown; key: string } {
  const key = path.at(-1);
  if (key === undefined) throw rejected();
  return { parent: read(document, path.slice(0, -1)), key };
}

function add(document: unknown, path: string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const { parent, key } = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(arrayIndex(parent, key, true), 0, value);
  else if (isObject(parent)) parent[key] = value;
  else throw rejected();
  return document;
}

function remove(document: unknown, path: string[]): unknown {
  read(document, path);
  const { parent, key } = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(arrayIndex(parent, key, false), 1);
  else if (isObject(parent)) delete parent[key];
  return document;
}

function replace(document: unknown, path: string[], value: unknown): unknown {
  if (path.length === 0) return value;
  read(document, path);
  const { parent, key } = parentOf(document, path);
  if (Array.isArray(parent)) parent[arrayIndex(parent, key, false)] = value;
  else if (isObject(parent)) parent[key] = value;
  return document;
}

function test(document: unknown, path: string[], value: unknown): unknown {
  let found: unknown;
  try {
    found = read(document, path);
  } catch {
    found = undefined;
  }
  if (!sameJson(found ?? null, value ?? null)) throw rejected();
  return document;
}

function applyOne(document: unknown, operation: JsonObject): unknown {
  const path = pointer(operation.path);
  const value = structuredClone(operation.value);
  switch (operation.op) {
    case 'add':
      return add(document, path, value);
    case 'remove':
      return remove(document, path);
    case 'replace':
      return replace(document, path, value);
    case 'test':
      return test(document, path, value);
    case 'copy':
      return add(document, path, structuredClone(read(document, pointer(operation.from))));
    case 'move': {
      const moved = read(document, pointer(operation.from));
      return add(remove(document, pointer(operation.from)), path, moved);
    }
    default:
      throw rejected();
  }
}

/**
 * Applies a JSON Patch (RFC 6902) to a copy of the document. A failed `test`, an unknown operation or a missing
 * path is refused with 422 as a whole, a body that is no list with 400, more than 10,000 operations with 413.
 */
export function applyJsonPatch(document: JsonObject, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const kind = isObject(patch) ? 'object' : typeof patch;
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${kind} into Go value of type []handlers.jsonPatchOp`,
    );
  }
  if (patch.length > MAX_OPERATIONS) {
    throw new StatusError(
      413,
      'RequestEntityTooLarge',
      `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  return patch.reduce<unknown>((inner, operation) => {
    if (!isObject(operation)) throw rejected();
    return applyOne(inner, operation);
  }, structuredClone(document));
}
