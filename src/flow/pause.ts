import type { Actor } from '../core/actor.ts';
import { newEvent } from '../core/events.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Ledger } from '../core/ports/ledger.ts';

/** Stops every write not yet sent, in every incident, until somebody resumes. Reading goes on. */
export async function pauseWrites(
  deps: { ledger: Ledger; clock: Clock },
  by: { actor: Actor; reason: string },
): Promise<boolean> {
  return record(deps, 'writes.paused', by);
}

export async function resumeWrites(
  deps: { ledger: Ledger; clock: Clock },
  by: { actor: Actor; reason: string },
): Promise<boolean> {
  return record(deps, 'writes.resumed', by);
}

/** False when it is so already. */
async function record(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  type: 'writes.paused' | 'writes.resumed',
  by: { actor: Actor; reason: string },
): Promise<boolean> {
  for (;;) {
    const paused = (await ledger.paused()) !== null;
    if (paused === (type === 'writes.paused')) return false;
    const seq = await ledger.lastSeq('system');
    const now = clock.now();
    const event = newEvent(type, { reason: by.reason }, { occurredAt: now, actor: by.actor });
    const appended = await ledger.append('system', seq, [event], now);
    if (appended.status === 'appended') return true;
  }
}
