import type { Admitted, Belt, ReplicaBounds } from './admission.ts';
import type { ActionType } from './operation.ts';

/** One rule of the policy, in CEL. All must hold for a request to be admitted. */
export type AdmissionRule = { readonly expression: string; readonly message: string };

/** Computed once a request, in order; a later one may name an earlier one. */
export type AdmissionVariable = { readonly name: string; readonly expression: string };

/** What a type of action may change of an object that it patches, beside firstmate's own mark. */
type Part = {
  /** Fields of `spec` that may differ. */
  readonly spec: readonly string[];
  /** Annotations of the object that may differ. */
  readonly annotations: readonly string[];
};

const NOTHING: Part = { spec: [], annotations: [] };

const PARTS: { readonly [T in ActionType]: Part } = {
  rollback: { spec: ['template'], annotations: ['kubernetes.io/change-cause'] },
  restart: { spec: ['template'], annotations: [] },
  scale: { spec: ['replicas'], annotations: [] },
  delete_pod: NOTHING,
};

const MARK = 'firstmate.dev/plan';
const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt';
/** The API server itself counts a DaemonSet's templates in it. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
/** Asking what oneself may do changes nothing; `firstmate doctor` does. */
const REVIEW = 'CREATE authorization.k8s.io/selfsubjectaccessreviews';

const list = (items: readonly string[]): string => `[${items.map(text).join(', ')}]`;
/** A CEL string; what stands in it are names of resources, namespaces and annotations. */
function text(value: string): string {
  return JSON.stringify(value);
}

/** Two maps agree in all keys but these. */
function unchanged(now: string, was: string, except: readonly string[]): string {
  const free = list(except);
  return `${now}.all(k, k in ${free} || (k in ${was} && ${now}[k] == ${was}[k])) && ${was}.all(k, k in ${free} || k in ${now})`;
}

/** Two maps agree in these keys: both have it, and the same, or neither has it. */
function same(now: string, was: string, keys: readonly string[]): string {
  return `${list(keys)}.all(k, (k in ${now}) == (k in ${was}) && (!(k in ${now}) || ${now}[k] == ${was}[k]))`;
}

const nameOf = ({ operation, group, resource }: Admitted): string => `${operation} ${group}/${resource}`;

/** Holds of every other request, and of this one where `holds` does. */
const onlyFor = (request: Admitted, holds: string): string =>
  `variables.asked != ${text(nameOf(request))} || (${holds})`;

const POD = 'object.spec.template.spec';
const POD_WAS = 'oldObject.spec.template.spec';
const LISTS: readonly (readonly [string, string, string])[] = [
  ['notes', 'annotations', 'metadata'],
  ['containers', 'containers', 'spec.template.spec'],
  ['initContainers', 'initContainers', 'spec.template.spec'],
  ['volumes', 'volumes', 'spec.template.spec'],
  ['podNotes', 'annotations', 'spec.template.metadata'],
];

/**
 * Members that an object need not have, empty where it has none; `…Was` is of the object before. Only for what is
 * patched: each of them fails, and so denies, for an object of another shape.
 */
export const ADMISSION_VARIABLES: readonly AdmissionVariable[] = [
  {
    name: 'asked',
    expression:
      'request.operation + " " + request.resource.group + "/" + request.resource.resource + (has(request.subResource) && request.subResource != "" ? "/" + request.subResource : "")',
  },
  ...LISTS.flatMap(([name, member, path]) => {
    const empty = member === 'annotations' ? '{}' : '[]';
    const of = (root: string): string =>
      `has(${root}.${path}.${member}) ? ${root}.${path}.${member} : ${empty}`;
    return [
      { name, expression: of('object') },
      { name: `${name}Was`, expression: of('oldObject') },
    ];
  }),
];

/**
 * The rules for a cluster. What they cannot judge fails, which denies. They stay within what CEL itself has: no
 * function of Kubernetes' own.
 * @param namespaces null: all but the protected ones
 */
