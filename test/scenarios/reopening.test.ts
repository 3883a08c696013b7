import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { incidentId } from '../../src/core/ids.ts';
import { firingCount, type Incident } from '../../src/core/incident.ts';
import { nextWork } from '../../src/core/next.ts';
import { MOST_NAMED_ALERTS } from '../../src/core/problem.ts';
import { act } from '../../src/flow/act.ts';
import { alertmanagerBody, fires, over, type ToldAlert } from '../deliveries.ts';
import { startReceiving } from '../flow/receiving.ts';
import { AT, at } from '../make.ts';
import { type Night, startNight } from './night.ts';

const [FIRST, SECOND] = [incidentId(2026, 1), incidentId(2026, 2)];

describe('a problem that comes back', () => {
  let night: Night;
  beforeEach(async () => {
    night = await startNight();
  });
  afterEach(() => night.end());

  /** The alert fires for a minute, with a start and an end of its own; then all is quiet. */
  async function episode(): Promise<void> {
    const stuck = fires(
      'KubeDeploymentRolloutStuck',
      { namespace: 'shop', deployment: 'checkout' },
      night.clock.now(),
    );
    await night.post(alertmanagerBody([stuck]));
    await night.settled();
    await night.pass(60);
    await night.post(alertmanagerBody([over(stuck, night.clock.now())]));
    await night.settled();
    await night.pass(5);
    await night.settled();
  }

  it('within the hour is the same incident in the same channel, later a new one in its own', async () => {
    const channels = (): readonly string[] =>
      night.slack.channels().flatMap(({ id, name }) => (name.startsWith('inc-') ? [id] : []));
    await episode();
    const { channel } = await night.incident();
    expect(await night.incident()).toMatchObject({ status: 'resolved', round: 1 });
    await night.pass(50 * 60);
    await episode();
    expect(await night.incident()).toMatchObject({ status: 'resolved', round: 2, channel });
    expect(channels()).toEqual([channel?.channel]);
    const lines = await night.timeline(FIRST, /^(alert\.|incident)/);
    expect(lines.map((line) => line.slice('02:07:00 '.length).replace(/ \(.*/, ''))).toEqual([
      'incident opened: KubeDeploymentRolloutStuck shop/checkout',
      'alert KubeDeploymentRolloutStuck fires',
      expect.stringMatching(/^alert default \w+ is over$/),
      'incident resolved: Its alerts are clear, the quiet period is over and the cluster agrees.',
      'incident reopened: KubeDeploymentRolloutStuck fires again.',
      'alert KubeDeploymentRolloutStuck fires again',
      expect.stringMatching(/^alert default \w+ is over$/),
      'incident resolved: Its alerts are clear, the quiet period is over and the cluster agrees.',
    ]);

    await night.pass(61 * 60);
    await episode();
    expect(await night.timeline(FIRST, /^(alert\.|incident)/)).toHaveLength(lines.length);
    expect(await night.app.store.ledger.load(SECOND)).toMatchObject({ status: 'resolved', round: 1 });
    expect(channels()).toHaveLength(2);
  });
});

describe('an incident with more alerts than it names', () => {
  const pod = (number: number): ToldAlert =>
    fires('KubePodNotReady', { namespace: 'shop', deployment: 'checkout', replica: String(number) }, AT);
  const alerts = Array.from({ length: 30 }, (_, number) => pod(number));
  const unnamed = pod(29);

  type World = Awaited<ReturnType<typeof startReceiving>>;

  async function only(world: World): Promise<Incident> {
    const [incident, ...others] = await world.incidents();
    if (incident === undefined || others.length > 0) throw new Error('there is not one incident');
    return incident;
  }

  /** Thirty alerts fire and are over again. */
  async function over30(): Promise<World> {
    const world = await startReceiving();
    await world.deliver([alertmanagerBody(alerts)]);
    expect(Object.keys((await only(world)).alerts)).toHaveLength(MOST_NAMED_ALERTS);
    expect((await only(world)).tally).toMatchObject({ firing: 30, total: 30 });
    world.clock.advance(10_000);
    await world.deliver([alertmanagerBody(alerts.map((alert) => over(alert, at(10))))]);
    expect((await only(world)).clearSince).toBe(at(10));
    return world;
  }

  const closes = async (world: World, now: string): Promise<boolean> =>
    nextWork(await only(world), now).some((work) => work.do === 'close');

  it('does not end while one that it never named fires again, and ends after that one', async () => {
    const world = await over30();
    expect(await closes(world, at(69))).toBe(false);
    expect(await closes(world, at(70))).toBe(true);
    // So soon that nothing has been counted since.
    world.clock.advance(1_000);
    await world.deliver([alertmanagerBody([{ ...unnamed, startsAt: at(11) }])]);
    expect(await only(world)).toMatchObject({ clearSince: null });
    expect(firingCount(await only(world))).toBe(1);
    expect(await closes(world, at(3_000))).toBe(false);
    expect((await world.timeline(FIRST)).at(-1)).toContain('02:07:11 alert KubePodNotReady fires');

    const early = { do: 'resolve', because: 'done', force: false } as const;
    const about = { actor: FIRSTMATE, cause: null };
    expect(await act(world.receiving, FIRST, early, about)).toMatchObject({
      refusal: { refused: 'still_firing' },
    });

    world.clock.advance(20_000);
    await world.deliver([alertmanagerBody([over({ ...unnamed, startsAt: at(11) }, at(30))])]);
    expect((await only(world)).clearSince).toBe(at(31));
    expect(await closes(world, at(91))).toBe(true);
  });

  it('and is reopened by one that it never named says which', async () => {
    const world = await over30();
    const ends = { do: 'resolve', because: 'over', force: false } as const;
    await act(world.receiving, FIRST, ends, { actor: FIRSTMATE, cause: null });
    world.clock.advance(60_000);
    await world.deliver([alertmanagerBody([{ ...unnamed, startsAt: at(70) }])]);
    expect((await world.timeline(FIRST)).slice(-3)).toEqual([
      '02:08:10 incident reopened: KubePodNotReady fires again.',
      expect.stringContaining('02:08:10 alert KubePodNotReady fires'),
      expect.stringContaining('02:08:10 1 of 30 alerts fire, 1 problems'),
    ]);
    expect(await only(world)).toMatchObject({ status: 'open', clearSince: null });
    expect(firingCount(await only(world))).toBe(1);
  });

  it('that end before they were counted do not close it while others fire', async () => {
    const world = await startReceiving();
    await world.deliver([alertmanagerBody(alerts.slice(0, MOST_NAMED_ALERTS))]);
    // Five more, and the end of all that are named, before the next count.
    world.clock.advance(500);
    await world.deliver([alertmanagerBody(alerts.slice(MOST_NAMED_ALERTS))]);
    const ended = alerts.slice(0, MOST_NAMED_ALERTS).map((alert) => over(alert, at(1)));
    await world.deliver([alertmanagerBody(ended)]);
    world.clock.advance(10_000);
    await world.receiving.counting.count();
    expect(firingCount(await only(world))).toBe(5);
    expect(await closes(world, at(3_000))).toBe(false);
  });
});
