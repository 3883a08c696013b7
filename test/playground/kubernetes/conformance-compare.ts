import { parse } from 'yaml';
import type { Answer, Exchange } from './conformance.ts';

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const STAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A body without what the recordings say not to compare: uids, times, versions, generated names, ages. */
export function comparable(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (key === 'resourceVersion' || key === 'continue' || key === 'token') return `<${key}>`;
    if (['gitCommit', 'goVersion', 'buildDate', 'serverAddress', 'storageVersionHash'].includes(key))
      return '<build>';
    const text = value.replace(STAMP, '<time>').replace(UID, '<uid>');
    if (/^(\d+[smhd])+$/.test(text)) return '<age>';
    if (key === 'containerID') return text.replace(/-\d+$/, '-<restart>');
    if (key === 'nodeName') return '<the scheduler’s choice>';
    if (key === 'podIP' || key === 'ip') return '<address>';
    if (key === 'message' && text.includes('waiting to start')) return '<the kubelet’s words>';
    if (key === 'message' && text.includes('previous terminated container')) return text.trimEnd();
    return text
      .replace(/kube-api-access-[a-z0-9]{5}/, 'kube-api-access-<generated>')
      .replace(/used: requests\.cpu=\d+m/, 'used: requests.cpu=<used>')
      .replace(/(ReplicaSet|replica set) "([a-z-]+)-[a-z0-9]+"/, '$1 "$2-<hash>"')
      .replace(/current: \d+/, 'current: <version>')
      .replace(/too old resource version: \d+ \(\d+\)/, '<too old>');
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    // The order in which an authorizer lists rules says nothing; conditions are a map by type.
    const byText = (left: unknown, right: unknown) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);
    return key.endsWith('Rules') || key === 'conditions' ? items.sort(byText) : items;
  }
  if (!isObject(value)) return value;
  const skipped = new Set([
    'managedFields',
    'description',
    'storageVersionHash',
    'remainingItemCount',
    'restartCount',
  ]);
  const kubelets = typeof value.reason === 'string' && value.reason.startsWith('Kubelet');
  const generated = isObject(value.metadata) ? undefined : typeof value.generateName === 'string';
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !skipped.has(field))
      .map(([field, inner]) => [
        field,
        field === 'name' && generated === true
          ? '<generated>'
          : field === 'message' && kubelets
            ? '<the kubelet’s words>'
            : comparable(inner, field),
      ]),
  );
}

function bodyOf(exchange: Exchange, answer: Answer): { recorded: unknown; given: unknown } {
  const { response, request } = exchange;
  if (response.stream === true) {
    const lines = answer.body.split('\n').filter((line) => line !== '');
    return { recorded: response.body, given: lines.map(parsed) };
  }
  if (request.headers?.accept === 'application/yaml' && typeof response.body === 'string') {
    return { recorded: withoutApplied(parse(response.body)), given: parse(answer.body) };
  }
  return { recorded: response.body, given: parsed(answer.body) };
}

/** The recordings leave this annotation out, but for where it stands in a text. */
function withoutApplied(object: unknown): unknown {
  if (!isObject(object) || !isObject(object.metadata)) return object;
  return { ...object, metadata: { ...object.metadata, annotations: {} } };
}

const HEADERS = ['warning', 'retry-after'];

/** What is compared of a recorded answer and of the one given here. */
export function sides(exchange: Exchange, answer: Answer): { expected: unknown; actual: unknown } {
  const { recorded, given } = bodyOf(exchange, answer);
  const headers = HEADERS.filter((name) => exchange.response.headers?.[name] !== undefined);
  const chosen = (from: Record<string, string | string[] | undefined>) =>
    Object.fromEntries(headers.map((name) => [name, [from[name]].flat().join(', ')]));
  return {
    expected: {
      status: exchange.response.status,
      body: comparable(recorded),
      headers: chosen(exchange.response.headers ?? {}),
    },
    actual: { status: answer.status, body: comparable(given), headers: chosen(answer.headers) },
  };
}
