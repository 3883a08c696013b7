import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { tokenOf } from './clients.ts';

/** What kubectl 1.32 sent for a command, and what its own `--dry-run=client -o json` says that it means. */
type Sent = { command: string; path: string; body: string; object: object };

const FILE = fileURLToPath(new URL('../../fixtures/kubernetes/kubectl-protobuf.jsonl', import.meta.url));
const SENT: Sent[] = readFileSync(FILE, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

let cluster: PlaygroundCluster;

beforeAll(async () => {
  cluster = await startPlaygroundCluster({ name: 'pg' });
});

afterAll(() => cluster.stop());

function post(path: string, body: Buffer): Promise<Response> {
  return fetch(`${cluster.url}${path}?dryRun=All`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tokenOf(cluster, 'pg-admin')}`,
      'content-type': 'application/vnd.kubernetes.protobuf',
      accept: 'application/vnd.kubernetes.protobuf,application/json',
    },
    body: new Uint8Array(body),
  });
}

test.each(SENT)('the protobuf of `$command` is read as kubectl means it', async ({ path, body, object }) => {
  const answer = await post(path, Buffer.from(body, 'base64'));
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject(object);
});

function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value]);
}

function protobuf(apiVersion: string, kind: string, message: Buffer): Buffer {
  const type = Buffer.concat([field(1, Buffer.from(apiVersion)), field(2, Buffer.from(kind))]);
  return Buffer.concat([Buffer.from('k8s\0', 'latin1'), field(1, type), field(2, message)]);
}

test('a protobuf field that is not known is refused, not dropped', async () => {
  const path = '/api/v1/namespaces/shop/configmaps';
  const metadata = field(1, field(1, Buffer.from('settings')));
  const known = await post(path, protobuf('v1', 'ConfigMap', metadata));
  expect(known.status).toBe(201);
  const unknown = Buffer.concat([metadata, field(9, Buffer.from('new'))]);
  const answer = await post(path, protobuf('v1', 'ConfigMap', unknown));
  expect(answer.status).toBe(415);
  expect(await answer.json()).toMatchObject({ kind: 'Status', reason: 'UnsupportedMediaType' });
});
