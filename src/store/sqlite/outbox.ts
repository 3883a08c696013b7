import type { IncidentId } from '../../core/ids.ts';
import type { OutboxIntent, OutboxMessage, SentResult } from '../../core/outbox.ts';
import type { Outbox, OutboxRow } from '../../core/ports/outbox.ts';
import { available, type Database } from './database.ts';

type Row = {
  readonly key: string;
  readonly lane: string;
  readonly incident: IncidentId | null;
  readonly intent: string;
  readonly state: OutboxRow['state'];
  readonly attempts: number;
  readonly notBefore: string | null;
};

/** Adds rows within the caller's transaction; a key that is known already is left as it is. */
export type PutMessages = (messages: readonly OutboxMessage[], at: string) => void;

export function preparePut(db: Database): PutMessages {
  const put = db.prepare<[string, string, string | null, string, string]>(
    'INSERT INTO outbox (key, lane, incident, intent, put_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
  );
  return (messages, at) => {
    for (const { key, lane, incident, intent } of messages) {
      put.run(key, lane, incident, JSON.stringify(intent), at);
    }
  };
}

/** The table `outbox`: each message goes pending, sending, sent (or dropped), and each step is on disk. */
export function createOutbox(db: Database): Outbox {
  const put = preparePut(db);
  const putAll = db.transaction(put);
  const lanes = db
    .prepare<[], string>(
      `SELECT lane FROM outbox WHERE state IN ('pending', 'sending') GROUP BY lane ORDER BY min(position)`,
    )
    .pluck();
  const head = db.prepare<[string], Row>(
    `SELECT key, lane, incident, intent, state, attempts, not_before AS notBefore FROM outbox
     WHERE lane = ? AND state IN ('pending', 'sending') ORDER BY position LIMIT 1`,
  );
  const superseded = db
    .prepare<[string, string, string], number>(
      `SELECT 1 FROM outbox
       WHERE lane = ? AND state = 'pending' AND position > (SELECT position FROM outbox WHERE key = ?)
         AND intent ->> 'kind' = 'refresh' AND intent ->> 'post' = ? LIMIT 1`,
    )
    .pluck();
  const claim = db.prepare<[string, string]>(
    `UPDATE outbox SET state = 'sending', attempts = attempts + 1, not_before = NULL, claimed_at = ?
     WHERE key = ? AND state IN ('pending', 'sending')`,
  );
  const sent = db.prepare<[string, string, string]>(
    `UPDATE outbox SET state = 'sent', result = ?, ended_at = ? WHERE key = ? AND state IN ('pending', 'sending')`,
  );
  const retryAt = db.prepare<[string, string]>(
    `UPDATE outbox SET state = 'pending', not_before = ? WHERE key = ? AND state IN ('pending', 'sending')`,
  );
  const dropped = db.prepare<[string, string, string]>(
    `UPDATE outbox SET state = 'dropped', says = ?, ended_at = ? WHERE key = ? AND state IN ('pending', 'sending')`,
  );
  const result = db
    .prepare<[string], string>(`SELECT result FROM outbox WHERE key = ? AND state = 'sent'`)
    .pluck();

  const newest = db.prepare<[string], { key: string; putAt: string }>(
    'SELECT key, put_at AS putAt FROM outbox WHERE lane = ? ORDER BY position DESC LIMIT 1',
  );

  /** One row, still on its way, or the caller has lost track of it. */
  function move(key: string, run: () => { changes: number }): void {
    if (available(run).changes === 0)
      throw new Error(`outbox message ${key} is unknown or has ended already`);
  }

  return {
    async lanes() {
      return available(() => lanes.all());
    },
    async head(lane) {
      const row = available(() => head.get(lane));
      // Written by `put` above from an OutboxIntent.
      return row === undefined ? null : { ...row, intent: JSON.parse(row.intent) as OutboxIntent };
    },
    async superseded(row) {
      const { intent } = row;
      if (intent.kind !== 'refresh') return false;
      return available(() => superseded.get(row.lane, row.key, intent.post)) !== undefined;
    },
    async claim(key, at) {
      move(key, () => claim.run(at, key));
    },
    async sent(key, end, at) {
      move(key, () => sent.run(JSON.stringify(end), at, key));
    },
    async retryAt(key, notBefore) {
      move(key, () => retryAt.run(notBefore, key));
    },
    async dropped(key, says, at) {
      move(key, () => dropped.run(says, at, key));
    },
    async result(key) {
      const text = available(() => result.get(key));
      return text === undefined ? null : (JSON.parse(text) as SentResult);
    },
    async newest(lane) {
      return available(() => newest.get(lane)) ?? null;
    },
    async put(messages, at) {
      available(() => putAll.immediate(messages, at));
    },
  };
}
