import type { Store } from '../store.ts';
import type { PolicyRule, RoleBinding } from '../types.ts';
import type { User } from './authenticate.ts';

export type ResourceAttributes = {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
};

export type Attributes = ResourceAttributes | { verb: string; path: string };

export type Verdict = { allowed: boolean; reason?: string };

type Subject = NonNullable<RoleBinding['subjects']>[number];

function isSubject(subject: Subject, user: User, bindingNamespace: string | undefined): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name;
    case 'Group':
      return user.groups.includes(subject.name);
    case 'ServiceAccount':
      return (
        user.name === `system:serviceaccount:${subject.namespace ?? bindingNamespace ?? ''}:${subject.name}`
      );
    default:
      return false;
  }
}

function has(list: readonly string[] | undefined, wanted: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(wanted));
}

function covers(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes) {
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? attributes.path.startsWith(url.slice(0, -1)) : url === attributes.path,
    );
  }
  const { group, resource, subresource, name } = attributes;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return (
    has(rule.apiGroups, group) &&
    has(rule.resources, full) &&
    (rule.resourceNames === undefined ||
      rule.resourceNames.length === 0 ||
      rule.resourceNames.includes(name ?? ''))
  );
}

export type Grant = { rules: PolicyRule[]; reason: string };

function subjectText(subject: Subject, namespace: string | undefined): string {
  return subject.kind === 'ServiceAccount'
    ? `ServiceAccount "${subject.name}/${subject.namespace ?? namespace ?? ''}"`
    : `${subject.kind} "${subject.name}"`;
}

/** What RBAC gives a user, cluster wide and in one namespace, with the words that name the binding. */
export function grantsOf(store: Store, user: User, namespace: string | undefined): Grant[] {
  const bindings = [
    ...store.list('clusterrolebindings'),
    ...(namespace === undefined ? [] : store.list('rolebindings', namespace)),
  ];
  return bindings.flatMap((binding) => {
    const subject = (binding.subjects ?? []).find((one) => isSubject(one, user, binding.metadata.namespace));
    if (subject === undefined) return [];
    const { kind, name } = binding.roleRef;
    const role =
      kind === 'ClusterRole'
        ? store.get('clusterroles', undefined, name)
        : store.get('roles', binding.metadata.namespace, name);
    const bound =
      binding.metadata.namespace === undefined
        ? binding.metadata.name
        : `${binding.metadata.name}/${binding.metadata.namespace}`;
    const reason = `RBAC: allowed by ${binding.kind} "${bound}" of ${kind} "${name}" to ${subjectText(subject, binding.metadata.namespace)}`;
    return role === undefined ? [] : [{ rules: role.rules ?? [], reason }];
  });
}

/** Whether RBAC allows something; members of system:masters may do everything. */
export function authorize(store: Store, user: User, attributes: Attributes): Verdict {
  if (user.groups.includes('system:masters')) return { allowed: true };
  const namespace = 'path' in attributes ? undefined : attributes.namespace;
  const grant = grantsOf(store, user, namespace).find(({ rules }) =>
    rules.some((rule) => covers(rule, attributes)),
  );
  return grant === undefined ? { allowed: false } : { allowed: true, reason: grant.reason };
}
