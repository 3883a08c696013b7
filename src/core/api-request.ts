import {
  apiPath,
  CONTROLLER_REVISION,
  DEPLOYMENT,
  EVENT,
  isAsked,
  type KindRef,
  POD,
  REPLICA_SET,
  type ReadKind,
  sameKind,
} from './kinds.ts';

const ANY = '*';

/** With which grant a request may be made (HOUSE): reading, a server dry run, or the write of an approved plan. */
export type RequestGrant = 'read' | 'rehearse' | 'write';

/** `*` in the pattern stands for exactly one path segment; the rest is literal. A query is no part of it. */
export type ApiRequest = {
  readonly method: 'GET' | 'PATCH' | 'DELETE' | 'POST';
  readonly pathPattern: string;
  readonly as: RequestGrant;
};

/** Whether a path (without its query) is one that the pattern stands for. */
export function matchesPath(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const segments = path.split('/');
  return (
    expected.length === segments.length &&
    expected.every((part, at) => (part === ANY ? segments[at] !== '' : part === segments[at]))
  );
}

type Workload = { readonly kind: KindRef; readonly name: string; readonly namespace: string };

export const got = (kind: KindRef, namespace: string | null, name: string | null): ApiRequest => ({
  method: 'GET',
  pathPattern: apiPath(kind, namespace, name),
  as: 'read',
});
/** A change is rehearsed before it is proposed and sent once it is approved, to the same object. */
export const changed = (
  method: 'PATCH' | 'DELETE',
  kind: KindRef,
  namespace: string | null,
  name: string,
): readonly ApiRequest[] => twice(method, apiPath(kind, namespace, name));
/** Pods of any namespace and name are evicted: which they are is known when the node was looked at. */
export const evicted = (): readonly ApiRequest[] => twice('POST', `${apiPath(POD, ANY, ANY)}/eviction`);
const twice = (method: 'PATCH' | 'DELETE' | 'POST', pathPattern: string): readonly ApiRequest[] => [
  { method, pathPattern, as: 'rehearse' },
  { method, pathPattern, as: 'write' },
];
/** Where a workload keeps its earlier templates. */
const revisions = (kind: KindRef): KindRef =>
  sameKind(kind, DEPLOYMENT) ? REPLICA_SET : CONTROLLER_REVISION;
export const workload = ({ kind, name, namespace }: Workload): readonly ApiRequest[] => [
  got(kind, namespace, name),
  got(revisions(kind), namespace, null),
  got(POD, namespace, null),
];

/** A workload and its revisions, without its pods. */
export const rolloutOf = ({ kind, name, namespace }: Workload): readonly ApiRequest[] => [
  got(kind, namespace, name),
  got(revisions(kind), namespace, null),
];

const readOf = (method: 'GET' | 'POST', pathPattern: string): ApiRequest => ({
  method,
  pathPattern,
  as: 'read',
});

/** Which groups there are, and what they serve. */
export const DISCOVERY: ApiRequest = readOf('GET', '/apis');
/** The same of the core group. */
export const CORE_DISCOVERY: ApiRequest = readOf('GET', '/api');
/** Asks the API server what the asking identity may do; nothing is stored. */
export const ACCESS_REVIEW: ApiRequest = readOf(
  'POST',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
);
/** A path that is no resource. */
export const gotPath = (path: string): ApiRequest => readOf('GET', path);

/**
 * What reading a kind may take, by name or all of it. For one that is asked for by a name of the cluster's own, that is
 * discovery and every kind that the name may turn out to mean; once it is known, no more than that kind.
 */
export function gotRead(
  kind: ReadKind,
  namespace: string | null,
  name: string | null,
): readonly ApiRequest[] {
  if (!isAsked(kind)) return [got(kind, namespace, name)];
  const root = `/apis/${kind.group ?? ANY}/${kind.version ?? ANY}`;
  const last = name === null ? ANY : `${ANY}/${name}`;
  return [
    DISCOVERY,
    ...(namespace === null ? [] : [readOf('GET', `${root}/namespaces/${namespace}/${last}`)]),
    readOf('GET', `${root}/${last}`),
  ];
}

/** The events about something, which for what lives in no namespace may lie in any. */
export function eventsAround(kind: ReadKind, namespace: string | null): readonly ApiRequest[] {
  const everywhere = got(EVENT, null, null);
  if (namespace === null) return [everywhere];
  const there = got(EVENT, namespace, null);
  if (isAsked(kind)) return [there, everywhere];
  return [kind.namespaced ? there : everywhere];
}

export function logsOf(
  target: { readonly kind: KindRef; readonly name: string } | null,
  namespace: string,
): readonly ApiRequest[] {
  if (target !== null && sameKind(target.kind, POD)) {
    const pod = got(POD, namespace, target.name);
    return [pod, { ...pod, pathPattern: `${pod.pathPattern}/log` }];
  }
  const pods = got(POD, namespace, null);
  const log = { ...pods, pathPattern: `${apiPath(POD, namespace, ANY)}/log` };
  return [...(target === null ? [] : [got(target.kind, namespace, target.name)]), pods, log];
}
