import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from './night.ts';

let night: Night;
beforeEach(async () => {
  night = await startNight();
});
afterEach(() => night.end());

/** Breaks checkout, and lets firstmate come as far as the card. */
async function untilTheCard(): Promise<void> {
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  expect(await night.delivers()).toBe(202);
  await night.sees('incident.opened');
  await night.sees('plan.shown');
}

describe('a bad release', () => {
  it('is rolled back once ada approves, and the incident ends when she says so', async () => {
    await untilTheCard();
    const incident = await night.incident();
    expect(incident.id).toBe('INC-2026-001');
    expect(incident.channel?.name).toMatch(/^inc-2026-001-/);
    expect(incident.runbook?.runbook).toBe('deployment-rollout-stuck');
    expect(night.writes()).toEqual([]);

    await night.presses('ada', 'approve_plan');
    const approved = await night.sees('vote.cast');
    expect(approved.actor).toMatchObject({ kind: 'human', name: 'ada' });
    await night.sees('execution.finished');
    expect(night.writes()).toEqual([
      {
        method: 'PATCH',
        path: expect.stringContaining('/namespaces/shop/deployments/checkout'),
        status: 200,
      },
    ]);
    await night.sees('validation.passed');

    await night.delivers();
    await night.sees('alert.resolved');
    await night.pass(5);
    const monitoring = await night.sees('status.changed');
    expect(monitoring.payload.to).toBe('monitoring');
    await night.settled();
    // Both the header and the card that helped ask for the end.
    const asking = night
      .messages()
      .filter((message) => JSON.stringify(message.blocks).includes('resolve_incident'));
    expect(asking).toHaveLength(2);
    await night.presses('ada', 'resolve_incident');
    await night.sees('incident.resolved');
    const review = await night.sees('review.published');
    expect(review.payload.markdown).toContain('ada');

    const order = night.events.map((event) => event.type);
    const story = [
      'alert.fired',
      'channel.opened',
      'runbook.matched',
      'step.started',
      'step.finished',
      'hypothesis.raised',
      'plan.proposed',
      'plan.approved',
      'execution.started',
      'write.started',
      'write.finished',
      'execution.finished',
      'validation.passed',
      'alert.resolved',
      'incident.resolved',
      'review.published',
    ];
    expect(story.map((type) => order.indexOf(type as (typeof order)[number]))).toEqual(
      [...story.map((type) => order.indexOf(type as (typeof order)[number]))].sort((a, b) => a - b),
    );
    expect((await night.app.store.verify(null)).fault).toBeNull();
  });

  it('keeps to three messages at the top until a person speaks', async () => {
    await untilTheCard();
    await night.app.idle();
    const top = night
      .messages()
      .filter((message) => message.thread_ts === undefined || message.thread_ts === message.ts);
    expect(top).toHaveLength(3);
    expect(top[0]?.pinned).toBe(true);
  });

  it('is not touched by somebody of no listed group, nor by a guest', async () => {
    await untilTheCard();
    const channel = (await night.incident()).channel?.channel ?? '';
    night.slack.join({ user: night.slack.people.ben ?? '', channel });
    await night.presses('ben', 'approve_plan');
    expect(await night.tellsAlone('ben')).toContain('checkout-oncall');
    night.slack.join({ user: night.slack.people.gus ?? '', channel });
    await night.presses('gus', 'approve_plan');
    expect(await night.tellsAlone('gus')).toMatch(/guest/i);
    expect((await night.incident()).plans[0]?.votes).toEqual([]);
    expect(night.writes()).toEqual([]);
  });

  it('is voided, not written, when somebody else changed it after the diff', async () => {
    await untilTheCard();
    await changeImage(night, 'registry.example/shop/checkout:1.44.0');
    await night.presses('ada', 'approve_plan');
    await night.sees('plan.voided');
    expect(night.writes().filter(({ path }) => !path.includes('by-hand'))).toEqual([]);
    await night.presses('ada', 'refresh_plan');
    await night.sees('plan.shown');
    expect((await night.incident()).plans.map((plan) => plan.status)).toEqual(['voided', 'proposed']);
  });

  it('stays as it is while writes are paused', async () => {
    await untilTheCard();
    const channel = (await night.incident()).channel?.channel ?? '';
    await night.slack.command({ user: night.slack.people.ada ?? '', channel, text: 'pause release freeze' });
    await night.sees('writes.paused');
    await night.presses('ada', 'approve_plan');
    const voided = await night.sees('plan.voided');
    expect(voided.payload.reason).toContain('release freeze');
    expect(night.writes()).toEqual([]);
  });

  it('expires when nobody decides in half an hour', async () => {
    await untilTheCard();
    await night.pass(30 * 60 + 1);
    await night.sees('plan.expired');
    await night.presses('ada', 'refresh_plan');
    await night.sees('plan.shown');
  });

  it('goes on while Slack is down, and tells everything afterwards in order', async () => {
    night.slack.addFault({ method: 'conversations.create', status: 503, times: 3 });
    night.cluster.breakScenario('bad-release');
    await night.pass(5);
    await night.delivers();
    await night.sees('diagnosis.finished');
    await night.sees('channel.opened');
    await night.sees('plan.shown');
    const names = night.slack.channels().filter((channel) => channel.name.startsWith('inc-'));
    expect(names).toHaveLength(1);
  });
});

async function changeImage(where: Night, image: string): Promise<void> {
  const admin = /name: harbour-prod-admin[\s\S]*?token: (\S+)/.exec(where.cluster.kubeconfig)?.[1] ?? '';
  const answer = await fetch(
    `${where.cluster.url}/apis/apps/v1/namespaces/shop/deployments/checkout?fieldManager=by-hand`,
    {
      method: 'PATCH',
      headers: { 'content-type': 'application/strategic-merge-patch+json', authorization: `Bearer ${admin}` },
      body: JSON.stringify({ spec: { template: { spec: { containers: [{ name: 'checkout', image }] } } } }),
    },
  );
  expect(answer.status).toBe(200);
}

describe('a sender with the wrong secret', () => {
  it('is told in the incidents channel, once', async () => {
    await night.end();
    night = await startNight({
      settings: (settings) => ({
        ...settings,
        sources: settings.sources.map((source) => ({ ...source, secret: 'right' })),
      }),
    });
    const incidents = night.slack.channels().find((channel) => channel.name === 'incidents')?.id ?? '';
    expect(await night.delivers()).toBe(401);
    expect(await night.delivers()).toBe(401);
    await night.settled();
    const told = night.slack.messages(incidents).filter((message) => message.text.includes('refused (401)'));
    expect(told).toHaveLength(1);
  });
});
