import { describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../src/core/outbox.ts';
import type { Messenger, SendEnd } from '../../src/core/ports/messenger.ts';
import { startDeliverer } from '../../src/flow/deliver.ts';
import { createMailbox } from '../../src/flow/mailbox.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { fakeClock } from '../fake-clock.ts';
import { AT } from '../make.ts';

const SENT: SendEnd = { status: 'sent', result: { channel: 'C1', ts: '1.0', sentAt: AT } };

function notice(key: string, lane = 'notices'): OutboxMessage {
  return { key, lane, incident: null, intent: { kind: 'notice', text: key } };
}

async function start(script: {
  send: (key: string, attempt: number) => SendEnd;
  find?: (key: string) => SendEnd | null;
}) {
  const clock = fakeClock(AT);
  const store = await openStore({ file: ':memory:', clock: () => new Date(clock.now()) });
  const calls: string[] = [];
  const attempts = new Map<string, number>();
  const messenger: Messenger = {
    async send({ key }) {
      calls.push(`send ${key}`);
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      return script.send(key, attempt);
    },
    async find({ key }) {
      calls.push(`find ${key}`);
      return script.find?.(key) ?? null;
    },
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const deliverer = startDeliverer({
    ledger: store.ledger,
    outbox: store.outbox,
    clock,
    mailbox: createMailbox(),
    messenger,
    log,
  });
  /** Lets everything leave; waits on the way are over at once. */
  const drain = async (): Promise<void> => {
    deliverer.kick();
    let over = false;
    const idle = deliverer.idle().then(() => {
      over = true;
    });
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      if (clock.sleepers > 0) clock.advance(1_000);
    }
    await idle;
  };
  return { store, clock, calls, deliverer, drain };
}

describe('the outbox', () => {
  it('sends a lane in its order, also when the first has to wait', async () => {
    const later: SendEnd = { status: 'later', afterMs: 2_000, says: 'ratelimited' };
    const world = await start({ send: (key, attempt) => (key === 'a' && attempt < 3 ? later : SENT) });
    await world.store.outbox.put([notice('a'), notice('b')], AT);
    await world.drain();
    expect(world.calls).toEqual(['send a', 'send a', 'send a', 'send b']);
    expect(Date.parse(world.clock.now()) - Date.parse(AT)).toBeGreaterThanOrEqual(4_000);
  });

  it('does not let one lane wait for another', async () => {
    const world = await start({
      send: (key) => (key === 'a' ? { status: 'later', afterMs: 3_600_000, says: '' } : SENT),
    });
    await world.store.outbox.put([notice('a', 'one'), notice('b', 'two')], AT);
    world.deliverer.kick();
    while (!world.calls.includes('send b')) await new Promise((resolve) => setImmediate(resolve));
    expect(await world.store.outbox.result('a')).toBeNull();
    await world.deliverer.stop();
  });

  it('looks before it sends again when nobody knows whether a message arrived', async () => {
    const unknown: SendEnd = { status: 'unknown', afterMs: 0, says: 'the connection broke' };
    const there = await start({ send: () => unknown, find: () => SENT });
    await there.store.outbox.put([notice('a')], AT);
    await there.drain();
    expect(there.calls).toEqual(['send a', 'find a']);
    expect(await there.store.outbox.result('a')).toEqual({ channel: 'C1', ts: '1.0', sentAt: AT });

    const absent = await start({
      send: (_key, attempt) => (attempt === 1 ? unknown : SENT),
      find: () => null,
    });
    await absent.store.outbox.put([notice('a')], AT);
    await absent.drain();
    expect(absent.calls).toEqual(['send a', 'find a', 'send a']);
  });

  it('does not send again while it cannot look', async () => {
    let looks = 0;
    const unknown: SendEnd = { status: 'unknown', afterMs: 0, says: 'the connection broke' };
    const world = await start({
      send: () => unknown,
      find: () => {
        looks += 1;
        return looks < 3 ? { status: 'later', afterMs: 1_000, says: 'Slack is down' } : SENT;
      },
    });
    await world.store.outbox.put([notice('a')], AT);
    await world.drain();
    expect(world.calls).toEqual(['send a', 'find a', 'find a', 'find a']);
  });

  it('gives up what Slack refuses for good, and goes on', async () => {
    const world = await start({
      send: (key) => (key === 'a' ? { status: 'refused', says: 'is_archived' } : SENT),
    });
    await world.store.outbox.put([notice('a'), notice('b')], AT);
    await world.drain();
    expect(world.calls).toEqual(['send a', 'send b']);
    expect(await world.store.outbox.lanes()).toEqual([]);
  });
});
