import type { User } from '../access/authenticate.ts';
import type { Attributes } from '../access/authorize.ts';

/** A request as the API server sees it after reading it whole. */
export type ApiRequest = {
  method: string;
  /** As it was sent, still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  headers: { accept: string | undefined; contentType: string; userAgent: string };
  body: Buffer;
  user: User;
};

/** What a path means: a resource (which may not exist), or one of the server's other paths. */
export type Target =
  | {
      kind: 'resource';
      group: string;
      version: string;
      plural: string;
      namespace: string | undefined;
      name: string | undefined;
      subresource: string | undefined;
      watch: boolean;
    }
  | { kind: 'path'; path: string };

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

// Subresources of a namespace share its path with the resources inside it.
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Reads a request's path as kube-apiserver's RequestInfo does. */
export function targetOf(path: string): Target {
  const segments = path.replace(/\/$/, '').split('/').slice(1).map(decoded);
  if (segments.some((segment) => segment === '' || segment === '..' || segment === '.')) {
    return { kind: 'path', path };
  }
  const core = segments[0] === 'api';
  const rest = core ? segments.slice(2) : segments.slice(3);
  if ((!core && segments[0] !== 'apis') || rest.length === 0) return { kind: 'path', path };
  const group = core ? '' : (segments[1] ?? '');
  const version = (core ? segments[1] : segments[2]) ?? '';
  const watch = rest[0] === 'watch';
  const parts = watch ? rest.slice(1) : rest;
  const base = { kind: 'resource' as const, group, version, watch };
  const [first = '', second, third, ...more] = parts;
  if (
    first === 'namespaces' &&
    second !== undefined &&
    third !== undefined &&
    !NAMESPACE_SUBRESOURCES.has(third)
  ) {
    const [name, ...subresource] = more;
    return { ...base, plural: third, namespace: second, name, subresource: joined(subresource) };
  }
  const subresource = joined([...(third === undefined ? [] : [third]), ...more]);
  return { ...base, plural: first, namespace: undefined, name: second, subresource };
}

function joined(segments: string[]): string | undefined {
  return segments.length === 0 ? undefined : segments.join('/');
}

/** Query parameters that are boolean read any value but these as true. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value !== null && !['false', '0'].includes(value.toLowerCase());
}

export function verbOf(method: string, target: Target, query: URLSearchParams): string {
  if (target.kind === 'path') return method.toLowerCase();
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (target.watch || (flag(query, 'watch') && target.name === undefined)) return 'watch';
      return target.name === undefined ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return target.name === undefined ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}

/** What is asked of RBAC for a request. A namespace is in itself, as Kubernetes has it. */
export function attributesOf(verb: string, target: Target): Attributes {
  if (target.kind === 'path') return { verb, path: target.path };
  const { group, plural, name, subresource } = target;
  const namespace = target.namespace ?? (plural === 'namespaces' && group === '' ? name : undefined);
  return {
    verb,
    group,
    resource: plural,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}
