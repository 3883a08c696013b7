import type { Actor } from '../core/actor.ts';
import { newEvent } from '../core/events.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Ledger } from '../core/ports/ledger.ts';
import { redactText } from '../core/redact.ts';
import type { IsNew } from './answer.ts';

type Pausing = { readonly ledger: Ledger; readonly clock: Clock };
type By = { readonly actor: Actor; readonly reason: string };

/** Stops every write not yet sent, in every incident, until somebody resumes. Reading goes on. False when it is so already. */
export async function pauseWrites(pausing: Pausing, by: By): Promise<boolean> {
  for (;;) {
    const seq = await pausing.ledger.lastSeq('system');
    if ((await pausing.ledger.paused()) !== null) return false;
    if (await record(pausing, seq, 'writes.paused', by)) return true;
  }
}

export type Resumed = 'resumed' | 'not_paused' | 'in_doubt';

/** Ends the pause that held when it was asked for: one that somebody began meanwhile stays, and so does any when it is no new request. */
export async function resumeWrites(pausing: Pausing, by: By, isNew: IsNew): Promise<Resumed> {
  let meant: string | null = null;
  for (;;) {
    const seq = await pausing.ledger.lastSeq('system');
    const paused = await pausing.ledger.paused();
    if (paused === null) return 'not_paused';
    if (meant === null && !(await isNew())) return 'in_doubt';
    meant ??= paused.since;
    if (meant !== paused.since) return 'in_doubt';
    if (await record(pausing, seq, 'writes.resumed', by)) return 'resumed';
  }
}

/** False when something else was written first. */
async function record(
  { ledger, clock }: Pausing,
  after: number,
  type: 'writes.paused' | 'writes.resumed',
  { actor, reason }: By,
): Promise<boolean> {
  const now = clock.now();
  const event = newEvent(type, { reason: redactText(reason) }, { occurredAt: now, actor });
  return (await ledger.append('system', after, [event], now)).status === 'appended';
}
