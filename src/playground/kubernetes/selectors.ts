import { badRequest } from './status.ts';
import type { KubeObject, LabelSelector } from './types.ts';

export type LabelRequirement = {
  key: string;
  operator: 'in' | 'notin' | 'exists' | 'absent';
  values: string[];
};

export type FieldRequirement = { field: string; value: string; equal: boolean };

type Token = { kind: 'word' | 'symbol' | 'end'; text: string };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(/\s+|==|!=|[=(),!<>]|[^\s=(),!<>]+/g)) {
    const piece = match[0];
    if (/^\s/.test(piece)) continue;
    found.push({ kind: /^[=(),!<>]/.test(piece) ? 'symbol' : 'word', text: piece });
  }
  found.push({ kind: 'end', text: '' });
  return found;
}

function unexpected(token: Token, expected: string): Error {
  return badRequest(`unable to parse requirement: found '${token.text}', expected: ${expected}`);
}

/**
 * Reads a label selector in the API's text form, equality and set based.
 * Grammar: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const list = tokens(text);
  let position = 0;
  const next = (): Token => list[position++] ?? { kind: 'end', text: '' };
  const peek = (): Token => list[position] ?? { kind: 'end', text: '' };
  const requirements: LabelRequirement[] = [];
  if (peek().kind === 'end') return requirements;
  for (;;) {
    requirements.push(parseRequirement(next, peek));
    const separator = next();
    if (separator.kind === 'end') return requirements;
    if (separator.text !== ',') throw unexpected(separator, "',' or 'end of string'");
  }
}

function parseRequirement(next: () => Token, peek: () => Token): LabelRequirement {
  const first = next();
  if (first.text === '!') {
    const key = next();
    if (key.kind !== 'word') throw unexpected(key, 'identifier');
    return { key: key.text, operator: 'absent', values: [] };
  }
  if (first.kind !== 'word') throw unexpected(first, '!, identifier, or end of string');
  if (peek().kind === 'end' || peek().text === ',') {
    return { key: first.text, operator: 'exists', values: [] };
  }
  const operator = next();
  if (['=', '==', '!='].includes(operator.text)) {
    const symbol = peek();
    const value = symbol.kind === 'word' ? next().text : '';
    if (symbol.kind === 'symbol' && symbol.text !== ',') throw unexpected(symbol, 'identifier');
    return { key: first.text, operator: operator.text === '!=' ? 'notin' : 'in', values: [value] };
  }
  if (operator.text !== 'in' && operator.text !== 'notin') {
    throw unexpected(operator, 'in, notin, =, ==, !=, gt, lt');
  }
  return { key: first.text, operator: operator.text, values: parseValues(next) };
}

function parseValues(next: () => Token): string[] {
  const open = next();
  if (open.text !== '(') throw unexpected(open, "'('");
  const values: string[] = [];
  for (;;) {
    const token = next();
    if (token.text === ')') return values;
    if (token.text === ',') continue;
    if (token.kind !== 'word') throw unexpected(token, "',', or identifier");
    values.push(token.text);
  }
}

export function matchesLabels(
  requirements: readonly LabelRequirement[],
  labels: Record<string, string> = {},
): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === 'exists') return value !== undefined;
    if (operator === 'absent') return value === undefined;
    if (operator === 'in') return value !== undefined && values.includes(value);
    return value === undefined || !values.includes(value);
  });
}

/** The requirements of a LabelSelector object; an empty selector matches everything. */
export function requirementsOf(selector: LabelSelector): LabelRequirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): LabelRequirement => ({ key, operator: 'in', values: [value] }),
  );
  const operators: Record<string, LabelRequirement['operator']> = {
    In: 'in',
    NotIn: 'notin',
    Exists: 'exists',
    DoesNotExist: 'absent',
  };
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }): LabelRequirement => ({
      key,
      operator: operators[operator] ?? 'exists',
      values,
    }),
  );
  return [...equal, ...expressions];
}

export function selects(selector: LabelSelector, object: KubeObject): boolean {
  return matchesLabels(requirementsOf(selector), object.metadata.labels);
}

/** A LabelSelector in text form, as `kubectl get -o wide` shows it. */
export function selectorText(selector: LabelSelector | undefined): string {
  const parts = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) =>
      operator === 'Exists'
        ? key
        : operator === 'DoesNotExist'
          ? `!${key}`
          : `${key} ${operator.toLowerCase()} (${values.join(',')})`,
    ),
  ];
  return parts.length === 0 ? '<none>' : parts.join(',');
}

/** Reads a field selector: `field=value`, `field==value` or `field!=value`, joined by commas. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^([^=!]+)(!=|==|=)(.*)$/.exec(part);
      if (match === null) {
        throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
      }
      return { field: match[1] ?? '', value: match[3] ?? '', equal: match[2] !== '!=' };
    });
}

const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];

const FIELDS: Record<string, string[]> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  jobs: ['status.successful'],
  replicasets: ['status.replicas'],
};

// Groups whose registry lists the known fields in its error, rather than naming only the unknown one.
const GENERIC_ERROR = new Set(['deployments', 'statefulsets', 'daemonsets', 'cronjobs', 'configmaps']);

/** Refuses a field that the resource cannot be selected by, in the server's words. */
export function checkFields(resource: string, requirements: readonly FieldRequirement[]): void {
  const known = [...COMMON_FIELDS, ...(FIELDS[resource] ?? [])];
  for (const { field } of requirements) {
    const plain = field.replace(/^regarding\./, 'involvedObject.');
    if (known.includes(plain)) continue;
    if (GENERIC_ERROR.has(resource) || FIELDS[resource] === undefined) {
      throw badRequest(
        `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
      );
    }
    throw badRequest(`field label not supported: ${field}`);
  }
}

function fieldText(object: unknown, field: string): string {
  const path = field.replace(/^regarding\./, 'involvedObject.').split('.');
  if (field === 'source') path.push('component');
  let value: unknown = object;
  for (const key of path) {
    value =
      typeof value === 'object' && value !== null
        ? Object.getOwnPropertyDescriptor(value, key)?.value
        : undefined;
  }
  return value === undefined || value === null
    ? field === 'spec.unschedulable'
      ? 'false'
      : ''
    : String(value);
}

export function matchesFields(requirements: readonly FieldRequirement[], object: KubeObject): boolean {
  return requirements.every(({ field, value, equal }) => (fieldText(object, field) === value) === equal);
}
