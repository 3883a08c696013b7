import SQLite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { StoreUnavailable } from '../../src/core/ports/ledger.ts';
import { assemble } from '../../src/store/sqlite/assemble.ts';
import { connect, type Database } from '../../src/store/sqlite/database.ts';
import { migrate } from '../../src/store/sqlite/migrate.ts';
import type { Store } from '../../src/store/store.ts';
import { fired, healed, INC, opened, T0 } from './events.ts';
import { appendAll, temporaryFile } from './temporary.ts';

/** A store with its connection at hand, to make the disk fail. */
async function breakable(): Promise<{ file: string; db: Database; store: Store }> {
  const file = await temporaryFile();
  const db = connect(file, { mustExist: false });
  migrate(db, T0);
  let next = 0;
  const ids = () => `id-${next++}`;
  const store = assemble(db, null, { ids, salt: () => 'salt', mode: 'own' });
  onTestFinished(() => store.close());
  return { file, db, store };
}

const delivery = (id: string) =>
  ({ id, source: 'main', kind: 'alertmanager', receivedAt: T0, body: 'x'.repeat(20_000) }) as const;

describe('a store whose disk is full', () => {
  it('says so, keeps what it had and nothing of what failed, and goes on when there is room', async () => {
    const { db, store } = await breakable();
    await appendAll(store, INC, healed().slice(0, 3));
    await store.inbox.put(delivery('kept'));
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);

    await expect(store.inbox.put(delivery('lost'))).rejects.toThrow(StoreUnavailable);
    await expect(store.inbox.put(delivery('lost'))).rejects.toThrow('the disk is full');
    const many = Array.from({ length: 200 }, (_, n) => fired(`more-${n}`));
    await expect(store.ledger.append(INC, 3, many, T0)).rejects.toThrow(StoreUnavailable);

    expect((await store.inbox.pending(9)).map(({ id }) => id)).toEqual(['kept']);
    expect(await store.ledger.lastSeq(INC)).toBe(3);
    expect(Object.keys((await store.ledger.load(INC))?.alerts ?? {})).toEqual(['main/f1']);
    expect((await store.verify(null)).fault).toBeNull();

    db.pragma('max_page_count = 100000');
    await store.inbox.put(delivery('lost'));
    await appendAll(store, INC, many);
    expect(Object.keys((await store.ledger.load(INC))?.alerts ?? {})).toHaveLength(201);
    expect((await store.verify(null)).fault).toBeNull();
  });
});

describe('a store that cannot be written', () => {
  it('says so when the database is read-only, and can still be read', async () => {
    const { db, store } = await breakable();
    await appendAll(store, INC, [opened()]);
    db.pragma('query_only = ON');
    await expect(store.ledger.append(INC, 1, [fired()], T0)).rejects.toThrow(StoreUnavailable);
    await expect(store.checkpoint(T0)).rejects.toThrow(StoreUnavailable);
    expect((await store.ledger.load(INC))?.seq).toBe(1);
  });

  it('says so when another process does not let go of the database', async () => {
    const { file, db, store } = await breakable();
    db.pragma('busy_timeout = 0');
    const other = new SQLite(file);
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    await expect(store.inbox.put(delivery('a'))).rejects.toThrow(StoreUnavailable);
    other.exec('ROLLBACK');
    await store.inbox.put(delivery('a'));
    expect(await store.inbox.pending(9)).toHaveLength(1);
  });

  it('does not call a fault of ours unavailable', async () => {
    const { store } = await breakable();
    await expect(store.ledger.append(INC, 0, [fired()], T0)).rejects.not.toThrow(StoreUnavailable);
  });
});
