import {
  apiPath,
  CONTROLLER_REVISION,
  DEPLOYMENT,
  ENDPOINT_SLICE,
  EVENT,
  type KindRef,
  LEASE,
  POD,
  REPLICA_SET,
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

/** What kubectl's describe looks at beside the object itself. */
export function describeAround({
  kind,
  name,
  namespace,
}: {
  readonly kind: KindRef;
  readonly name: string | null;
  readonly namespace: string | null;
}): readonly ApiRequest[] {
  const events = got(EVENT, kind.namespaced ? namespace : null, null);
  switch (kind.kind) {
    case 'Deployment':
      return [events, got(REPLICA_SET, namespace, null), got(POD, namespace, null)];
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
    case 'PersistentVolumeClaim':
      return [events, got(POD, namespace, null)];
    case 'Service':
      return [events, got(ENDPOINT_SLICE, namespace, null)];
    case 'Node':
      return [events, got(POD, null, null), got(LEASE, 'kube-node-lease', name ?? ANY)];
    default:
      return [events];
  }
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
