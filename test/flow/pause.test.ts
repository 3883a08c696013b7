import { describe, expect, it, onTestFinished } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { newEvent } from '../../src/core/events.ts';
import { pauseWrites, resumeWrites } from '../../src/flow/pause.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { fakeClock } from '../fake-clock.ts';

const by = (reason: string) => ({ actor: { kind: 'operator', name: 'ada' } as const, reason });

async function paused() {
  const clock = fakeClock('2026-03-14T02:07:00.000Z');
  const store = await openStore({ file: ':memory:', clock: () => new Date(clock.now()) });
  onTestFinished(() => store.close());
  const pausing = { ledger: store.ledger, clock };
  await pauseWrites(pausing, by('the release is frozen'));
  clock.advance(60_000);
  return { ...pausing, store };
}

describe('resuming', () => {
  it('ends the pause that it was asked for, and no other that began while Slack was asked', async () => {
    const pausing = await paused();
    const meanwhile = async (): Promise<boolean> => {
      await resumeWrites(pausing, by('go on'), async () => true);
      await pauseWrites(pausing, by('no, wait'));
      return true;
    };
    expect(await resumeWrites(pausing, by('go on'), meanwhile)).toBe('in_doubt');
    expect(await pausing.ledger.paused()).toMatchObject({ reason: 'no, wait' });
  });

  it('asks once whether it is new, and not at all where nothing is paused', async () => {
    const pausing = await paused();
    let asked = 0;
    const isNew = async (): Promise<boolean> => {
      asked += 1;
      if (asked > 1) throw new Error('asked again');
      // Something else is written meanwhile, which makes a conflict.
      const refused = { cluster: 'prod', method: 'GET', path: '/', says: 'no' };
      const now = pausing.clock.now();
      const seq = await pausing.ledger.lastSeq('system');
      const event = newEvent('request.refused', refused, { occurredAt: now, actor: FIRSTMATE });
      await pausing.ledger.append('system', seq, [event], now);
      return true;
    };
    expect(await resumeWrites(pausing, by('go on'), isNew)).toBe('resumed');
    expect(await resumeWrites(pausing, by('go on'), isNew)).toBe('not_paused');
    expect(asked).toBe(1);
  });
});