export function admissionRules(
  { admitted, replicas }: Belt,
  places: { readonly namespaces: readonly string[] | null; readonly isProtected: readonly string[] },
): readonly AdmissionRule[] {
  const patched = admitted.filter(({ operation }) => operation === 'UPDATE');
  return [
    {
      expression: `variables.asked in ${list([...admitted.map(nameOf), REVIEW])}`,
      message: 'no runbook and policy of firstmate lead to such a request',
    },
    {
      expression: `!has(request.namespace) || !(request.namespace in ${list(places.isProtected)})`,
      message: 'the namespace is protected',
    },
    ...(places.namespaces === null
      ? []
      : [
          {
            expression: `variables.asked == ${text(REVIEW)} || (has(request.namespace) && request.namespace in ${list(places.namespaces)})`,
            message: 'firstmate may not write in this namespace',
          },
        ]),
    ...patched.flatMap((request) => patchRules(request, replicas)),
    ...admitted
      .filter(({ types }) => types.includes('delete_pod'))
      .map((request) => ({
        expression: onlyFor(
          request,
          'has(oldObject.metadata.ownerReferences) && oldObject.metadata.ownerReferences.exists(o, has(o.controller) && o.controller == true && o.kind != "Node")',
        ),
        message: 'the pod has no controller that would make it anew',
      })),
  ];
}

function patchRules(request: Admitted, replicas: ReplicaBounds): readonly AdmissionRule[] {
  const parts = request.types.map((type) => PARTS[type]);
  const spec = [...new Set(parts.flatMap((part) => part.spec))].toSorted();
  const notes = [MARK, TEMPLATE_GENERATION, ...parts.flatMap((part) => part.annotations)];
  const rule = (holds: string, message: string): AdmissionRule => ({
    expression: onlyFor(request, holds),
    message: `${request.resource}: ${message}`,
  });
  return [
    rule(
      unchanged('object.metadata', 'oldObject.metadata', [
        'annotations',
        'generation',
        'managedFields',
        'resourceVersion',
      ]),
      'labels, owners and finalizers may not change',
    ),
    rule(
      unchanged('variables.notes', 'variables.notesWas', notes),
      `of the annotations only ${notes.join(', ')} may change`,
    ),
    rule(
      unchanged('object.spec', 'oldObject.spec', spec),
      spec.length === 0 ? 'the spec may not change' : `of the spec only ${spec.join(', ')} may change`,
    ),
    ...(spec.includes('replicas') ? [replicaRule(rule, replicas)] : []),
    ...(spec.includes('template') ? templateRules(rule, request.types.includes('rollback')) : []),
  ];
}

type Rule = (holds: string, message: string) => AdmissionRule;

function replicaRule(rule: Rule, { min, max }: ReplicaBounds): AdmissionRule {
  const above = max === null ? '' : ` && object.spec.replicas <= ${max}`;
  const bounds = max === null ? `${min} or more` : `${min} to ${max}`;
  return rule(
    `${same('object.spec', 'oldObject.spec', ['replicas'])} || (object.spec.replicas >= ${min}${above})`,
    `policies allow ${bounds} replicas`,
  );
}

const PRIVILEGED =
  '(has(c.securityContext.privileged) && c.securityContext.privileged == true) || (has(c.securityContext.capabilities) && has(c.securityContext.capabilities.add) && size(c.securityContext.capabilities.add) > 0)';

function containersRule(name: string): string {
  return `variables.${name}.all(c, !has(c.securityContext) || !(${PRIVILEGED}) || variables.${name}Was.exists(w, w.name == c.name && has(w.securityContext) && w.securityContext == c.securityContext))`;
}

/** A rollback may bring back any earlier template, but no power over the node; a restart changes one annotation. */
function templateRules(rule: Rule, rollback: boolean): readonly AdmissionRule[] {
  if (!rollback) {
    return [
      rule(
        unchanged('object.spec.template', 'oldObject.spec.template', ['metadata']),
        'the pods may be restarted, not changed',
      ),
      rule(
        unchanged('object.spec.template.metadata', 'oldObject.spec.template.metadata', ['annotations']),
        'the labels of the pods may not change',
      ),
      rule(
        unchanged('variables.podNotes', 'variables.podNotesWas', [RESTARTED_AT]),
        `of the annotations of the pods only ${RESTARTED_AT} may change`,
      ),
    ];
  }
  return [
    rule(
      same(POD, POD_WAS, ['serviceAccountName', 'serviceAccount', 'automountServiceAccountToken']),
      'the service account may not change',
    ),
    rule(
      same(POD, POD_WAS, ['hostNetwork', 'hostPID', 'hostIPC', 'hostUsers']),
      "the use of the node's namespaces may not change",
    ),
    rule(
      `${containersRule('containers')} && ${containersRule('initContainers')}`,
      'no container may become privileged or get capabilities',
    ),
    rule(
      'variables.volumes.all(v, !has(v.hostPath) || variables.volumesWas.exists(w, w == v))',
      'no path of the node may be mounted that was not before',
    ),
  ];
}
