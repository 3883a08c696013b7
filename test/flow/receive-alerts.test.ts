import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { type Alert, isFiring } from '../../src/core/alert.ts';
import { act } from '../../src/flow/act.ts';
import { nothingLately } from '../../src/flow/memories.ts';
import { receiveAlerts, type Told } from '../../src/flow/receive-alerts.ts';
import { AT, at, INCIDENT, makeAlert } from '../make.ts';
import { startReceiving } from './receiving.ts';

const FOLDER = join(import.meta.dirname, '..', 'fixtures', 'alertmanager');
const CAPTURED = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      file.split('_')[0] + (file.includes('peer2') ? '-2' : ''),
      readFileSync(join(FOLDER, file), 'utf8'),
    ]),
);

function captured(...names: string[]): string[] {
  return names.map((name) => {
    const body = CAPTURED.get(name);
    if (body === undefined) throw new Error(`there is no ${name}`);
    return body;
  });
}

describe('the captured deliveries', () => {
  it('of A: fire, grow, mixed, resolved, fire again and resolved again are told as they were', async () => {
    const world = await startReceiving();
    await world.deliver(captured('A1'));
    expect((await world.firing()).sort()).toEqual(['api-7c9-a', 'api-7c9-b']);
    await world.deliver(captured('A2'));
    expect(await world.firing()).toHaveLength(3);
    await world.deliver(captured('A3'));
    expect((await world.firing()).sort()).toEqual(['api-7c9-b', 'api-7c9-c']);
    await world.deliver(captured('A4'));
    expect(await world.firing()).toEqual([]);
    await world.deliver(captured('A5'));
    expect(await world.firing()).toEqual(['api-7c9-b']);
    await world.deliver(captured('A6'));
    expect(await world.firing()).toEqual([]);
    expect(await world.incidents()).toHaveLength(1);
  });

  it('of A end in the same state, twice from both peers and in any order', async () => {
    const twice = captured('A1', 'A2', 'A3', 'A4', 'A5', 'A6').flatMap((body) => [
      body,
      body.replaceAll('alertmanager-1', 'alertmanager-2'),
    ]);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(twice, { minLength: twice.length }), async (bodies) => {
        const world = await startReceiving();
        await world.deliver(bodies);
        expect(await world.firing()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it('of B are not over while alerts are left out, and are over in any order once all were told', async () => {
    const world = await startReceiving();
    await world.deliver(captured('B1', 'B2'));
    const [cut] = await world.incidents();
    expect(cut?.clearSince).toBeNull();
    await world.deliver(captured('B3'));
    const [whole] = await world.incidents();
    expect(whole?.clearSince).not.toBeNull();

    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(captured('B1', 'B2', 'B3'), { minLength: 3 }), async (bodies) => {
        const shuffled = await startReceiving();
        await shuffled.deliver(bodies);
        for (const incident of await shuffled.incidents()) expect(incident.clearSince).not.toBeNull();
      }),
    );
  });

  it('of C, the same from both peers, are one incident with one alert', async () => {
    const world = await startReceiving();
    await world.deliver(captured('C1', 'C1-2'));
    const [incident, ...others] = await world.incidents();
    expect(others).toEqual([]);
    expect(Object.keys(incident?.alerts ?? {})).toHaveLength(1);
    expect((await world.store.ledger.events(incident?.id ?? 'system')).map((event) => event.type)).toEqual([
      'incident.opened',
      'alert.fired',
    ]);
  });
});

describe('a generated history of one alert', () => {
  /** Episodes one after the other; each is told as firing a few times, then as resolved. */
  const episodes = fc
    .array(fc.record({ pause: fc.integer({ min: 1, max: 50 }), lasts: fc.integer({ min: 1, max: 50 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    .chain((spans) => fc.record({ spans: fc.constant(spans), open: fc.boolean() }));

  it('ends in the same state in any order and with any doubles', async () => {
    await fc.assert(
      fc.asyncProperty(episodes, fc.infiniteStream(fc.nat()), async ({ spans, open }, dice) => {
        let time = 0;
        const alerts: Alert[] = spans.flatMap(({ pause, lasts }, index) => {
          const start = time + pause;
          time = start + lasts;
          const firing = makeAlert({ startsAt: at(start) });
          const last = open && index === spans.length - 1;
          return last
            ? [firing, firing]
            : [firing, firing, makeAlert({ ...firing, status: 'resolved', endsAt: at(time) })];
        });
        const told = new Map(
          alerts.map((alert, index) => [String(index), { alerts: [alert], groupKey: 'g', hidden: 0 }]),
        );
        const order = [...told.keys(), ...told.keys()]
          .map((body) => ({ body, place: dice.next().value ?? 0 }))
          .sort((a, b) => a.place - b.place)
          .map(({ body }) => body);
        const world = await startReceiving(told);
        await world.deliver(order);
        const memory = await world.store.alerts.memory('default', 'f1');
        expect(memory !== null && isFiring(memory)).toBe(open);
        expect(await world.firing()).toHaveLength(open ? 1 : 0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the same problem again', () => {
  const firing = (start: number): Told => ({
    alerts: [makeAlert({ startsAt: at(start) })],
    groupKey: 'g',
    hidden: 0,
  });
  const told = new Map<string, Told>([
    ['fires', firing(0)],
    ['again', firing(200)],
    ['much later', firing(9_000)],
  ]);

  it('opens the same incident soon after its end, and a new one later', async () => {
    const world = await startReceiving(told);
    await world.deliver(['fires']);
    const [first] = await world.incidents();
    const end = async (seconds: number): Promise<void> => {
      const over = makeAlert({ status: 'resolved', endsAt: at(seconds) });
      told.set('over', { alerts: [over], groupKey: 'g', hidden: 0 });
      await world.deliver(['over']);
      const command = { do: 'resolve', because: 'over', force: false } as const;
      await act(world.receiving, INCIDENT, command, { actor: FIRSTMATE, cause: null });
    };
    await end(100);
    world.clock.advance(200_000);
    await world.deliver(['again']);
    const [again, ...others] = await world.incidents();
    expect(others).toEqual([]);
    expect(again).toMatchObject({ id: first?.id, status: 'open', round: 2, runbook: null, review: null });
    await end(300);
    world.clock.advance(9_000_000);
    await world.deliver(['much later']);
    expect(await world.incidents()).toHaveLength(2);
  });
});

describe('a delivery', () => {
  it('that is handled again after a crash changes nothing', async () => {
    const world = await startReceiving();
    const [body = ''] = captured('A1');
    await world.deliver([body]);
    const before = await world.incidents();
    // The crash came after the events and before the inbox heard of it.
    const forgetful = { ...world.store.alerts, memory: async () => null, group: async () => null };
    await world.store.inbox.put({
      id: 'again',
      source: 'default',
      kind: 'alertmanager',
      receivedAt: AT,
      body,
    });
    await receiveAlerts(
      { ...world.receiving, alerts: forgetful, lately: nothingLately() },
      new AbortController().signal,
    );
    expect(await world.incidents()).toEqual(before);
  });

  it('that cannot be read is set aside and the next one is handled', async () => {
    const world = await startReceiving();
    await world.deliver(['{"version":"3"}', ...captured('A1')]);
    expect(await world.firing()).toHaveLength(2);
    expect(await world.store.inbox.pending(9)).toEqual([]);
  });

  it('about severity info, Watchdog or InfoInhibitor is only stored', async () => {
    const told = new Map(
      [
        { alertname: 'A', severity: 'info' },
        { alertname: 'Watchdog', severity: 'none' },
        { alertname: 'InfoInhibitor', severity: 'none' },
      ].map((labels, index) => [
        String(index),
        { alerts: [makeAlert({ labels, fingerprint: String(index) })], groupKey: 'g', hidden: 0 },
      ]),
    );
    const world = await startReceiving(told);
    await world.deliver([...told.keys()]);
    expect(await world.incidents()).toEqual([]);
  });
});

describe('a remark made where the alert came from', () => {
  const remark = {
    id: 'r1',
    fingerprint: 'f1',
    at: at(30),
    by: 'Ben',
    text: 'restarted it with token=ghp_0123456789abcdefghijABCDEFGHIJ456789',
    kind: 'note',
  } as const;

  it.each([[['fires', 'says', 'says']], [['says', 'fires', 'says', 'says']], [['says', 'fires']]])(
    'is noted on the timeline at its own time, once, without secrets: %s',
    async (order) => {
      const told = new Map<string, Told>([
        ['fires', { alerts: [makeAlert()], groupKey: '', hidden: 0 }],
        ['says', { alerts: [], groupKey: '', hidden: 0, remarks: [remark] }],
      ]);
      const world = await startReceiving(told);
      await world.deliver(order);
      const [incident] = await world.incidents();
      expect(incident?.notes).toEqual([
        { at: at(30), by: 'Ben', text: expect.stringContaining('restarted it'), ref: 'r1' },
      ]);
      expect(JSON.stringify(incident?.notes)).not.toContain('ghp_');
      // A sender's words are no person of ours acting here.
      expect(incident?.personActed).toBe(false);
    },
  );
});

describe('a source that says when it was so', () => {
  it('is believed over the start of an alert that it opened again', async () => {
    const firing = (toldAt: string): Told => ({ alerts: [makeAlert()], groupKey: '', hidden: 0, toldAt });
    const over = makeAlert({ status: 'resolved', endsAt: at(50) });
    const told = new Map<string, Told>([
      ['triggered', firing(at(0))],
      ['over', { alerts: [over], groupKey: '', hidden: 0, toldAt: at(50) }],
      ['acknowledged again', firing(at(90))],
    ]);
    const world = await startReceiving(told);
    await world.deliver(['triggered', 'over', 'triggered']);
    expect(await world.firing()).toEqual([]);
    await world.deliver(['acknowledged again']);
    expect(await world.firing()).toHaveLength(1);
  });
});
