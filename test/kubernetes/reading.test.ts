import { describe, expect, it } from 'vitest';
import { CONFIG_MAP, POD } from '../../src/core/kinds.ts';
import {
  type Api,
  connect,
  countedTiming,
  getting,
  kubeconfigFor,
  nobodyListens,
  sendJson,
  startApi,
  within,
} from './fixture.ts';

const PODS = { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [] };
const PLAIN = getting(POD, { output: 'name' });
const status = (code: number, message: string) => ({ kind: 'Status', status: 'Failure', code, message });

/** A server that gives these answers one after the other, and the last one for good. */
function startAnswering(...answers: (readonly [number, unknown, Record<string, string>?])[]): Promise<Api> {
  let next = 0;
  return startApi((_, response) => {
    const [code, body, headers] = answers[Math.min(next, answers.length - 1)] ?? [500, {}];
    next += 1;
    sendJson(response, code, body, headers);
  });
}

describe('reading a cluster that is not at its best', () => {
  it('tries again after a 503, and says how many requests it took', async () => {
    const api = await startAnswering([503, status(503, 'later')], [200, PODS]);
    const timing = countedTiming();
    const { reader } = await connect(kubeconfigFor(api.url), { timing });
    expect(await reader.read(PLAIN, within())).toMatchObject({ status: 'ok', requests: 2 });
    expect(timing.slept).toEqual([150]);
  });

  it('waits as long as Retry-After says, in seconds or as a date', async () => {
    const now = new Date('2026-03-14T02:07:00Z');
    const api = await startAnswering(
      [429, status(429, 'slow down'), { 'retry-after': '3' }],
      [429, status(429, 'slow down'), { 'retry-after': 'Sat, 14 Mar 2026 02:07:04 GMT' }],
      [200, PODS],
    );
    const timing = countedTiming(() => now);
    const { reader } = await connect(kubeconfigFor(api.url), { timing });
    expect(await reader.read(PLAIN, within(60_000))).toMatchObject({ status: 'ok', requests: 3 });
    expect(timing.slept).toEqual([3_000, 4_000]);
  });

  it('gives up at once when Retry-After lies past the deadline of the step', async () => {
    const api = await startAnswering([429, status(429, 'slow down'), { 'retry-after': '30' }]);
    const timing = countedTiming();
    const { reader } = await connect(kubeconfigFor(api.url), { timing });
    const seen = await reader.read(PLAIN, within(10_000));
    expect(seen).toMatchObject({ status: 'failed', fault: 'throttled', requests: 1 });
    expect(timing.slept).toEqual([]);
  });

  it('tries four times at most, each time later', async () => {
    const api = await startAnswering([500, status(500, 'etcd is down')]);
    const timing = countedTiming();
    const { reader } = await connect(kubeconfigFor(api.url), { timing });
    const seen = await reader.read(PLAIN, within(60_000));
    expect(seen).toMatchObject({ status: 'failed', fault: 'rejected', requests: 4 });
    expect(timing.slept).toEqual([150, 300, 600]);
  });

  it('tries again after a reset connection', async () => {
    let first = true;
    const api = await startApi((request, response) => {
      if (first) request.socket.destroy();
      else sendJson(response, 200, PODS);
      first = false;
    });
    const { reader } = await connect(kubeconfigFor(api.url), { timing: countedTiming() });
    expect(await reader.read(PLAIN, within())).toMatchObject({ status: 'ok', requests: 2 });
  });

  it.each([
    [401, 'forbidden', "does not know firstmate's reading identity"],
    [
      403,
      'forbidden',
      'The cluster prod said no (403): the reading identity may not list pods in shop. Run `firstmate rbac` and apply what it prints.',
    ],
    [404, 'not_found', 'has no pods in shop'],
    [400, 'rejected', 'refused to list pods in shop (400): unable to parse'],
  ])('does not repeat a %i and says what to do', async (code, faultName, words) => {
    const api = await startAnswering([code, status(code, 'unable to parse')]);
    const { reader } = await connect(kubeconfigFor(api.url), { timing: countedTiming() });
    const seen = await reader.read(PLAIN, within());
    expect(seen).toMatchObject({ status: 'failed', fault: faultName, requests: 1 });
    expect(seen.status === 'failed' && seen.says).toContain(words);
  });

  it('says that a cluster cannot be reached', async () => {
    const { reader } = await connect(kubeconfigFor(await nobodyListens()), { timing: countedTiming() });
    const seen = await reader.read(PLAIN, within());
    expect(seen).toMatchObject({ status: 'failed', fault: 'unreachable' });
    expect(seen.status === 'failed' && seen.says).toContain(
      'The cluster prod cannot be reached (ECONNREFUSED)',
    );
  });

  it('ends at its deadline while the server keeps silent', async () => {
    const api = await startApi(() => undefined);
    const { reader } = await connect(kubeconfigFor(api.url));
    expect(await reader.read(PLAIN, within(60))).toMatchObject({ status: 'failed', fault: 'timeout' });
  });

  it('ends when the step is cancelled', async () => {
    const stop = new AbortController();
    const api = await startApi(() => stop.abort());
    const { reader } = await connect(kubeconfigFor(api.url));
    const seen = await reader.read(PLAIN, { signal: stop.signal, timeoutMs: 10_000 });
    expect(seen).toMatchObject({ status: 'failed', fault: 'cancelled' });
  });

  it('asks for fewer objects when the answer is too large, and says that it did', async () => {
    const api = await startApi((request, response) => {
      const limit = Number(new URL(request.url ?? '', 'http://x').searchParams.get('limit'));
      const item = { metadata: { name: 'a', annotations: { filler: 'y'.repeat(1_000) } } };
      sendJson(response, 200, {
        ...PODS,
        metadata: { continue: 'more', remainingItemCount: 450 },
        items: Array.from({ length: limit }, () => item),
      });
    });
    const { reader } = await connect(kubeconfigFor(api.url), { limits: { responseBytes: 100_000 } });
    const seen = await reader.read(PLAIN, within());
    expect(seen.status === 'ok' && seen.text).toContain(
      'only the first 50 pods are shown, there are 450 more',
    );
  });

  it('reports what the gate refused, and asks the cluster nothing', async () => {
    const api = await startAnswering([200, PODS]);
    const { reader, refused } = await connect(kubeconfigFor(api.url));
    const seen = await reader.read(getting(CONFIG_MAP, { namespace: 'kube-system' }), within());
    expect(seen).toMatchObject({ status: 'failed', fault: 'refused_by_gate' });
    expect(refused).toMatchObject([{ cluster: 'prod', path: '/api/v1/namespaces/kube-system/configmaps' }]);
    expect(api.connections()).toBe(0);
  });

  it('takes a page of something else for no answer', async () => {
    const api = await startApi((_, response) => response.end('<html>Please log in</html>'));
    const { reader } = await connect(kubeconfigFor(api.url));
    expect(await reader.read(PLAIN, within())).toMatchObject({ status: 'failed', fault: 'rejected' });
  });
});
