import SQLite from 'better-sqlite3';
import { StoreRefused } from '../store.ts';
import { available } from './database.ts';

export type Lock = { release(): void };

/**
 * Makes this the only process that owns a database: an exclusive transaction held open on an empty database of its
 * own beside it. SQLite's file lock goes when the process does, however it ends.
 * @throws StoreRefused when another process has it, StoreUnavailable
 */
export function lockFor(file: string): Lock {
  const side = `${file}.lock`;
  return available(() => {
    const db = new SQLite(side, { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (error instanceof SQLite.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
        throw new StoreRefused(
          `another firstmate runs on ${file} (it holds ${side}). ` +
            'Stop that one first, or give this one a database of its own with DATABASE_URL',
        );
      }
      throw error;
    }
    return { release: () => void db.close() };
  });
}
