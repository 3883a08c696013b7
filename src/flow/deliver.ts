import { FIRSTMATE } from '../core/actor.ts';
import type { Incident } from '../core/incident.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Messenger, SendContext, SendEnd } from '../core/ports/messenger.ts';
import type { Outbox, OutboxRow } from '../core/ports/outbox.ts';
import { type Acting, act } from './act.ts';

export type Delivering = Acting & {
  readonly outbox: Outbox;
  readonly messenger: Messenger;
  readonly log: Log;
};

/** Lets the outbox's messages leave: each lane in its order, the lanes side by side. */
export type Deliverer = {
  /** Something new may be there. */
  kick(): void;
  /** Ends the lanes: what is being sent is finished and recorded, the rest stays in the outbox. */
  stop(): Promise<void>;
  /** After `stop`: sends what waits in one lane, each once; what does not leave now stays in the outbox. */
  flush(lane: string): Promise<void>;
  /** Resolves when no lane has anything that could leave now. */
  idle(): Promise<void>;
};

const LONGEST_WAIT_MS = 60_000;
const RETRY_FIRST_MS = 500;

export function startDeliverer(delivering: Delivering): Deliverer {
  const stop = new AbortController();
  const lanes = new Map<string, Promise<void>>();
  let looking: Promise<void> | null = null;
  let again = false;

  async function look(): Promise<void> {
    do {
      again = false;
      for (const lane of await delivering.outbox.lanes()) {
        if (stop.signal.aborted) return;
        if (lanes.has(lane)) continue;
        const running = drain(delivering, lane, stop.signal)
          .catch((error: unknown) =>
            delivering.log.error({ lane, error: String(error) }, 'outbox.lane_failed'),
          )
          .finally(() => lanes.delete(lane));
        lanes.set(lane, running);
      }
    } while (again && !stop.signal.aborted);
  }

  function kick(): void {
    if (stop.signal.aborted) return;
    again = true;
    looking ??= look()
      .catch((error: unknown) => delivering.log.error({ error: String(error) }, 'outbox.look_failed'))
      .finally(() => {
        looking = null;
        if (again) kick();
      });
  }

  return {
    kick,
    async stop() {
      stop.abort();
      await looking;
      await Promise.all(lanes.values());
    },
    async flush(lane) {
      const { outbox, clock } = delivering;
      let tried: string | null = null;
      for (;;) {
        const row = await outbox.head(lane);
        if (row === null || row.key === tried) return;
        if (row.notBefore !== null && row.notBefore > clock.now()) return;
        tried = row.key;
        await deliver(delivering, row, stop.signal);
      }
    },
    async idle() {
      while (looking !== null || lanes.size > 0) {
        await looking;
        await Promise.all(lanes.values());
      }
    },
  };
}

async function drain(delivering: Delivering, lane: string, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const row = await delivering.outbox.head(lane);
    if (row === null) return;
    const wait = row.notBefore === null ? 0 : Date.parse(row.notBefore) - Date.parse(delivering.clock.now());
    if (wait > 0) {
      await delivering.clock.sleep(wait, stop);
      continue;
    }
    await deliver(delivering, row, stop);
  }
}

async function deliver(delivering: Delivering, row: OutboxRow, stop: AbortSignal): Promise<void> {
  const { outbox, clock, messenger } = delivering;
  if (row.state === 'pending' && (await outbox.superseded(row))) {
    await outbox.dropped(row.key, 'A later message says it all.', clock.now());
    return;
  }
  const incident = row.incident === null ? null : await delivering.ledger.load(row.incident);
  const context: SendContext = { incident, resultOf: (key) => outbox.result(key), now: clock.now() };
  // A sending without an end may have arrived: Slack has no idempotency key, so look before sending again.
  const found = row.state === 'sending' ? await messenger.find(row, context) : null;
  if (found === null) await outbox.claim(row.key, clock.now());
  const end = found ?? (await messenger.send(row, context));
  // Not being able to look is not knowing: only a send that was refused for certain may go back to pending.
  const known: SendEnd = found?.status === 'later' ? { ...found, status: 'unknown' } : end;
  await record(delivering, row, incident, known, stop);
}

async function record(
  delivering: Delivering,
  row: OutboxRow,
  incident: Incident | null,
  end: SendEnd,
  stop: AbortSignal,
): Promise<void> {
  const { outbox, clock, log } = delivering;
  const now = clock.now();
  switch (end.status) {
    case 'sent': {
      // The timeline first: after a crash in between, the message is found in Slack and told here again.
      if (incident !== null && end.channel !== undefined) {
        const { name, ...channel } = end.channel;
        await act(
          delivering,
          incident.id,
          { do: 'note_channel', channel, name },
          { actor: FIRSTMATE, cause: null },
        );
      }
      const intent = row.intent;
      if (incident !== null && intent.kind === 'post' && intent.view === 'card' && intent.plan !== null) {
        const command = { do: 'note_shown', plan: intent.plan, at: end.result.sentAt } as const;
        await act(delivering, incident.id, command, { actor: FIRSTMATE, cause: null });
      }
      await outbox.sent(row.key, end.result, now);
      return;
    }
    case 'later': {
      const wait = Math.max(end.afterMs, backoff(row.attempts));
      log.warn({ key: row.key, says: end.says, waitMs: wait }, 'slack.later');
      await outbox.retryAt(row.key, new Date(Date.parse(now) + wait).toISOString());
      return;
    }
    case 'unknown': {
      // It stays `sending`, so that the next try looks for it first.
      const wait = Math.max(end.afterMs, backoff(row.attempts));
      log.warn({ key: row.key, says: end.says, waitMs: wait }, 'slack.unknown');
      await clock.sleep(wait, stop);
      return;
    }
    case 'refused':
      log.error({ key: row.key, says: end.says }, 'slack.refused');
      await outbox.dropped(row.key, end.says, now);
      return;
  }
}

function backoff(attempts: number): number {
  return Math.min(LONGEST_WAIT_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts, 10));
}
