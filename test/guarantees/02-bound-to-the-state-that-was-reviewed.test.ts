import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordedRequest } from '../../src/playground/kubernetes/recorder.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { byHand, clicks, faults, reached, sent, untilTheCard } from './hands.ts';

const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
/** Long enough for somebody else's request to come in between. */
const SLOW_MS = 500;

let night: Night;
beforeEach(async () => {
  night = await startNight();
  await untilTheCard(night);
});
afterEach(() => night.end());

async function releasesAnother(): Promise<void> {
  const containers = [{ name: 'checkout', image: 'registry.example/shop/checkout:1.44.0' }];
  await byHand(night, 'PATCH', CHECKOUT, { spec: { template: { spec: { containers } } } });
}

async function makesAnew(): Promise<void> {
  const { metadata, spec } = await byHand(night, 'GET', CHECKOUT);
  const { name, namespace, labels } = metadata as Record<string, unknown>;
  await byHand(night, 'DELETE', CHECKOUT);
  await byHand(night, 'POST', '/apis/apps/v1/namespaces/shop/deployments', {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec,
  });
}

/** Somebody else acts while a request of firstmate's, after the click, is on its way to be answered. */
async function whileUnderWay(request: { method: string; path: string }, act: () => Promise<void>) {
  const from = night.cluster.requests.length;
  await faults(night, { ...request, slow: SLOW_MS });
  await clicks(night, 'ada', 'approve_plan');
  const is = ({ method, path }: RecordedRequest): boolean =>
    method === request.method && path.includes(request.path);
  await reached(night, is, from);
  await act();
  expect(
    night.cluster.requests.slice(from).filter((one) => is(one) && one.applied),
    'too late: it was answered before somebody else came',
  ).toEqual([]);
}

describe('2. bound to the state that was reviewed', () => {
  it.each([
    ['a reviewed field changed', releasesAnother, 'changed since the diff was shown: spec.template'],
    ['the target was made anew', makesAnew, 'was deleted and made anew'],
  ])('between the card and the click %s: the plan is voided', async (_, act, says) => {
    await act();
    await clicks(night, 'ada', 'approve_plan');
    const { payload } = await night.sees('plan.voided');
    expect(payload.reason).toContain(says);
    expect(sent(night)).toEqual([]);
  });

  it('what was voided is proposed anew by one click, on the state as it is now', async () => {
    await releasesAnother();
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('plan.voided');
    await night.settled();
    await clicks(night, 'ada', 'refresh_plan');
    await night.sees('plan.shown');
    const { plans } = await night.incident();
    expect(plans.map(({ status }) => status)).toEqual(['voided', 'proposed']);
    expect(JSON.stringify(plans[1]?.plan.diff)).toContain('1.44.0');
    expect(sent(night)).toEqual([]);
  });

  it('between the click and the last look it changed: the plan is voided', async () => {
    await whileUnderWay({ method: 'GET', path: CHECKOUT }, releasesAnother);
    await night.sees('plan.voided');
    expect(sent(night)).toEqual([]);
  });

  it.each([
    ['a reviewed field changed', releasesAnother],
    ['the target was made anew', makesAnew],
  ])('between the last look and the write %s: the cluster itself refuses it', async (_, act) => {
    const request = { method: 'PATCH', path: `${CHECKOUT}?fieldManager=firstmate` };
    let before: unknown;
    await whileUnderWay(request, async () => {
      await act();
      before = (await byHand(night, 'GET', CHECKOUT)).spec;
    });
    const { payload } = await night.sees('execution.finished');
    expect(payload).toMatchObject({
      outcome: 'failed',
      says: expect.stringContaining('no longer as it was reviewed'),
    });
    expect(sent(night)).toMatchObject([{ status: 422 }]);
    const { spec, metadata } = await byHand(night, 'GET', CHECKOUT);
    expect(spec).toEqual(before);
    expect(JSON.stringify(metadata)).not.toContain('firstmate.dev/plan');
    await night.settled();
    await clicks(night, 'ada', 'refresh_plan');
    await night.settled();
    expect(sent(night)).toHaveLength(1);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['an autoscaler scales it', () => byHand(night, 'PATCH', `${CHECKOUT}/scale`, { spec: { replicas: 5 } })],
    [
      'its status churns',
      () =>
        byHand(night, 'PATCH', `${CHECKOUT}/status`, { status: { readyReplicas: 1, observedGeneration: 9 } }),
    ],
    [
      'its resourceVersion and its generation rise',
      async () => {
        await byHand(night, 'PATCH', CHECKOUT, { metadata: { annotations: { 'example.com/seen': 'yes' } } });
        await byHand(night, 'PATCH', CHECKOUT, { spec: { minReadySeconds: 1 } });
      },
    ],
  ])('%s, and nothing is voided', async (_, act) => {
    const version = async () =>
      (await byHand(night, 'GET', CHECKOUT)).metadata as { resourceVersion: string };
    const before = (await version()).resourceVersion;
    await act();
    expect((await version()).resourceVersion).not.toBe(before);
    await whileUnderWay({ method: 'GET', path: CHECKOUT }, async () => void (await act()));
    const { payload } = await night.sees('execution.finished');
    expect(payload.outcome).toBe('succeeded');
    expect(sent(night)).toMatchObject([{ method: 'PATCH', status: 200 }]);
    const { spec } = await byHand(night, 'GET', CHECKOUT);
    expect(JSON.stringify(spec)).toContain('registry.example/shop/checkout:1.42.0');
  });
});
