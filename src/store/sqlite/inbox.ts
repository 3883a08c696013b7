import type { Delivery, Inbox } from '../../core/ports/inbox.ts';
import { prepareAlertMemory } from './alert-memory.ts';
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
  const memory = prepareAlertMemory(db);
  const allDone = db.transaction((...[deliveries, told, at]: Parameters<Inbox['done']>) => {
    for (const { id, fault } of deliveries) done.run(fault === null ? 'done' : 'faulty', at, fault, id);
    memory.keep(told);
  });

  return {
    async put({ id, source, kind, receivedAt, body }) {
      available(() => put.run(id, source, kind, receivedAt, body));
    },
    async pending(limit) {
      return available(() => pending.all(limit));
    },
    async alertMemory(source, fingerprint) {
      return available(() => memory.alert(source, fingerprint));
    },
    async groupMemory(source, groupKey) {
      return available(() => memory.group(source, groupKey));
    },
    async done(deliveries, told, at) {
      available(() => allDone.immediate(deliveries, told, at));
    },
    async unseen(source, before) {
      return available(() => memory.unseen(source, before));
    },
  };
}
