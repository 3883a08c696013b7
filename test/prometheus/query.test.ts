import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { MetricsAnswer } from '../../src/core/ports/metrics.ts';
import { startPlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { connectMetrics } from '../../src/prometheus/connect.ts';
import { prometheusMetrics } from '../../src/prometheus/query.ts';

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as the test says, and what it was asked. */
async function serve(answering: Answering): Promise<{ url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answering(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked };
}

function answers(status: number, body: unknown): Answering {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

async function ask(
  url: string,
  changes: { token?: string; timeoutMs?: number; signal?: AbortSignal; query?: string } = {},
): Promise<MetricsAnswer> {
  const metrics = prometheusMetrics('prod', { url, token: changes.token ?? null });
  const { signal = new AbortController().signal, timeoutMs = 5_000, query = 'up' } = changes;
  return metrics.query(query, { signal, timeoutMs });
}

const vector = (...values: string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value) => ({ metric: { job: 'a' }, value: [1, value] })),
  },
});
const failing = (says: string) => ({ status: 'failed', says: expect.stringContaining(says) });

describe('an instant query', () => {
  it("is answered by the playground's Prometheus, below its path prefix", async () => {
    const cluster = await startPlaygroundCluster({ name: 'prod' });
    onTestFinished(() => cluster.stop());
    const place = '{namespace="shop",deployment="orders"}';
    const query = `kube_deployment_status_replicas_available${place} / kube_deployment_spec_replicas${place}`;
    const found = await ask(`${cluster.url}/prometheus/`, { query });
    expect(found).toMatchObject({ status: 'ok', samples: [{ value: 1 }] });
    expect(await ask(`${cluster.url}/prometheus`, { query: 'sum(' })).toMatchObject(
      failing('The Prometheus of prod would not answer the query (400)'),
    );
  });

  it('goes out once, as a GET with the token', async () => {
    const { url, asked } = await serve(answers(200, vector('0.5')));
    await ask(`${url}/mimir`, { token: 't0ken', query: 'a{b="c d"}' });
    expect(asked.map(({ method, url: path, headers }) => [method, path, headers.authorization])).toEqual([
      ['GET', '/mimir/api/v1/query?query=a%7Bb%3D%22c+d%22%7D', 'Bearer t0ken'],
    ]);
  });

  it('reads every way to write a number', async () => {
    const { url } = await serve(answers(200, vector('0.5', 'NaN', '+Inf', '-Inf', '1e-3', '')));
    const found = await ask(url);
    expect(found.status === 'ok' && found.samples.map(({ value }) => value)).toEqual([
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      0.001,
      Number.NaN,
    ]);
    const scalar = await serve(
      answers(200, { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } }),
    );
    expect(await ask(scalar.url)).toEqual({ status: 'ok', samples: [{ labels: {}, value: 7 }] });
  });

  it.each<[string, Answering, string]>([
    [
      'a redirect, which it does not follow',
      (_, response) => response.writeHead(302, { location: '/else' }).end(),
      'never followed',
    ],
    ['401', answers(401, 'no'), 'prometheus_token_env'],
    ['a page', answers(502, '<html>'), 'no answer to a query (502)'],
    [
      'an error',
      answers(422, { status: 'error', errorType: 'execution', error: 'too many samples' }),
      'too many samples',
    ],
    ['an error with a success status', answers(200, { status: 'error', error: 'odd' }), 'odd'],
    [
      'a part, with a warning',
      answers(200, { ...vector('1'), warnings: ['store b is away'] }),
      'store b is away',
    ],
    [
      'a matrix',
      answers(200, { status: 'success', data: { resultType: 'matrix', result: [] } }),
      'no numbers',
    ],
    ['more than is read', answers(200, ' '.repeat(1024 * 1024 + 1)), 'more than is read'],
    ['nothing any more', (request) => request.socket.destroy(), 'cannot be reached'],
  ])('that meets %s is no answer', async (_name, answering, says) => {
    const { url, asked } = await serve(answering);
    expect(await ask(url)).toEqual(failing(says));
    expect(asked.length).toBe(1);
  });

  it('ends at its deadline, and when it is stopped', async () => {
    const { url } = await serve(() => {});
    expect(await ask(url, { timeoutMs: 1 })).toEqual(failing('did not answer in time'));
    expect(await ask(url, { signal: AbortSignal.abort() })).toEqual(failing('this was stopped'));
  });

  it('that is too long is not sent', async () => {
    const { url, asked } = await serve(answers(200, vector('1')));
    expect(await ask(url, { query: 'x'.repeat(5_000) })).toEqual(failing('longer than'));
    expect(asked).toEqual([]);
  });
});

it('a cluster without prometheus_url has no metrics', async () => {
  const connected = connectMetrics([
    { name: 'prod', prometheus: { url: 'http://127.0.0.1:9', token: null } },
    { name: 'test', prometheus: null },
  ]);
  expect([connected('prod'), connected('test'), connected('else')].map((one) => one === undefined)).toEqual([
    false,
    true,
    true,
  ]);
});
