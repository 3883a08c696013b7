import { randomBytes, randomUUID } from 'node:crypto';
import type { Mode, Store } from '../store.ts';
import { assemble } from './assemble.ts';
import { connect, type Database, resolveFile } from './database.ts';
import { lockFor } from './lock.ts';
import { migrate, requireCurrent } from './migrate.ts';

export type OpenOptions = {
  /** A path, or `:memory:` for a database that ends with the process. */
  readonly file: string;
  readonly clock: () => Date;
  /** Ids of events; random UUIDs unless given. */
  readonly ids?: () => string;
  /** Salts of payloads; 16 random bytes as hex unless given. */
  readonly salt?: () => string;
  readonly mode?: Mode;
};

/**
 * Opens the timeline's database, `own` unless told otherwise: takes the lock and brings the schema up.
 * @throws StoreRefused when it is in use, too new, too old to look at, or not firstmate's; StoreUnavailable
 */
export async function openStore(options: OpenOptions): Promise<Store> {
  const { clock, ids = randomUUID, salt = () => randomBytes(16).toString('hex'), mode = 'own' } = options;
  const file = resolveFile(options.file);
  const lock = mode === 'own' && file !== ':memory:' ? lockFor(file) : null;
  let db: Database | null = null;
  try {
    db = connect(file, { mustExist: mode === 'read' });
    if (mode === 'own') migrate(db, clock().toISOString());
    else requireCurrent(db);
    return assemble(db, lock, { ids, salt, mode });
  } catch (error) {
    db?.close();
    lock?.release();
    throw error;
  }
}
