import { CONFIG_MAP, isAsked, type ReadKind, sameKind } from '../kinds.ts';
import { type GetOperation, isWrite, type Operation } from '../operation.ts';
import type { Policy, Restrictions } from '../policy.ts';
import { outside } from '../scope.ts';
import {
  allows,
  denies,
  entriesOf,
  type Guard,
  type GuardInput,
  namespacesTouched,
  policiesOf,
} from './guard.ts';

const RULE = 'protected_namespace';

/** Protected whatever is configured: the cluster's own and firstmate's. */
export const DEFAULT_PROTECTED_NAMESPACES: readonly string[] = [
  'kube-system',
  'kube-public',
  'kube-node-lease',
  'firstmate',
];

/**
 * Why an operation may not touch where it points, null when it may: no change in a protected namespace, and no reading
 * of what its ConfigMaps hold (in all namespaces at once includes the protected ones).
 */
export function protectionOf(operation: Operation, namespaces: readonly string[]): string | null {
  if (isWrite(operation)) return changeIn(operation.namespace, namespaces);
  switch (operation.verb) {
    case 'get':
    case 'describe': {
      const { namespace } = operation;
      if (!readsConfigMaps(operation)) return null;
      if (namespace === null)
        return 'what ConfigMaps hold is read in one namespace at a time: some are protected';
      return isProtected(namespace, namespaces)
        ? `what the ConfigMaps of ${namespace} hold is not read: it is protected`
        : null;
    }
    case 'logs':
    case 'events':
    case 'top':
    case 'rollout status':
    case 'rollout history':
    case 'auth can-i':
    case 'get --raw':
    case 'version':
    case 'api-resources':
      return null;
  }
}

/** Null for a node, which is in no namespace: the pods that a drain would evict are told by its targets. */
function changeIn(namespace: string | null, namespaces: readonly string[]): string | null {
  return namespace !== null && isProtected(namespace, namespaces)
    ? `nothing is changed in ${namespace}: it is protected`
    : null;
}

export function isProtected(namespace: string, namespaces: readonly string[]): boolean {
  return DEFAULT_PROTECTED_NAMESPACES.includes(namespace) || namespaces.includes(namespace);
}

/**
 * Where what ConfigMaps hold is not read: the protected namespaces that no policy names for this cluster. Reading is
 * not of one service, so any policy will do.
 */
export function closedToReading(
  policies: readonly Policy[],
  { cluster, environment }: { readonly cluster: string; readonly environment: string | null },
  namespaces: readonly string[],
): readonly string[] {
  const named = policies.flatMap((policy) =>
    [policy, ...policy.allowedActions]
      .filter((one) => [policy, one].every((scope) => speaksOf(scope, cluster, environment)))
      .flatMap((one) => one.namespaces ?? []),
  );
  return [...new Set([...DEFAULT_PROTECTED_NAMESPACES, ...namespaces])].filter(
    (name) => !named.includes(name),
  );
}

function speaksOf(
  { clusters, environments }: Restrictions,
  cluster: string,
  environment: string | null,
): boolean {
  const scope = {
    ...(clusters === undefined ? {} : { clusters }),
    ...(environments === undefined ? {} : { environments }),
  };
  return outside(scope, { cluster, environment, namespaces: [] }) === null;
}

/** The protected ones among the namespaces that a change touches. */
export function protectedOnes(input: GuardInput): readonly string[] {
  return namespacesTouched(input).filter((name) => isProtected(name, input.protectedNamespaces));
}

/**
 * A protected namespace is open only to policies that name it: each of the service's must, by its full name, at its
 * top or in the entry that allows the change.
 */
export const protectedNamespace: Guard = (input) => {
  const touched = protectedOnes(input);
  if (touched.length === 0) return null;
  const policies = policiesOf(input);
  const closed = touched.filter((name) => !policies.every((policy) => names(policy, name, input)));
  const [first] = policies.length === 0 ? touched : closed;
  return first === undefined
    ? allows(RULE, `${touched.join(', ')} is protected, and named by the policy: two people must approve`)
    : denies(RULE, `nothing is changed in ${first}: it is protected, and no policy names it`);
};

function names(policy: Policy, namespace: string, input: GuardInput): boolean {
  return [policy, ...entriesOf(policy, input)].some((one) => one.namespaces?.includes(namespace) === true);
}

function readsConfigMaps(operation: GetOperation | Extract<Operation, { verb: 'describe' }>): boolean {
  if (operation.verb === 'describe') return isConfigMap(operation.kind);
  const { output, sortBy } = operation;
  // An order tells of what it goes by.
  const whole = output === 'yaml' || output === 'json' || output === 'jsonpath' || sortBy !== undefined;
  return whole && operation.kinds.some(isConfigMap);
}

/** Discovery gives no kind of the core group, so one that has to be asked for is none. */
function isConfigMap(kind: ReadKind): boolean {
  return !isAsked(kind) && sameKind(kind, CONFIG_MAP);
}
