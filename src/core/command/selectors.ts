import { bad, isDnsSubdomain, type ValueReader } from './values.ts';

const MAX_SELECTOR = 1024;
const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const SET = /^(\S+) +(in|notin) *\(([^()]*)\)$/;
const EQUALITY = /^([^=!]+?) *(==|!=|=) *([^=!]*)$/;
const FIELD = /^([A-Za-z.]+)(==|!=|=)(.*)$/;
const FIELD_VALUE = /^[A-Za-z0-9._-]*$/;
/** The fields whose values have more in them than a name. */
const OTHER_VALUES: ReadonlyMap<string, RegExp> = new Map([
  ['involvedObject.apiVersion', /^(?:[a-z0-9.-]+\/)?[a-z0-9]+$/],
  ['involvedObject.fieldPath', /^[A-Za-z.]*(?:\{[a-z0-9-]+\})?$/],
  ['status.podIP', /^[0-9A-Fa-f.:]*$/],
]);

/** The fields that the API server can select by, for the kinds that are read here. */
const FIELDS = new Set([
  'metadata.name',
  'metadata.namespace',
  'spec.hostNetwork',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.serviceAccountName',
  'spec.unschedulable',
  'status.nominatedNodeName',
  'status.phase',
  'status.podIP',
  'status.replicas',
  'status.successful',
  'involvedObject.apiVersion',
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
]);

/** A label selector, equality or set based (k8s.io: "Labels and Selectors"), kept as it was written. */
export const selectorValue: ValueReader<string> = (text, word) => {
  if (!isLabelSelector(text)) throw bad(`"${text}" is not a label selector`, word);
  return text;
};

export const fieldSelectorValue: ValueReader<string> = (text, word) => {
  if (text === '' || text.length > MAX_SELECTOR) throw bad(`"${text}" is not a field selector`, word);
  for (const part of text.split(',')) {
    const [, field, , value = ''] = FIELD.exec(part) ?? [];
    if (field === undefined || !(OTHER_VALUES.get(field) ?? FIELD_VALUE).test(value))
      throw bad(`"${part}" is not a field selector such as status.phase=Running`, word);
    if (!FIELDS.has(field)) throw bad(`the field "${field}" cannot be selected by`, word);
  }
  return text;
};

export function isLabelSelector(text: string): boolean {
  if (text.length > MAX_SELECTOR) return false;
  return requirements(text).every((part) => isRequirement(part.trim()));
}

/** Commas part requirements, but not within the parentheses of a set. */
function requirements(text: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (char === ',' && depth === 0) parts.push('');
    else parts.push((parts.pop() ?? '') + char);
  }
  return parts;
}

function isRequirement(part: string): boolean {
  const set = SET.exec(part);
  if (set !== null) {
    const [, key = '', , values = ''] = set;
    return isLabelKey(key) && values.split(',').every((value) => isLabelValue(value.trim()));
  }
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    const [, key = '', , value = ''] = equality;
    return isLabelKey(key) && isLabelValue(value);
  }
  return isLabelKey(part.startsWith('!') ? part.slice(1) : part);
}

/** A key of a label or an annotation: a name, with or without a DNS subdomain before it. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf('/');
  if (slash === -1) return LABEL_NAME.test(text);
  return isDnsSubdomain(text.slice(0, slash)) && LABEL_NAME.test(text.slice(slash + 1));
}

export function isLabelValue(text: string): boolean {
  return text === '' || LABEL_NAME.test(text);
}
