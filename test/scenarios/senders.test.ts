import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { incidentId } from '../../src/core/ids.ts';
import { act } from '../../src/flow/act.ts';
import { watchSenders } from '../../src/flow/watch-senders.ts';
import { alertmanagerBody, fires, over } from '../deliveries.ts';
import { startReceiving } from '../flow/receiving.ts';
import { receiving, source } from '../ingest/receiving.ts';
import { AT, at } from '../make.ts';
import { type Night, startNight } from './night.ts';

const FIRST = incidentId(2026, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const crashing = (workload: string) =>
  fires('KubePodCrashLooping', { namespace: 'shop', deployment: workload }, AT);
const WATCHDOG = fires('Watchdog', { severity: 'none' }, AT);

describe('alerts that their sender does not repeat in its own time', () => {
  async function watched() {
    const world = await startReceiving();
    const { receiving, store } = world;
    const sources = [{ name: 'default', repeatMs: 4 * HOUR, watchdogMs: 10 * MINUTE }];
    const senders = watchSenders({ ...receiving, alerts: store.alerts, sources });
    const passes = async (ms: number): Promise<void> => {
      world.clock.advance(ms);
      await senders.look();
    };
    const told = async (): Promise<string[]> =>
      (await world.timeline(FIRST)).filter((line) => line.includes('report'));
    return { ...world, passes, told };
  }

  it('are told of once, are not over, and are well again when they are repeated', async () => {
    const world = await watched();
    await world.deliver([alertmanagerBody([crashing('checkout')])]);
    await world.passes(4 * HOUR);
    expect(await world.told()).toEqual([]);
    await world.passes(11 * MINUTE);
    for (const _ of [1, 2, 3]) await world.passes(HOUR);
    expect(await world.told()).toEqual([
      '06:18:00 1 alerts are no longer reported by default since 02:07:00; that is not their end',
    ]);
    const [silent] = await world.incidents();
    expect(silent).toMatchObject({ status: 'open', clearSince: null });
    expect(await world.firing()).toHaveLength(1);

    await world.deliver([alertmanagerBody([crashing('checkout')])]);
    await world.passes(MINUTE);
    await world.passes(MINUTE);
    expect((await world.told()).slice(1)).toEqual(['09:19:00 default reports all alerts again']);
    expect((await world.incidents())[0]?.unreported).toEqual({});
  });

  it('are counted anew when more of them are missing', async () => {
    const world = await watched();
    const second = fires('KubePodNotReady', { namespace: 'shop', deployment: 'checkout' }, at(1));
    await world.deliver([alertmanagerBody([crashing('checkout')])]);
    await world.passes(HOUR);
    await world.deliver([alertmanagerBody([second])]);
    await world.passes(4 * HOUR);
    await world.passes(HOUR);
    expect((await world.told()).map((line) => line.slice(9, 40))).toEqual([
      '1 alerts are no longer reported',
      '2 alerts are no longer reported',
    ]);
  });

  it('are no news of an incident that people ended', async () => {
    const world = await watched();
    await world.deliver([alertmanagerBody([crashing('checkout')])]);
    await world.passes(5 * HOUR);
    const ends = { do: 'resolve', because: 'It is gone.', force: true } as const;
    await act(world.receiving, FIRST, ends, { actor: FIRSTMATE, cause: null });
    const before = await world.timeline(FIRST);
    await world.passes(HOUR);
    expect(await world.timeline(FIRST)).toEqual(before);
  });

  it('are over when their end comes late all the same', async () => {
    const world = await watched();
    await world.deliver([alertmanagerBody([crashing('checkout')])]);
    await world.passes(5 * HOUR);
    await world.deliver([alertmanagerBody([over(crashing('checkout'), at(60))])]);
    expect((await world.incidents())[0]?.clearSince).not.toBeNull();
  });
});

describe('a sender whose deliveries come faster than they are handled', () => {
  it('is answered 503 with Retry-After when as many wait as may, and is taken again when there is room', async () => {
    const world = await startReceiving();
    const { post, answers } = await receiving([source('alertmanager', null)], {
      inbox: world.store.inbox,
      inboxDeliveries: 3,
    });
    const body = alertmanagerBody([crashing('checkout')]);
    const statuses = async (times: number): Promise<readonly number[]> => {
      const got: number[] = [];
      for (let time = 0; time < times; time += 1)
        got.push((await post('alertmanager/default', body)).statusCode);
      return got;
    };
    expect(await statuses(5)).toEqual([202, 202, 202, 503, 503]);
    const answer = await post('alertmanager/default', body);
    expect(answer.headers['retry-after']).toBe('10');
    expect(answer.json()).toEqual({ error: 'Too many deliveries wait to be handled. Try again.' });
    // What was taken is there, and nothing else.
    expect(await world.store.inbox.pending(9)).toHaveLength(3);

    await world.deliver([]);
    expect(await world.incidents()).toHaveLength(1);
    expect(await statuses(4)).toEqual([202, 202, 202, 503]);
    expect(answers.map(([, status]) => status)).toEqual([202, 202, 202, 503, 503, 503, 202, 202, 202, 503]);
  });
});

describe('a sender', () => {
  let night: Night;
  beforeEach(async () => {
    night = await startNight({
      settings: (settings) => ({
        ...settings,
        sources: settings.sources.flatMap((source) => [
          { ...source, repeats: { alertMs: 4 * HOUR, watchdogMs: 10 * MINUTE } },
          { ...source, name: 'sealed', secret: 'right' },
        ]),
      }),
    });
  });
  afterEach(() => night.end());

  const told = async (): Promise<readonly string[]> => {
    await night.settled();
    const channel = night.slack.channels().find(({ name }) => name === 'incidents')?.id ?? '';
    return night.slack.messages(channel).map(({ text }) => text);
  };
  const about = async (word: string): Promise<readonly string[]> =>
    (await told()).filter((text) => text.includes(word));

  it('whose Watchdog stops is told of once, and once when it is heard again, over a restart too', async () => {
    await night.post(alertmanagerBody([WATCHDOG]));
    await night.settled();
    await night.pass(9 * 60);
    await night.post(alertmanagerBody([WATCHDOG]));
    await night.settled();
    await night.pass(9 * 60);
    expect(await about('Watchdog')).toEqual([]);
    await night.pass(2 * 60);
    await night.pass(60);
    const silent =
      'default has not sent its Watchdog since 02:16:00 UTC: alerts may not be arriving. Check Prometheus, Alertmanager and the route to firstmate';
    const said = silent.replace('default', 'Default');
    expect(await about('Watchdog')).toEqual([said]);

    await night.starts();
    await night.pass(60);
    await night.pass(60);
    expect(await about('Watchdog')).toEqual([said]);

    await night.post(alertmanagerBody([WATCHDOG]));
    await night.settled();
    await night.pass(60);
    await night.starts();
    await night.pass(60);
    expect(await about('Watchdog')).toEqual([said, 'Default sends its Watchdog again']);
    expect(await night.timeline('system', /^source\./)).toEqual([
      expect.stringContaining(silent),
      expect.stringContaining('default sends its Watchdog again'),
    ]);
  });

  it('with the wrong secret is told of at most hourly, also over the turn of the hour', async () => {
    const refused = async (): Promise<readonly string[]> => {
      expect(await night.post(alertmanagerBody([WATCHDOG]), 'sealed')).toBe(401);
      return about('refused (401)');
    };
    const until = (time: string): Promise<void> =>
      night.pass((Date.parse(`2026-03-14T${time}Z`) - Date.parse(night.clock.now())) / 1000);
    await until('02:58:00');
    expect(await refused()).toHaveLength(1);
    expect(await refused()).toHaveLength(1);
    await until('03:01:00');
    expect(await refused()).toHaveLength(1);
    await until('03:58:30');
    expect(await refused()).toHaveLength(2);
    await until('04:02:00');
    expect(await refused()).toHaveLength(2);
  });
});
