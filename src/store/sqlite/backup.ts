import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { StoreUnavailable } from '../../core/ports/ledger.ts';
import { StoreRefused } from '../store.ts';
import type { Database } from './database.ts';

/** More pages than any database has: one step is one consistent moment, and no writer can make it start again. */
const ALL_PAGES = 0x7fffffff;

/**
 * Copies the database while others use it. The copy gets its name when it is whole.
 * @throws StoreRefused when the file exists or its folder does not, StoreUnavailable
 */
export async function backup(db: Database, file: string): Promise<void> {
  if (existsSync(file)) throw new StoreRefused(`${file} exists already; name a new file`);
  if (!existsSync(dirname(file))) throw new StoreRefused(`the folder ${dirname(file)} does not exist`);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    await db.backup(partial, { progress: () => ALL_PAGES });
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    if (!(error instanceof SQLite.SqliteError)) throw error;
    throw new StoreUnavailable(`the copy could not be written (${error.code})`, { cause: error });
  }
}
