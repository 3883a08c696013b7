import { afterEach, describe, expect, it } from 'vitest';
import { describe as line } from '../../src/core/timeline-text.ts';
import { type Night, startNight } from './night.ts';

let night: Night;

afterEach(() => night.end());

async function command(text: string, channel = 'C0INCIDENTS'): Promise<void> {
  await night.slack.command({ user: night.slack.people.ada ?? '', channel, text });
}

describe('a person who sees what no alert tells', () => {
  it('declares it; it is diagnosed and mended as others are, and ends when the person says so', async () => {
    night = await startNight();
    night.cluster.breakScenario('bad-release');
    night.cluster.advance(5_000);
    await command('new SEV2 KubeDeploymentRolloutStuck since the deploy namespace=shop workload=checkout');
    const { channel } = (await night.sees('channel.opened')).payload;
    expect((await night.sees('runbook.matched')).payload.runbook).toBe('deployment-rollout-stuck');
    await night.sees('plan.shown');
    expect(night.writes()).toEqual([]);

    await night.presses('ada', 'approve_plan');
    await night.sees('validation.passed');
    // No alert can clear: long after alerts had to, it is still for people to end.
    await night.pass(2 * 60);
    await night.settled();
    expect(await night.incident()).toMatchObject({ status: 'open', source: 'manual', alerts: {} });
    await night.presses('ada', 'resolve_incident');
    await night.sees('review.published');
    const told = (await night.app.store.ledger.events((await night.incident()).id)).map(line);
    expect(told.filter((one) => /declared|resolved|still fires/.test(one))).toEqual([
      expect.stringContaining(
        'incident opened: KubeDeploymentRolloutStuck since the deploy (SEV2, harbour-prod; ',
      ),
      expect.stringContaining('incident resolved: ada resolved it.'),
    ]);
    expect(night.writes()).toHaveLength(1);
    expect(channel.channel).not.toBe('');
  });

  it('without a known cluster nothing is read until somebody picks one on the header', async () => {
    night = await startNight({
      settings: (settings) => {
        const [one] = settings.clusters;
        return { ...settings, clusters: one === undefined ? [] : [one, { ...one, name: 'harbour-west' }] };
      },
    });
    const before = night.cluster.requests.length;
    await command('new Something is odd namespace=shop');
    await night.sees('channel.opened');
    await night.pass(60);
    await night.settled();
    expect(night.cluster.requests).toHaveLength(before);
    await night.presses('ada', 'pick_cluster_0');
    await night.sees('cluster.picked');
    await night.sees('diagnosis.finished');
    expect((await night.incident()).cluster).toBe('harbour-prod');
    await night.settled();
    const { channel } = (await night.incident()).channel ?? { channel: '' };
    const room = night.slack.channels().find(({ id }) => id === channel);
    expect(JSON.stringify(room)).toContain('harbour-prod · SEV3 · Something is odd');
    expect(night.cluster.requests.length).toBeGreaterThan(before);
  });
});

describe('two incidents of which a person knows that they are one', () => {
  it('are merged in Slack, and split again', async () => {
    night = await startNight();
    await command('new Customers cannot pay');
    const first = await night.sees('channel.opened');
    await command('new The queue grows namespace=shop');
    const second = await night.sees('channel.opened');
    await command(`merge ${first.stream}`, second.payload.channel.channel);
    await night.sees('incident.merged');
    await night.settled();
    const header = (channel: string): string =>
      JSON.stringify(
        night.slack.messages(channel).find(({ text }) => /^INC-\d+-\d+ harbour-prod/.test(text))?.blocks,
      );
    expect(header(second.payload.channel.channel)).toContain(
      `it goes on in <#${first.payload.channel.channel}>`,
    );
    expect(header(first.payload.channel.channel)).toMatch(/The queue grows\* \(SEV3\): .* merged INC-/);
    await command('split queue', first.payload.channel.channel);
    const third = await night.sees('channel.opened');
    await night.settled();
    expect(third.payload.name).toMatch(/-the-queue-grows$/);
    expect(header(first.payload.channel.channel)).not.toContain('The queue grows');
  });
});
