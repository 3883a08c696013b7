import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SQLite from 'better-sqlite3';
import { StoreUnavailable } from '../../core/ports/ledger.ts';
import { StoreRefused } from '../store.ts';

export type Database = SQLite.Database;

/** How long a statement waits for another process's write, such as `firstmate pause`. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens a database file with the settings that the promises rest on.
 * @throws StoreRefused when there is no such database or it is something else, StoreUnavailable
 */
export function connect(file: string, options: { mustExist: boolean }): Database {
  if (options.mustExist && !existsSync(file)) {
    throw new StoreRefused(`there is no database at ${file}; \`firstmate start\` creates it`);
  }
  return available(() => {
    const db = new SQLite(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      // Reads the file's first page, so that what is not a database is found before anything is changed.
      db.pragma('schema_version');
      // FULL: in WAL mode a commit is on the disk, not only in the system's cache, when it returns.
      db.pragma('synchronous = FULL');
      db.pragma('foreign_keys = ON');
      return db;
    } catch (error) {
      db.close();
      if (error instanceof SQLite.SqliteError && error.code === 'SQLITE_NOTADB') {
        throw new StoreRefused(`${file} is not a SQLite database; point DATABASE_URL at another file`);
      }
      throw error;
    }
  });
}

/** The write-ahead log lets others read, and back up, while the owner writes. The file remembers it. */
export function writeAhead(db: Database): void {
  available(() => db.pragma('journal_mode = WAL'));
}

/** One name for one file, whatever links lead to it, also before it exists. @throws StoreRefused */
export function resolveFile(file: string): string {
  if (file === ':memory:') return file;
  if (existsSync(file)) return realpathSync(file);
  if (existsSync(dirname(file))) return join(realpathSync(dirname(file)), basename(file));
  throw new StoreRefused(`the folder of the database, ${dirname(file)}, does not exist; create it first`);
}

/** https://www.sqlite.org/rescode.html: the codes under which the same again may succeed once somebody helped. */
const UNAVAILABLE: { readonly [code: string]: string } = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_IOERR: 'the disk gave an error',
  SQLITE_BUSY: 'another process keeps the database busy',
  SQLITE_READONLY: 'the database is read-only',
  SQLITE_CANTOPEN: 'the database file cannot be opened',
};

/** Runs it and says by type, not by text, when the disk is what failed. @throws StoreUnavailable */
export function available<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof SQLite.SqliteError)) throw error;
    const [, primary = ''] = /^(SQLITE_[A-Z]+)/.exec(error.code) ?? [];
    const says = UNAVAILABLE[primary];
    if (says === undefined) throw error;
    throw new StoreUnavailable(`${says} (${error.code})`, { cause: error });
  }
}
