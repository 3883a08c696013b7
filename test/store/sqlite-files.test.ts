import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStoreFor } from '../../src/store/open.ts';
import { connect } from '../../src/store/sqlite/database.ts';
import { migrate, readMigrations } from '../../src/store/sqlite/migrate.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { StoreRefused } from '../../src/store/store.ts';
import { healed, INC, opened, T0 } from './events.ts';
import { appendAll, temporaryFile, using } from './temporary.ts';

const clock = () => new Date(T0);
const open = (file: string, mode: 'own' | 'read' = 'own') => openStore({ file, clock, mode });

function sql(file: string, ...statements: readonly string[]): void {
  const db = new SQLite(file);
  for (const statement of statements) db.exec(statement);
  db.close();
}

describe('the lock of a SQLite store', () => {
  it('lets one process own a database, and says what to do to the second', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async () => {
      await expect(open(file)).rejects.toThrow(StoreRefused);
      await expect(open(file)).rejects.toThrow(/another firstmate runs on .*test\.db.*Stop that one first/);
    });
    await using(file, 'own', async () => {});
  });

  it('knows the same database under another name', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async () => {
      const link = join(dirname(file), 'link.db');
      symlinkSync(file, link);
      await expect(open(link)).rejects.toThrow(StoreRefused);
      const folder = join(dirname(file), 'folder');
      symlinkSync(dirname(file), folder);
      await expect(open(join(folder, 'test.db'))).rejects.toThrow(StoreRefused);
    });
  });

  it('lets those who read work beside the owner, and does not need one', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async (owner) => {
      await appendAll(owner, INC, [opened()]);
      await using(file, 'read', async (reader) => {
        expect((await reader.ledger.load(INC))?.id).toBe(INC);
      });
    });
    await using(file, 'read', async (reader) => {
      expect(await reader.ledger.lastSeq(INC)).toBe(1);
    });
  });

  it('is not taken when the database is refused', async () => {
    const file = await temporaryFile();
    writeFileSync(file, 'this is a text file, and long enough to be looked at as one. '.repeat(20));
    await expect(open(file)).rejects.toThrow('not a SQLite database');
    sql(`${file}.lock`, 'BEGIN EXCLUSIVE');
  });
});

describe('the schema of a SQLite store', () => {
  it('is made of numbered migrations without gaps, each noted once', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async () => {});
    await using(file, 'own', async () => {});
    const db = new SQLite(file);
    const noted = db.prepare('SELECT number FROM schema_migrations ORDER BY number').pluck().all();
    db.close();
    expect(noted).toEqual(readMigrations().map(({ number }) => number));
    expect(noted).toEqual(noted.map((_, index) => index + 1));
  });

  it('has strict tables only', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async () => {});
    const db = new SQLite(file);
    const loose = db
      .prepare(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
      )
      .pluck()
      .all();
    db.close();
    expect(loose).toEqual([]);
  });

  it('is brought up from where it stands, in order, and never twice', async () => {
    const db = connect(await temporaryFile(), { mustExist: false });
    const first = { number: 1, name: 'first', sql: 'CREATE TABLE t (n INTEGER) STRICT' };
    const second = { number: 2, name: 'second', sql: 'INSERT INTO t VALUES (2)' };
    migrate(db, T0, [first]);
    migrate(db, T0, [first, second]);
    migrate(db, T0, [first, second]);
    expect(db.prepare('SELECT n FROM t').pluck().all()).toEqual([2]);
    db.close();
  });

  it('stays as it was when a migration fails half way', async () => {
    const db = connect(await temporaryFile(), { mustExist: false });
    const broken = {
      number: 1,
      name: 'broken',
      sql: 'CREATE TABLE t (n INTEGER) STRICT; INSERT INTO nowhere VALUES (1)',
    };
    expect(() => migrate(db, T0, [broken])).toThrow('nowhere');
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 't'").pluck().get()).toBe(0);
    expect(db.prepare('SELECT count(*) FROM schema_migrations').pluck().get()).toBe(0);
    db.close();
  });

  it('of a newer firstmate is refused, by those who own and those who read', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async () => {});
    sql(file, `INSERT INTO schema_migrations VALUES (9999, 'future', '${T0}')`);
    await expect(open(file)).rejects.toThrow(/schema 9999.*newer firstmate/);
    await expect(open(file, 'read')).rejects.toThrow(StoreRefused);
  });

  it('of an older firstmate is left alone by those who only read', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async () => {});
    sql(file, 'DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)');
    await expect(open(file, 'read')).rejects.toThrow(/firstmate start.*brings it up/);
  });
});

describe('a database that is none of ours', () => {
  it('is refused and not changed', async () => {
    const file = await temporaryFile();
    sql(file, 'CREATE TABLE photos (id INTEGER)');
    const before = readFileSync(file);
    await expect(open(file)).rejects.toThrow('database of something else');
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('is not created by those who read, nor in a folder that does not exist', async () => {
    const file = await temporaryFile();
    await expect(open(file, 'read')).rejects.toThrow(/no database at .*firstmate start/);
    expect(existsSync(file)).toBe(false);
    await expect(open(join(dirname(file), 'nowhere', 'a.db'))).rejects.toThrow(StoreRefused);
  });

  it('is refused when it is not SQLite at all', async () => {
    for (const database of ['postgres://db/firstmate', 'mysql:db']) {
      await expect(openStoreFor({ database }, 'own')).rejects.toThrow(StoreRefused);
    }
    const file = await temporaryFile();
    const store = await openStoreFor({ database: `sqlite:${file}` }, 'own');
    await store.close();
    expect(existsSync(file)).toBe(true);
  });
});

describe('a backup', () => {
  it('is a whole database of one moment, taken while the owner goes on', async () => {
    const file = await temporaryFile();
    const copy = join(dirname(file), 'copy.db');
    await using(file, 'own', async (owner) => {
      await appendAll(owner, INC, healed().slice(0, 5));
      await using(file, 'read', async (reader) => {
        const copying = reader.backup(copy);
        await appendAll(owner, INC, healed().slice(5));
        await copying;
      });
    });
    await using(copy, 'own', async (store) => {
      expect([5, healed().length]).toContain(await store.ledger.lastSeq(INC));
      expect((await store.verify(null)).fault).toBeNull();
    });
  });

  it('never overwrites a file', async () => {
    const file = await temporaryFile();
    await using(file, 'own', async (store) => {
      await expect(store.backup(file)).rejects.toThrow(/exists already/);
      await expect(store.backup(join(dirname(file), 'nowhere', 'x.db'))).rejects.toThrow(StoreRefused);
      expect((await store.verify(null)).fault).toBeNull();
    });
  });
});

describe('a store in memory', () => {
  it('works, for as long as it is open', async () => {
    const store = await open(':memory:');
    await appendAll(store, INC, healed());
    expect((await store.ledger.load(INC))?.status).toBe('resolved');
    await store.close();
  });
});

describe('a store that is opened again', () => {
  it('looks anew at when each unfinished incident is due', async () => {
    const file = await temporaryFile();
    await using(file, 'own', (store) => appendAll(store, INC, [opened()]));
    sql(file, 'UPDATE incidents SET wake_at = NULL');
    await using(file, 'own', async (store) => {
      expect(await store.ledger.due('2026-03-01T02:00:03.000Z')).toEqual([INC]);
    });
  });
});
