import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import type { Controller } from '../../../src/playground/kubernetes/simulation.ts';
import { tokenOf } from './clients.ts';
import type { Translation } from './conformance-translation.ts';

/** One recorded request with what the real server answered. */
export type Exchange = {
  id: string;
  tier: 'core' | 'extra';
  about: string;
  user?: string;
  request: { method: string; path: string; headers?: Record<string, string>; body?: unknown };
  response: { status: number; headers?: Record<string, string | string[]>; body: unknown; stream?: boolean };
};

export type Group =
  | 'discovery'
  | 'lists-and-gets'
  | 'tables'
  | 'logs'
  | 'watch'
  | 'writes'
  | 'authz'
  | 'limits';

const FIXTURES = fileURLToPath(new URL('../../fixtures/kubernetes/', import.meta.url));

export function exchangesOf(group: Group): Exchange[] {
  return readFileSync(`${FIXTURES}exchanges/${group}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const ACCOUNT = 'system:serviceaccount:shop:restricted-bot';

/** The recorded cluster as it stood, with the users of the recordings and the controllers that are given. */
export function startRecordedCluster(controllers: readonly Controller[] = []): Promise<PlaygroundCluster> {
  return startPlaygroundCluster({
    name: 'recorded',
    snapshotDir: `${FIXTURES}state`,
    controllers,
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

/** A request under way: `opened` when its answer begins, as a watch's does long before it ends. */
export type Sent = { opened: Promise<void>; answer: Promise<Answer> };

// Sent by hand: fetch would tidy up paths such as `//` and `..`, which are part of what is compared.
function send(cluster: PlaygroundCluster, exchange: Exchange, body: string | undefined, path: string): Sent {
  const { authorization: _, ...headers } = exchange.request.headers ?? {};
  const authorization = authorizationFor(cluster, exchange.user);
  const opened = Promise.withResolvers<void>();
  const answer = new Promise<Answer>((resolve, reject) => {
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
        opened.resolve();
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
  answer.catch(opened.reject);
  return { opened: opened.promise, answer };
}

function configMap(name: string, metadata: object, data: object): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data });
}

/** The bodies that the recordings only describe, for their size. */
function described(text: string): string | undefined {
  const count = (pattern: RegExp) => Number(pattern.exec(text)?.[1]);
  if (/with \d+ bytes in data\.k/.test(text)) {
    return configMap('big', {}, { k: 'x'.repeat(count(/with (\d+) bytes/)) });
  }
  if (/with an annotation of \d+ bytes/.test(text)) {
    return configMap('anno', { annotations: { a: 'x'.repeat(count(/of (\d+) bytes/)) } }, {});
  }
  if (/^<\d+ test operations>$/.test(text)) {
    const operation = { op: 'test', path: '/data/LOG_LEVEL', value: 'info' };
    return JSON.stringify(Array.from({ length: count(/^<(\d+)/) }, () => operation));
  }
  return undefined;
}

/** Sends a recorded request; what its answer calls things is learned for the requests after it. */
export function replay(cluster: PlaygroundCluster, exchange: Exchange, translation: Translation): Sent {
  const { body, path } = exchange.request;
  const text =
    body === undefined || body === null
      ? undefined
      : typeof body === 'string'
        ? (described(body) ?? body)
        : JSON.stringify(body);
  const sent = send(
    cluster,
    exchange,
    text === undefined ? undefined : translation.apply(text),
    translation.apply(path),
  );
  const answer = sent.answer.then((given) => {
    translation.learn(exchange.response.body, given.body);
    return given;
  });
  return { opened: sent.opened, answer };
}
