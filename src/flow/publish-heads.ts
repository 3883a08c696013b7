import { NOTICES } from '../core/announce-system.ts';
import type { Clock, Log } from '../core/ports/clock.ts';
import type { CheckpointSource, HeadsFile } from '../core/ports/heads.ts';
import type { Outbox } from '../core/ports/outbox.ts';

/** The lane of the pinned message that tells the ledger's head. */
export const HEADS = 'heads';
const TRY_AGAIN_MS = 60_000;

export type Publishing = {
  readonly ledger: CheckpointSource;
  readonly outbox: Pick<Outbox, 'newest' | 'put'>;
  /** Null where none is configured. */
  readonly file: HeadsFile | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly everyMs: number;
};

export type HeadPublisher = {
  /** Publishes when a new period has begun since the last time; never throws. */
  tick(): Promise<void>;
  /** Publishes now; never throws. */
  publish(): Promise<void>;
};

/**
 * Publishes the ledger's head where this machine cannot take it back: the file gets every checkpoint since its last
 * line, the log a line, the incidents channel its pinned message. What was published last stands in the outbox, so a
 * restart neither forgets a period nor tells the same head twice.
 */
export function headPublisher({ ledger, outbox, file, clock, log, everyMs }: Publishing): HeadPublisher {
  let donePeriod: number | null = null;
  let notBefore = 0;

  const periodOf = (time: string): number => Math.floor(Date.parse(time) / everyMs);

  async function publishNow(): Promise<void> {
    const now = clock.now();
    const checkpoint = await ledger.checkpoint(now);
    if (checkpoint === null) return;
    const { n, at, hash, position } = checkpoint;
    if (file !== null) await addTo(file, now);
    const before = await outbox.newest(HEADS);
    const key = `head:${n}`;
    if (before?.key === key) return;
    log.info({ n, at, hash, events: position }, 'ledger.head');
    const head = { n, at, hash };
    const intent = { kind: 'publish_head', head, after: before?.key ?? null } as const;
    await outbox.put([{ key, lane: HEADS, incident: null, intent }], now);
  }

  async function addTo(to: HeadsFile, now: string): Promise<void> {
    const last = await to.last();
    const [same, ...later] = last === null ? [] : await ledger.checkpointsAfter(last.n - 1);
    if (last !== null && same?.hash === last.hash) return to.append(later);
    // A file that knows another past than the store: what it has stays, and people are told.
    await to.append(await ledger.checkpointsAfter(0));
    if (last === null) return;
    const text = `The heads file has checkpoint ${last.n} with a hash that the ledger does not have: events were cut off or rewritten, or this is another database. Run firstmate audit verify --head with that file.`;
    log.error({ n: last.n, hash: last.hash }, 'ledger.head_missing');
    const key = `notice:heads:${last.hash}`;
    await outbox.put([{ key, lane: NOTICES, incident: null, intent: { kind: 'notice', text } }], now);
  }

  async function guarded(): Promise<boolean> {
    try {
      await publishNow();
      return true;
    } catch (error) {
      log.error({ error: String(error) }, 'ledger.head_not_published');
      return false;
    }
  }

  return {
    async tick() {
      const now = clock.now();
      if (Date.parse(now) < notBefore) return;
      if (donePeriod === null) {
        const before = await outbox.newest(HEADS).catch(() => null);
        donePeriod = before === null ? -1 : periodOf(before.putAt);
      }
      const period = periodOf(now);
      if (period <= donePeriod) return;
      if (await guarded()) donePeriod = period;
      else notBefore = Date.parse(now) + TRY_AGAIN_MS;
    },
    async publish() {
      await guarded();
    },
  };
}
