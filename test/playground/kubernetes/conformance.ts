import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { tokenOf } from './clients.ts';

/** One recorded request with what the real server answered. */
export type Exchange = {
  id: string;
  tier: 'core' | 'extra';
  about: string;
  user?: string;
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
  response: { status: number; headers?: Record<string, string | string[]>; body: unknown; stream?: boolean };
};

export const GROUPS = [
  'discovery',
  'lists-and-gets',
  'tables',
  'logs',
  'watch',
  'writes',
  'authz',
  'limits',
] as const;
export type Group = (typeof GROUPS)[number];

const FIXTURES = fileURLToPath(new URL('../../fixtures/kubernetes/', import.meta.url));

export function exchangesOf(group: Group): Exchange[] {
  return readFileSync(`${FIXTURES}exchanges/${group}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const ACCOUNT = 'system:serviceaccount:shop:restricted-bot';

/** The recorded cluster as it stood, with the users of the recordings. */
export function startRecordedCluster(): Promise<PlaygroundCluster> {
  return startPlaygroundCluster({
    name: 'recorded',
    snapshotDir: `${FIXTURES}state`,
    users: [
      { token: 'token-dev', name: 'token-dev', uid: 'u2', groups: ['devs'] },
      { token: 'token-nobody', name: 'token-nobody', groups: [] },
      {
        token: 'restricted-bot',
        name: ACCOUNT,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
      },
    ],
  });
}

function authorizationFor(cluster: PlaygroundCluster, user: string | undefined): string | undefined {
  if (user === undefined) return `Bearer ${tokenOf(cluster, 'recorded-admin')}`;
  if (user.startsWith('token-dev')) return 'Bearer token-dev';
  if (user.startsWith('token-nobody')) return 'Bearer token-nobody';
  if (user.startsWith(ACCOUNT)) return 'Bearer restricted-bot';
  return user.startsWith('unknown') ? 'Bearer unknown' : undefined;
}

export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

// Sent by hand: fetch would tidy up paths such as `//` and `..`, which are part of what is compared.
function send(cluster: PlaygroundCluster, exchange: Exchange, body: string | undefined, path: string) {
  const { authorization: _, ...headers } = exchange.request.headers ?? {};
  const authorization = authorizationFor(cluster, exchange.user);
  return new Promise<Answer>((resolve, reject) => {
    const outgoing = httpRequest(
      new URL(cluster.url),
      {
        method: exchange.request.method,
        path,
        headers: {
          ...headers,
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The bodies that the recordings only describe, for their size. */
function described(text: string): string | undefined {
  const bytes = /with (\d+) bytes in data\.k/.exec(text)?.[1];
  return bytes === undefined
    ? undefined
    : JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'big' },
        data: { k: 'x'.repeat(Number(bytes)) },
      });
}

/** Objects that the recorder made between exchanges without recording it, by the exchange that needs them. */
const UNRECORDED: Record<string, string[]> = {
  'writes-083': ['body-wins'],
  'writes-085': ['body-empty'],
};

/** Makes what the recorder had made before an exchange. */
export async function prepare(cluster: PlaygroundCluster, exchange: Exchange): Promise<void> {
  for (const name of UNRECORDED[exchange.id] ?? []) {
    await fetch(`${cluster.url}/api/v1/namespaces/shop/configmaps`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokenOf(cluster, 'recorded-admin')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ metadata: { name } }),
    });
  }
}

/** Puts what this run gave (uids, resourceVersions, generated names) where the recording has its own. */
export class Translation {
  private readonly texts = new Map<string, string>();
  private readonly versions = new Map<string, string>();

  learn(recorded: unknown, actual: unknown): void {
    const left = isObject(recorded) && isObject(recorded.metadata) ? recorded.metadata : {};
    const right = isObject(actual) && isObject(actual.metadata) ? actual.metadata : {};
    for (const key of ['uid', 'name', 'continue']) {
      if (typeof left[key] === 'string' && typeof right[key] === 'string' && left[key] !== right[key]) {
        this.texts.set(left[key], right[key]);
      }
    }
    if (typeof left.resourceVersion === 'string' && typeof right.resourceVersion === 'string') {
      this.versions.set(left.resourceVersion, right.resourceVersion);
    }
  }

  apply(text: string): string {
    let translated = text.replace(
      /("resourceVersion":"|[?&]resourceVersion=)(\d+)/g,
      (whole, before: string, version: string) => {
        const actual = this.versions.get(version);
        return actual === undefined ? whole : `${before}${actual}`;
      },
    );
    for (const [recorded, actual] of this.texts) translated = translated.replaceAll(recorded, actual);
    return translated;
  }
}

export async function replay(
  cluster: PlaygroundCluster,
  exchange: Exchange,
  translation = new Translation(),
) {
  const { body, path } = exchange.request;
  const text =
    body === undefined || body === null
      ? undefined
      : typeof body === 'string'
        ? (described(body) ?? body)
        : JSON.stringify(body);
  const answer = await send(
    cluster,
    exchange,
    text === undefined ? undefined : translation.apply(text),
    translation.apply(path),
  );
  translation.learn(exchange.response.body, parsed(answer.body));
  return answer;
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
    if (key === 'message' && text.includes('waiting to start')) return '<the kubelet’s words>';
    if (key === 'message' && text.includes('previous terminated container')) return text.trimEnd();
    return text
      .replace(/kube-api-access-[a-z0-9]{5}/, 'kube-api-access-<generated>')
      .replace(/used: requests\.cpu=\d+m/, 'used: requests.cpu=<used>')
      .replace(/current: \d+/, 'current: <version>')
      .replace(/too old resource version: \d+ \(\d+\)/, '<too old>');
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => comparable(item));
    // The order in which an authorizer lists rules says nothing.
    const byText = (left: unknown, right: unknown) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1);
    return key.endsWith('Rules') ? items.sort(byText) : items;
  }
  if (!isObject(value)) return value;
  const skipped = new Set([
    'managedFields',
    'description',
    'storageVersionHash',
    'remainingItemCount',
    'restartCount',
  ]);
  const generated = isObject(value.metadata) ? undefined : typeof value.generateName === 'string';
  return Object.fromEntries(
    Object.entries(value)
      .filter(([field]) => !skipped.has(field))
      .map(([field, inner]) => [
        field,
        field === 'name' && generated === true ? '<generated>' : comparable(inner, field),
      ]),
  );
}

/** What is compared of a recorded answer and of the one given here. */
export function sides(exchange: Exchange, answer: Answer): { expected: unknown; actual: unknown } {
  const { response } = exchange;
  const lines = answer.body
    .split('\n')
    .filter((line) => line !== '')
    .map(parsed);
  const body = response.stream === true ? lines : parsed(answer.body);
  const warning = response.headers?.warning;
  return {
    expected: {
      status: response.status,
      body: comparable(response.body),
      ...(warning === undefined ? {} : { warning: [warning].flat().join(', ') }),
    },
    actual: {
      status: answer.status,
      body: comparable(body),
      ...(warning === undefined ? {} : { warning: answer.headers.warning }),
    },
  };
}
