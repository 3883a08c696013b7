import type { Delivery, Inbox } from '../../core/ports/inbox.ts';
import { prepareKeep } from './alerts.ts';
import { available, type Database } from './database.ts';

/** The table `inbox`: one INSERT, one commit, one fsync a delivery. */
export function createInbox(db: Database): Inbox {
  const put = db.prepare<[string, string, string, string, string]>(
    `INSERT INTO inbox (id, source, kind, received_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const pending = db.prepare<[number], Delivery>(
    `SELECT id, source, kind, received_at AS receivedAt, body FROM inbox
     WHERE position > (SELECT position FROM inbox_handled) ORDER BY position LIMIT ?`,
  );
  const positionOf = db.prepare<[string], number>('SELECT position FROM inbox WHERE id = ?').pluck();
  const handledUpTo = db.prepare<[number]>(
    'UPDATE inbox_handled SET position = max(position, ?) WHERE only = 1',
  );
  const faulty = db.prepare<[string, string, string]>(
    'INSERT INTO inbox_faults (id, at, fault) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const keep = prepareKeep(db);
  const waiting = db
    .prepare<[], number>(
      'SELECT max(0, coalesce((SELECT max(position) FROM inbox), 0) - position) FROM inbox_handled',
    )
    .pluck();
  const allDone = db.transaction((...[deliveries, told, at]: Parameters<Inbox['done']>) => {
    for (const { id, fault } of deliveries) if (fault !== null) faulty.run(id, at, fault);
    const last = deliveries.at(-1);
    // They are handled in the order in which they came, so the last one stands for all before it.
    if (last !== undefined) handledUpTo.run(positionOf.get(last.id) ?? 0);
    keep(told);
  });

  return {
    async put({ id, source, kind, receivedAt, body }) {
      available(() => put.run(id, source, kind, receivedAt, body));
    },
    async pending(limit) {
      return available(() => pending.all(limit));
    },
    async waiting() {
      return available(() => waiting.get() ?? 0);
    },
    async done(deliveries, told, at) {
      available(() => allDone.immediate(deliveries, told, at));
    },
  };
}
