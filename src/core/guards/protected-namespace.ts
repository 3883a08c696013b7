import { type GetOperation, isWrite, type Operation } from '../operation.ts';
import { denies, type Guard } from './guard.ts';

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
  const { namespace } = operation;
  if (isWrite(operation)) return changeIn(namespace, namespaces);
  switch (operation.verb) {
    case 'get':
    case 'describe': {
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
      return null;
  }
}

function isProtected(namespace: string, namespaces: readonly string[]): boolean {
  return DEFAULT_PROTECTED_NAMESPACES.includes(namespace) || namespaces.includes(namespace);
}

/** Null for a node, which is in no namespace: the pods that a drain would evict are told by its targets. */
function changeIn(namespace: string | null, namespaces: readonly string[]): string | null {
  return namespace !== null && isProtected(namespace, namespaces)
    ? `nothing is changed in ${namespace}: it is protected`
    : null;
}

/** Looks at what is asked and at what was found: both must lie outside. */
export const protectedNamespace: Guard = ({ operation, draft, protectedNamespaces }) => {
  const why = [operation.namespace, ...draft.targets.map(({ ref }) => ref.namespace)]
    .map((namespace) => changeIn(namespace, protectedNamespaces))
    .find((says) => says !== null);
  return why === undefined ? null : denies('protected_namespace', why);
};

function readsConfigMaps(operation: GetOperation | Extract<Operation, { verb: 'describe' }>): boolean {
  if (operation.verb === 'describe') return operation.kind.resource === 'configmaps';
  const whole = operation.output === 'yaml' || operation.output === 'json';
  return whole && operation.kinds.some((kind) => kind.resource === 'configmaps');
}
