import type { Admitted, Belt, ReplicaBounds } from './admission.ts';
import { conditionsOf, containers, either, FREE, type Free, freeOf, map, notes } from './admission-fields.ts';
import { KINDS } from './kinds.ts';
import type { ActionType } from './operation.ts';
import { patchableFields } from './patch-fields.ts';

/** One rule of the policy, in CEL. All must hold for a request to be admitted. */
export type AdmissionRule = { readonly expression: string; readonly message: string };

/** Computed once a request, in order; a later one may name an earlier one. */
export type AdmissionVariable = { readonly name: string; readonly expression: string };

const MARK = 'firstmate.dev/plan';
/** The API server itself counts a DaemonSet's templates in it. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
/** Asking what oneself may do changes nothing; `firstmate doctor` does. */
const REVIEW = 'CREATE authorization.k8s.io/selfsubjectaccessreviews';

/** What every patch of ours changes, and what the API server changes with it. */
const ALWAYS = map({
  apiVersion: FREE,
  kind: FREE,
  status: FREE,
  metadata: map({
    annotations: notes([MARK, TEMPLATE_GENERATION]),
    generation: FREE,
    managedFields: FREE,
    resourceVersion: FREE,
  }),
  spec: map({}),
});

const spec = (fields: { readonly [name: string]: Free }): Free => map({ spec: map(fields) });
const annotations = (free: Free): Free => map({ metadata: map({ annotations: free }) });
const podTemplate = (fields: { readonly [name: string]: Free }): Free => spec({ template: map(fields) });
const unschedulable = spec({ unschedulable: FREE });

/** What a type of action may change of an object that it patches. */
const FIELDS: { readonly [T in ActionType]: (resource: string) => Free } = {
  rollback: () => either(spec({ template: FREE }), annotations(notes(['kubernetes.io/change-cause']))),
  restart: () =>
    podTemplate({ metadata: map({ annotations: notes(['kubectl.kubernetes.io/restartedAt']) }) }),
  pause_rollout: () => spec({ paused: FREE }),
  resume_rollout: () => spec({ paused: FREE }),
  scale: () => spec({ replicas: FREE }),
  set_image: () => {
    const images = containers(map({ image: FREE }));
    return podTemplate({ spec: map({ containers: images, initContainers: images }) });
  },
  set_resources: () => podTemplate({ spec: map({ containers: containers(map({ resources: FREE })) }) }),
  cordon: () => unschedulable,
  uncordon: () => unschedulable,
  drain: () => unschedulable,
  label: () => map({ metadata: map({ labels: notes([], true) }) }),
  annotate: () => annotations(notes([], true)),
  patch: (resource) => {
    const kind = KINDS.find((one) => one.resource === resource);
    const rule = kind === undefined ? undefined : patchableFields(kind);
    return rule === undefined ? map({}) : freeOf(rule);
  },
  delete_pod: () => map({}),
  delete_job: () => map({}),
};

const text = (value: string): string => JSON.stringify(value);
const nameOf = ({ operation, group, resource }: Admitted): string => `${operation} ${group}/${resource}`;

export const ADMISSION_VARIABLES: readonly AdmissionVariable[] = [
  {
    name: 'asked',
    expression:
      'request.operation + " " + request.resource.group + "/" + request.resource.resource + (has(request.subResource) && request.subResource != "" ? "/" + request.subResource : "")',
  },
];

/**
 * The rules for a cluster. What they cannot judge fails, which denies. They stay within what CEL itself has: no
 * function of Kubernetes' own.
 * @param namespaces null: all but the protected ones
 */
export function admissionRules(
  { admitted, replicas, namespaces: byPolicies }: Belt,
  places: { readonly namespaces: readonly string[] | null; readonly isProtected: readonly string[] },
): readonly AdmissionRule[] {
  const where = (holds: string, message: string): AdmissionRule => ({
    expression: `!has(request.namespace) || ${holds}`,
    message,
  });
  return [
    {
      expression: `variables.asked in ${JSON.stringify([...admitted.map(nameOf), REVIEW])}`,
      message: 'no runbook and policy of firstmate lead to such a request',
    },
    where(
      `!(request.namespace in ${JSON.stringify(places.isProtected)})`,
      'the namespace is protected, and no policy names it',
    ),
    ...(places.namespaces === null
      ? []
      : [
          where(
            `request.namespace in ${JSON.stringify(places.namespaces)}`,
            'firstmate may not write in this namespace',
          ),
        ]),
    ...(byPolicies === null
      ? []
      : [
          where(`request.namespace.matches(${text(anyOf(byPolicies))})`, 'no policy is about this namespace'),
        ]),
    ...admitted
      .filter(({ operation }) => operation === 'UPDATE')
      .flatMap((request) => patchRules(request, replicas)),
    ...admitted
      .filter(({ types }) => types.includes('delete_pod'))
      .map((request) =>
        onlyFor(
          request,
          'has(oldObject.metadata.ownerReferences) && oldObject.metadata.ownerReferences.exists(o, has(o.controller) && o.controller == true && o.kind != "Node")',
          'nothing would make the pod anew',
        ),
      ),
  ];
}

