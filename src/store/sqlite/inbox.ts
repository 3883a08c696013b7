import type { Delivery, Inbox } from '../../core/ports/inbox.ts';
import { prepareKeep } from './alerts.ts';
import { available, type Database } from './database.ts';

type Waiting = {
  readonly delivery: Delivery;
  readonly stored: () => void;
  readonly failed: (error: unknown) => void;
};

/** The table `inbox`. Deliveries that arrive together share a commit, and so an fsync; each is told after it. */
export function createInbox(db: Database): Inbox {
  const put = db.prepare<[string, string, string, string, string]>(
    `INSERT INTO inbox (id, source, kind, received_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO NOTHING`,
  );
  const putAll = db.transaction((all: readonly Waiting[]) => {
    for (const { id, source, kind, receivedAt, body } of all.map(({ delivery }) => delivery))
      put.run(id, source, kind, receivedAt, body);
  });
  let arrived: Waiting[] = [];
  function storeArrived(): void {
    const all = arrived;
    arrived = [];
    try {
      available(() => putAll.immediate(all));
    } catch (error) {
      for (const { failed } of all) failed(error);
      return;
    }
    for (const { stored } of all) stored();
  }
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
    put: (delivery) =>
      new Promise((stored, failed) => {
        // After the requests that the sockets hold now were read.
        if (arrived.length === 0) setImmediate(storeArrived);
        arrived.push({ delivery, stored, failed });
      }),
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
