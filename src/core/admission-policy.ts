import type { Belt } from './admission.ts';
import { ADMISSION_VARIABLES, admissionRules } from './admission-rules.ts';
import type { JsonObject } from './json.ts';
import { FIRSTMATE_NAMESPACE, WRITER } from './rbac-manifest.ts';
import type { WriteToken } from './settings.ts';

const API_VERSION = 'admissionregistration.k8s.io/v1';
const NAME = 'firstmate-writer';

/**
 * A ValidatingAdmissionPolicy and its binding that hold the writing identity to what the documents can lead to, so
 * that its token can do no more elsewhere: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 * Rehearsals are admitted or denied like writes.
 */
export function admissionPolicy(
  belt: Belt,
  places: {
    /** Where it may write; empty: everywhere but in the protected ones. */
    readonly namespaces: readonly string[];
    readonly isProtected: readonly string[];
    /** Service accounts that write in place of firstmate's own. */
    readonly tokens: readonly Pick<WriteToken, 'namespace' | 'serviceAccount'>[];
  },
): readonly JsonObject[] {
  const namespaces = [...new Set(places.namespaces)].toSorted();
  const accounts = [{ namespace: FIRSTMATE_NAMESPACE, serviceAccount: WRITER }, ...places.tokens];
  const users = accounts.map((one) => `system:serviceaccount:${one.namespace}:${one.serviceAccount}`);
  const rules = admissionRules(belt, {
    namespaces: namespaces.length === 0 ? null : namespaces,
    isProtected: [...new Set(places.isProtected)].filter((name) => !belt.named.includes(name)).toSorted(),
  });
  return [
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: NAME },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }],
        },
        matchConditions: [
          {
            name: 'writing-identity',
            expression: `request.userInfo.username in ${JSON.stringify([...new Set(users)])}`,
          },
        ],
        variables: ADMISSION_VARIABLES.map((variable) => ({ ...variable })),
        validations: rules.map((rule) => ({ ...rule, reason: 'Forbidden' })),
      },
    },
    {
      apiVersion: API_VERSION,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: NAME },
      spec: { policyName: NAME, validationActions: ['Deny', 'Audit'] },
    },
  ];
}