/** A regular expression (RE2) for names and `*` globs. */
function anyOf(globs: readonly string[]): string {
  const parts = globs.map((glob) => glob.replaceAll(/[.+?^${}()|[\]\\]/g, '[$&]').replaceAll('*', '.*'));
  return `^(${parts.join('|')})$`;
}

/** Holds of every other request, and of this one where `holds` does. */
function onlyFor(request: Admitted, holds: string, message: string): AdmissionRule {
  return {
    expression: `variables.asked != ${text(nameOf(request))} || (${holds})`,
    message: `${request.resource}: ${message}`,
  };
}

function patchRules(request: Admitted, replicas: ReplicaBounds): readonly AdmissionRule[] {
  const { types, resource } = request;
  const free = types.map((type) => FIELDS[type](resource)).reduce(either, ALWAYS);
  return [
    ...conditionsOf(free).map(({ holds, place, may }) =>
      onlyFor(request, holds, `of ${place || 'it'} only ${may.join(', ') || 'nothing'} may change`),
    ),
    // A patch names its replicas in other bounds.
    ...(types.includes('scale') && !types.includes('patch') ? [replicaRule(request, replicas)] : []),
    ...(types.includes('rollback') ? rollbackRules(request) : []),
  ];
}

/** Two maps agree in these keys: both have it, and the same, or neither has it. */
function same(now: string, was: string, keys: readonly string[]): string {
  return `${JSON.stringify(keys)}.all(k, (k in ${now}) == (k in ${was}) && (!(k in ${now}) || ${now}[k] == ${was}[k]))`;
}

function replicaRule(request: Admitted, { min, max }: ReplicaBounds): AdmissionRule {
  const above = max === null ? '' : ` && object.spec.replicas <= ${max}`;
  const bounds = max === null ? `${min} or more` : `${min} to ${max}`;
  return onlyFor(
    request,
    `${same('object.spec', 'oldObject.spec', ['replicas'])} || (object.spec.replicas >= ${min}${above})`,
    `policies allow ${bounds} replicas`,
  );
}

const POD = 'object.spec.template.spec';
const POD_WAS = 'oldObject.spec.template.spec';
const POWERFUL =
  '(has(c.securityContext.privileged) && c.securityContext.privileged == true) || (has(c.securityContext.capabilities) && has(c.securityContext.capabilities.add) && size(c.securityContext.capabilities.add) > 0)';

/** A member of both pod specs that is a list, as CEL; empty where it is not there. */
const listOf = (pod: string, name: string): string => `(has(${pod}.${name}) ? ${pod}.${name} : [])`;

function noNewPower(name: string): string {
  return `${listOf(POD, name)}.all(c, !has(c.securityContext) || !(${POWERFUL}) || ${listOf(POD_WAS, name)}.exists(w, w.name == c.name && has(w.securityContext) && w.securityContext == c.securityContext))`;
}

/** A rollback may bring back any earlier template, but no power over the node and no other identity. */
function rollbackRules(request: Admitted): readonly AdmissionRule[] {
  return [
    onlyFor(
      request,
      same(POD, POD_WAS, ['serviceAccountName', 'serviceAccount', 'automountServiceAccountToken']),
      'the service account may not change',
    ),
    onlyFor(
      request,
      same(POD, POD_WAS, ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers']),
      "the use of the node's namespaces may not change",
    ),
    onlyFor(
      request,
      `${noNewPower('containers')} && ${noNewPower('initContainers')}`,
      'no container may become privileged or get capabilities',
    ),
    onlyFor(
      request,
      `${listOf(POD, 'volumes')}.all(v, !has(v.hostPath) || ${listOf(POD_WAS, 'volumes')}.exists(w, w == v))`,
      'no path of the node may be mounted that was not before',
    ),
  ];
}
