import { ACCESS_REVIEW, CORE_DISCOVERY, DISCOVERY } from '../core/api-request.ts';
import {
  ARGO_APPLICATION,
  apiVersionOf,
  FLUX_HELM_RELEASE,
  FLUX_KUSTOMIZATION,
  forbiddenKind,
  KINDS,
  type KindRef,
  NODE_METRICS,
  POD_METRICS,
} from '../core/kinds.ts';
import { RAW_PATHS } from '../core/read-operations.ts';

/** What the read grant covers, as data. Whatever is not named here is refused before a socket opens. */
const RESOURCES = new Set(
  [...KINDS, POD_METRICS, NODE_METRICS, ARGO_APPLICATION, FLUX_KUSTOMIZATION, FLUX_HELM_RELEASE].map(
    (kind) => `${apiVersionOf(kind)} ${kind.resource}`,
  ),
);

const LIST_QUERY = ['limit', 'continue', 'labelSelector', 'fieldSelector', 'includeObject'];
const OBJECT_QUERY = ['includeObject'];
const LOG_QUERY = ['container', 'previous', 'timestamps', 'tailLines', 'sinceSeconds', 'limitBytes'];

/** An RFC 1123 label or subdomain, as every name of these kinds is. */
const NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

export const ACCESS_REVIEW_PATH = ACCESS_REVIEW.pathPattern;

/** Paths that are no resources, with the query that they take. */
const PLAIN_PATHS: ReadonlyMap<string, readonly string[]> = new Map([
  ...[CORE_DISCOVERY, DISCOVERY].map(({ pathPattern }): [string, string[]] => [pathPattern, []]),
  ...RAW_PATHS.map((path): [string, string[]] => [path, path === '/version' ? [] : ['verbose']]),
]);

export type ReadTarget = {
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly query: readonly string[];
};

/**
 * What a path asks for; null when the read grant does not cover it. The path is the raw one, still encoded.
 * `discovered` are the kinds beside the table that the cluster was found to serve.
 */
export function readTarget(path: string, discovered: readonly KindRef[]): ReadTarget | null {
  const plain = PLAIN_PATHS.get(path);
  if (plain !== undefined) return { resource: path, namespace: null, name: null, query: plain };
  const parts = path.split('/').slice(1);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return null;
  const groupVersion = core ? parts[1] : `${parts[1]}/${parts[2]}`;
  const rest = parts.slice(core ? 2 : 3);
  // `namespaces/<name>` alone is the Namespace object; with more behind it, it is a scope.
  const scoped = rest[0] === 'namespaces' && rest.length > 2;
  const namespace = scoped ? (rest[1] ?? '') : null;
  const [resource, name, subresource, ...more] = scoped ? rest.slice(2) : rest;
  if (more.length > 0 || resource === undefined) return null;
  const known =
    RESOURCES.has(`${groupVersion} ${resource}`) ||
    discovered.some(
      (kind) => mayBeRead(kind) && `${apiVersionOf(kind)} ${kind.resource}` === `${groupVersion} ${resource}`,
    );
  if (!known) return null;
  if ([namespace, name].some((one) => typeof one === 'string' && !NAME.test(one))) return null;
  if (subresource === undefined) {
    const query = name === undefined ? LIST_QUERY : OBJECT_QUERY;
    return { resource, namespace, name: name ?? null, query };
  }
  const isLog = subresource === 'log' && groupVersion === 'v1' && resource === 'pods' && namespace !== null;
  return isLog ? { resource, namespace, name: name ?? null, query: LOG_QUERY } : null;
}

/** Whatever discovery said: nothing of the core group, and nothing that is refused by its name or its group. */
function mayBeRead({ kind, resource, group }: KindRef): boolean {
  return group !== '' && forbiddenKind({ names: [resource, kind.toLowerCase()], group }) === null;
}
