import { FIRSTMATE } from '../core/actor.ts';
import { type EventPayloads, newEvent } from '../core/events.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Ledger } from '../core/ports/ledger.ts';

/** Writes down a request that the gate kept from a cluster. */
export async function recordRefusal(
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  refusal: EventPayloads['request.refused'],
): Promise<void> {
  for (;;) {
    const now = clock.now();
    const event = newEvent('request.refused', refusal, { occurredAt: now, actor: FIRSTMATE });
    const appended = await ledger.append('system', await ledger.lastSeq('system'), [event], now);
    if (appended.status === 'appended') return;
  }
}
