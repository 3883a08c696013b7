import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { incidentId } from '../../src/core/ids.ts';
import { alertmanagerBody, fires, over } from '../deliveries.ts';
import { AT, at } from '../make.ts';
import { type Night, startNight } from './night.ts';

const [FIRST, SECOND] = [incidentId(2026, 1), incidentId(2026, 2)];
const GROUP = { groupKey: '{}:{namespace="shop"}' };

const checkout = { namespace: 'shop', deployment: 'checkout' };
const STUCK = fires('KubeDeploymentRolloutStuck', checkout, AT);
const LATENCY = fires('CheckoutLatencyHigh', checkout, at(10));

let night: Night;
beforeEach(async () => {
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      sources: settings.sources.flatMap((source) => [source, { ...source, name: 'other' }]),
      limits: { ...settings.limits, quietMs: 15 * 60_000 },
    }),
  });
});
afterEach(() => night.end());

async function comes(...deliveries: readonly (readonly [source: string, body: string])[]): Promise<void> {
  for (const [source, body] of deliveries) expect(await night.post(body, source)).toBe(202);
  await night.settled();
}

function told(id: typeof FIRST): Promise<string[]> {
  return night.timeline(id, /^(alerts?|incident|problem)\./);
}

describe('two senders that tell the same, each through two peers', () => {
  it('are two problems, whose alerts end only when they are told to', async () => {
    const both = alertmanagerBody([STUCK, LATENCY], GROUP);
    const peers = [both, alertmanagerBody([STUCK, LATENCY], { ...GROUP, peer: 'alertmanager-2' })] as const;
    await comes(['default', peers[0]], ['other', peers[0]], ['other', peers[1]], ['default', peers[1]]);
    const openedBy = (source: string): unknown[] => [
      expect.stringContaining(
        'incident opened: KubeDeploymentRolloutStuck shop/checkout (SEV2, harbour-prod;',
      ),
      expect.stringContaining(`alert KubeDeploymentRolloutStuck fires (${source}`),
      expect.stringContaining(`alert CheckoutLatencyHigh fires (${source}`),
    ];
    expect(await told(FIRST)).toEqual(openedBy('default'));
    expect(await told(SECOND)).toEqual(openedBy('other'));
    const before = (await told(FIRST)).length;
    const since = async (): Promise<string[]> => (await told(FIRST)).slice(before);

    // One of them is not named any more: that says nothing.
    await night.pass(60);
    await comes(['default', alertmanagerBody([STUCK], GROUP)]);
    expect(await since()).toEqual([]);

    // The body is cut after the first: whatever it says, this is not all.
    await night.pass(60);
    const stuckOver = over(STUCK, at(100));
    await comes(['default', alertmanagerBody([stuckOver], { ...GROUP, hidden: 1 })]);
    await comes(['default', alertmanagerBody([over(LATENCY, at(110))], { ...GROUP, hidden: 1 })]);
    expect((await since()).map((line) => line.slice(9))).toEqual([
      expect.stringMatching(/^alert default \w+ is over$/),
      'default left out 1 alerts of this group, so none of it counts as over',
      expect.stringMatching(/^alert default \w+ is over$/),
    ]);
    expect((await night.app.store.ledger.load(FIRST))?.clearSince).toBeNull();
    await night.pass(16 * 60);
    await night.settled();
    expect((await night.app.store.ledger.load(FIRST))?.status).toBe('open');

    await comes(['default', alertmanagerBody([stuckOver, over(LATENCY, at(110))], GROUP)]);
    expect((await since()).at(-1)).toContain('default tells all alerts of this group again');
    expect((await night.app.store.ledger.load(FIRST))?.clearSince).not.toBeNull();

    // It begins anew. What comes late, of the time before, changes nothing: neither its start nor its end.
    const anew = { ...STUCK, startsAt: at(1_100) };
    await comes(['default', alertmanagerBody([anew], GROUP)]);
    const now = await told(FIRST);
    await comes(['default', alertmanagerBody([stuckOver], GROUP)], ['default', peers[1]]);
    expect(now.at(-1)).toContain('alert KubeDeploymentRolloutStuck fires again');
    expect(await told(FIRST)).toEqual(now);
    // The other sender told of no end at all.
    expect((await night.app.store.ledger.load(SECOND))?.clearSince).toBeNull();
  });
});
