import type { Delivery, Inbox } from '../../core/ports/inbox.ts';
import { available, type Database } from './database.ts';

/** The table `inbox`: one INSERT, one commit, one fsync a delivery. */
export function createInbox(db: Database): Inbox {
  const put = db.prepare<[string, string, string, string, string]>(
    `INSERT INTO inbox (id, source, kind, received_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const pending = db.prepare<[number], Delivery>(
    `SELECT id, source, kind, received_at AS receivedAt, body FROM inbox
     WHERE state = 'pending' ORDER BY position LIMIT ?`,
  );
  const done = db.prepare<[string, string, string | null, string]>(
    `UPDATE inbox SET state = ?, done_at = ?, fault = ? WHERE id = ? AND state = 'pending'`,
  );
  const allDone = db.transaction((deliveries: Parameters<Inbox['done']>[0], at: string) => {
    for (const { id, fault } of deliveries) done.run(fault === null ? 'done' : 'faulty', at, fault, id);
  });

  return {
    async put({ id, source, kind, receivedAt, body }) {
      available(() => put.run(id, source, kind, receivedAt, body));
    },
    async pending(limit) {
      return available(() => pending.all(limit));
    },
    async done(deliveries, at) {
      available(() => allDone.immediate(deliveries, at));
    },
  };
}
