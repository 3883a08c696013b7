import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreRefused } from '../store.ts';
import { available, type Database, writeAhead } from './database.ts';

export type Migration = { readonly number: number; readonly name: string; readonly sql: string };

const FOLDER = join(import.meta.dirname, 'migrations');

/** The numbered SQL files of a folder, in order. */
export function readMigrations(folder: string = FOLDER): readonly Migration[] {
  return readdirSync(folder)
    .flatMap((file) => {
      const [, number, name] = /^(\d{4})_(\w+)\.sql$/.exec(file) ?? [];
      if (number === undefined || name === undefined) return [];
      return [{ number: Number(number), name, sql: readFileSync(join(folder, file), 'utf8') }];
    })
    .sort((a, b) => a.number - b.number);
}

/**
 * Brings a database up to this firstmate's schema, each migration in a transaction of its own, forward only.
 * @throws StoreRefused for a newer schema, or a database that is not firstmate's
 */
export function migrate(db: Database, at: string, migrations: readonly Migration[] = readMigrations()): void {
  const version = schemaVersion(db);
  refuseNewer(db, version, migrations);
  writeAhead(db);
  available(() => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS schema_migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
    );
    const note = db.prepare('INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)');
    for (const { number, name, sql } of migrations) {
      if (number <= version) continue;
      db.transaction(() => {
        db.exec(sql);
        note.run(number, name, at);
      }).exclusive();
    }
  });
}

/** For those who only look: the schema must be the present one already. @throws StoreRefused */
export function requireCurrent(db: Database, migrations: readonly Migration[] = readMigrations()): void {
  const version = schemaVersion(db);
  refuseNewer(db, version, migrations);
  if (version < newest(migrations)) {
    throw new StoreRefused(
      `the database ${db.name} has schema ${version}, this firstmate needs ${newest(migrations)}; ` +
        '`firstmate start` brings it up',
    );
  }
}

function refuseNewer(db: Database, version: number, migrations: readonly Migration[]): void {
  if (version <= newest(migrations)) return;
  throw new StoreRefused(
    `the database ${db.name} has schema ${version}, this firstmate knows ${newest(migrations)} at most; ` +
      'run the newer firstmate that wrote it, or restore a backup from before',
  );
}

function newest(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.number ?? 0;
}

/** 0 for an empty database. */
function schemaVersion(db: Database): number {
  return available(() => {
    const tables = db
      .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map(({ name }) => name);
    if (tables.includes('schema_migrations')) {
      const sql = 'SELECT coalesce(max(number), 0) AS version FROM schema_migrations';
      return db.prepare<[], { version: number }>(sql).get()?.version ?? 0;
    }
    if (tables.length > 0) {
      throw new StoreRefused(
        `${db.name} is a database of something else; point DATABASE_URL at another file`,
      );
    }
    return 0;
  });
}
