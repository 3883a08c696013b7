import { request } from 'node:https';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../../src/playground/kubernetes/server.ts';
import { tokenOf } from './clients.ts';

let cluster: PlaygroundCluster;

beforeAll(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
});

afterAll(() => cluster.stop());

function getOverTls(
  path: string,
): Promise<{ status: number | undefined; commonName: unknown; body: string }> {
  const url = new URL(path, cluster.url.replace('http:', 'https:'));
  const headers = { authorization: `Bearer ${tokenOf(cluster, 'test')}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, rejectUnauthorized: false, agent: false }, (response) => {
      const { socket } = response;
      const commonName =
        'getPeerCertificate' in socket && typeof socket.getPeerCertificate === 'function'
          ? socket.getPeerCertificate().subject.CN
          : undefined;
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, commonName, body }));
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

test('the same port speaks TLS with a certificate of its own, as kubectl needs it to send a token', async () => {
  const answer = await getOverTls('/api/v1/namespaces/shop/pods?limit=1');
  expect(answer.status).toBe(200);
  expect(answer.commonName).toBe('firstmate playground');
  expect(JSON.parse(answer.body)).toMatchObject({ kind: 'PodList' });
});

test('the kubeconfig names every identity over HTTP and over TLS', () => {
  for (const context of [
    'test',
    'test-writer',
    'test-admin',
    'test-tls',
    'test-writer-tls',
    'test-admin-tls',
  ]) {
    expect(cluster.kubeconfig).toContain(`name: ${context}\n`);
  }
  expect(cluster.kubeconfig).toContain('current-context: test\n');
});
