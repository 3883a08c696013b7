import { at, isObject, listOr, objectOr, textOr } from '../json.ts';
import type { Store } from '../store.ts';
import { BASELINE, type Check, RESTRICTED } from './pod-security-checks.ts';

const LABEL = 'pod-security.kubernetes.io/';

type Policy = { level: 'baseline' | 'restricted'; version: string };

function policyOf(labels: Record<string, string>, mode: 'enforce' | 'warn'): Policy | undefined {
  const level = labels[`${LABEL}${mode}`];
  if (level !== 'baseline' && level !== 'restricted') return undefined;
  return { level, version: labels[`${LABEL}${mode}-version`] ?? 'latest' };
}

function violations(policy: Policy, metadata: unknown, spec: unknown): string[] {
  const checks: readonly Check[] = policy.level === 'baseline' ? BASELINE : RESTRICTED;
  const containers = ['initContainers', 'containers', 'ephemeralContainers']
    .flatMap((field) => listOr(at(spec, field)))
    .filter(isObject);
  const pod = { metadata: objectOr(metadata), spec: objectOr(spec), containers };
  return checks.flatMap((check) => check(pod) ?? []);
}

export type SecurityVerdict = { refused: string | undefined; warnings: string[] };

/**
 * What the Pod Security admission of a namespace's labels says of a pod, or of the pods a workload would make:
 * a refusal where `enforce` is not met (of a pod only), a warning where `warn` is not.
 * https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export function podSecurity(
  store: Store,
  namespace: string,
  pod: { metadata: unknown; spec: unknown },
  isPod: boolean,
): SecurityVerdict {
  const labels = store.get('namespaces', undefined, namespace)?.metadata.labels ?? {};
  const found = (mode: 'enforce' | 'warn') => {
    const policy = policyOf(labels, mode);
    if (policy === undefined) return undefined;
    const broken = violations(policy, pod.metadata, pod.spec);
    const name = `"${policy.level}:${policy.version}"`;
    return broken.length === 0 ? undefined : `PodSecurity ${name}: ${broken.join(', ')}`;
  };
  const refused = isPod ? found('enforce') : undefined;
  const warned = found('warn');
  return {
    refused: refused === undefined ? undefined : `violates ${refused}`,
    warnings: warned === undefined ? [] : [`would violate ${warned}`],
  };
}

/** The pod that a new object is, or holds as its template; undefined for what makes no pods. */
export function podOf(
  storage: string,
  object: Record<string, unknown>,
): { metadata: unknown; spec: unknown } | undefined {
  if (storage === 'pods') return { metadata: object.metadata, spec: object.spec };
  const template =
    storage === 'cronjobs'
      ? at(object, 'spec', 'jobTemplate', 'spec', 'template')
      : at(object, 'spec', 'template');
  if (!isObject(template) || textOr(storage) === 'podtemplates') return undefined;
  return { metadata: template.metadata, spec: template.spec };
}
