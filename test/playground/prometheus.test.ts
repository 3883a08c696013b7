import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { increase, quantileOf } from '../../src/playground/prometheus/over-time.ts';

type Result = { metric: Record<string, string>; value: [number, string]; values: [number, string][] };
type Body = {
  status: string;
  data: { resultType: string; result: Result[] };
  errorType?: string;
  error?: string;
};

let cluster: PlaygroundCluster;

beforeAll(async () => {
  cluster = await startPlaygroundCluster({ name: 'test' });
  cluster.breakScenario('bad-release');
  cluster.advance(120_000);
});

afterAll(() => cluster.stop());

async function ask(path: string, params: Record<string, string>): Promise<{ status: number; body: Body }> {
  const answer = await fetch(`${cluster.prometheusUrl}/api/v1/${path}?${new URLSearchParams(params)}`);
  return { status: answer.status, body: (await answer.json()) as Body };
}

async function query(text: string): Promise<Result[]> {
  const { status, body } = await ask('query', { query: text });
  expect(`${status} ${body.error ?? ''}`).toBe('200 ');
  return body.data.result;
}

async function values(text: string): Promise<number[]> {
  return (await query(text)).map(({ value }) => Number(value[1]));
}

describe('a query', () => {
  it('selects by name and matchers, and gives all labels with the time in seconds', async () => {
    expect(
      await query('kube_deployment_status_replicas_available{namespace="shop",deployment=~"check.*"}'),
    ).toEqual([
      {
        metric: {
          __name__: 'kube_deployment_status_replicas_available',
          job: 'kube-state-metrics',
          namespace: 'shop',
          deployment: 'checkout',
        },
        value: [cluster.now() / 1000, '3'],
      },
    ]);
  });

  it('takes a form as well as a URL', async () => {
    const answer = await fetch(`${cluster.prometheusUrl}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: 'count(up{job="etcd"} == 1)' }),
    });
    const body = (await answer.json()) as Body;
    expect(body).toMatchObject({
      status: 'success',
      data: { resultType: 'vector', result: [{ value: [expect.any(Number), '3'] }] },
    });
  });

  it.each([
    ['sum by (namespace) (kube_deployment_spec_replicas{namespace=~"shop|payments"})', [2, 9]],
    ['count(kube_node_status_condition{condition="Ready",status="true"} == 1)', [3]],
    [
      'max without (pod, uid, node, container, job, metrics_path) (container_memory_working_set_bytes{namespace="tools"}) > 1e6 * 10',
      1,
    ],
    ['kubelet_volume_stats_used_bytes / kubelet_volume_stats_capacity_bytes', [0.1]],
    ['kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.03', []],
    ['1 - 2 * 3 > bool -6', '1'],
    ['absent(up{job="nothing"})', [1]],
    ['absent(up{job="etcd"})', []],
    ['apiserver_request_duration_seconds_p99 > 1.5', []],
  ])('%s', async (text, expected) => {
    const { body } = await ask('query', { query: text });
    if (typeof expected === 'string') expect(body.data.result[1]).toBe(expected);
    else if (typeof expected === 'number') expect(body.data.result).toHaveLength(expected);
    else
      expect(body.data.result.map(({ value }) => Number(value[1])).toSorted((a, b) => a - b)).toEqual(
        expected,
      );
  });

  it('counts the restarts of a crash loop, and how they grow', async () => {
    const crashing = 'kube_pod_container_status_restarts_total{namespace="shop",container="checkout"}';
    const [total = 0] = (await values(`max(${crashing})`)).values();
    expect(total).toBeGreaterThan(3);
    const grown = await values(`max by (container) (increase(${crashing}[2m]))`);
    expect(grown[0]).toBeGreaterThan(2);
  });

  it('has a steady past to begin with: rates and quantiles answer at once', async () => {
    const rate = await values('sum(rate(apiserver_request_duration_seconds_count[5m]))');
    expect(rate[0]).toBeCloseTo(40, 0);
    const p99 = await values(
      'histogram_quantile(0.99, sum by (le) (rate(apiserver_request_duration_seconds_bucket[5m])))',
    );
    expect(p99[0]).toBeLessThanOrEqual(0.05);
  });

  it('tells what fires as ALERTS', async () => {
    expect(await query('ALERTS{alertstate="firing"}')).toMatchObject([
      { metric: { alertname: 'KubeDeploymentRolloutStuck', deployment: 'checkout', cluster: 'test' } },
    ]);
  });

  it('gives a range of points, one a step', async () => {
    const end = cluster.now() / 1000;
    const { body } = await ask('query_range', {
      query: 'kube_deployment_status_condition{deployment="checkout",condition="Progressing",status="false"}',
      start: String(end - 180),
      end: String(end),
      step: '30s',
    });
    expect(body.data.resultType).toBe('matrix');
    expect(body.data.result.map(({ values: points }) => points.map(([, value]) => value))).toEqual([
      ['0', '0', '0', '1', '1', '1', '1'],
    ]);
  });

  it('names the labels there are', async () => {
    const answer = await fetch(`${cluster.prometheusUrl}/api/v1/labels`);
    expect(await answer.json()).toMatchObject({
      status: 'success',
      data: expect.arrayContaining(['__name__', 'le', 'pod']),
    });
  });
});

describe('what it does not take', () => {
  it.each([
    ['', 'unexpected end of input'],
    ['up{', 'unexpected end of input'],
    ['up{job=1}', 'unexpected "1"'],
    ['up{job=~"("}', 'error parsing regexp'],
    ['{}', 'at least one non-empty matcher'],
    ['predict_linear(up[5m], 60)', 'unknown function with name "predict_linear"'],
    ['up and on (job) up', '"and" is not in the playground'],
    ['up offset 5m', '"offset" is not in the playground'],
    ['rate(up)', 'expected type range vector'],
    ['up[5m]', 'range vector'],
    ['sum(1)', 'expected type instant vector'],
    ['1 > 2', 'BOOL modifier'],
    ['rate(up[5m], up)', 'expected 1 argument(s)'],
    ['up ; up', 'unexpected character'],
    ['up up', 'unexpected "up"'],
  ])('%s', async (text, message) => {
    const { status, body } = await ask('query', { query: text });
    expect({ status, kind: body.status, errorType: body.errorType }).toEqual({
      status: 400,
      kind: 'error',
      errorType: 'bad_data',
    });
    expect(body.error).toContain(message);
  });

  it.each([
    [{ start: 'soon', end: '10', step: '1' }, 'invalid parameter "start"'],
    [{ start: '0', end: '10', step: '0' }, 'invalid parameter "step"'],
    [{ start: '10', end: '0', step: '1' }, 'end timestamp must not be before start time'],
    [{ start: '0', end: '100000', step: '1' }, 'exceeded maximum resolution'],
  ])('a range of %j', async (params, message) => {
    const { status, body } = await ask('query_range', { query: 'up', ...params });
    expect(status).toBe(400);
    expect(body.error).toContain(message);
  });

  it('any other path', async () => {
    expect((await fetch(`${cluster.prometheusUrl}/api/v1/admin/tsdb/snapshot`)).status).toBe(404);
  });
});

describe('counters and histograms', () => {
  const points = (...found: [number, number][]) => ({
    labels: {},
    points: found.map(([at, value]) => ({ at, value })),
  });

  it('a counter that starts anew has still grown', () => {
    expect(increase(points([0, 10], [15_000, 12], [30_000, 1], [45_000, 3]), 0, 45_000)).toBeCloseTo(5);
  });

  it('one sample says nothing about growth', () => {
    expect(increase(points([0, 10]), 0, 60_000)).toBeUndefined();
  });

  it('a quantile lies within its bucket, and above the last bound it is that bound', () => {
    const buckets = [
      { le: 1, count: 50 },
      { le: 2, count: 90 },
      { le: Number.POSITIVE_INFINITY, count: 100 },
    ];
    expect(quantileOf(0.7, buckets)).toBeCloseTo(1.5);
    expect(quantileOf(0.99, buckets)).toBe(2);
    expect(quantileOf(0.5, [])).toBeNaN();
  });
});
