import { randomBytes, randomUUID } from 'node:crypto';
import { wakeAtOf } from '../query-rows.ts';
import type { Mode, Store } from '../store.ts';
import { prepareAppend } from './append.ts';
import { backup } from './backup.ts';
import { prepareCheckpoints } from './checkpoints.ts';
import { available, connect, type Database, resolveFile } from './database.ts';
import { prepareEvents } from './events.ts';
import { createFolded } from './folded.ts';
import { createInbox } from './inbox.ts';
import { prepareIncidents } from './incidents.ts';
import { createLedger } from './ledger.ts';
import { type Lock, lockFor } from './lock.ts';
import { migrate, requireCurrent } from './migrate.ts';
import { createOutbox, preparePut } from './outbox.ts';
import { prepareQueryTables } from './query-tables.ts';
import { prepareVerify } from './verify.ts';

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

function assemble(
  db: Database,
  lock: Lock | null,
  options: { ids: () => string; salt: () => string; mode: Mode },
): Store {
  const events = prepareEvents(db);
  const incidents = prepareIncidents(db);
  const tables = prepareQueryTables(db);
  const checkpoints = prepareCheckpoints(db);
  const folded = createFolded(events, incidents);
  const putMessages = preparePut(db);
  const append = prepareAppend(db, { events, incidents, tables, putMessages, folded, ...options });
  const verify = prepareVerify(db, { events, checkpoints, tables });

  if (options.mode === 'own') {
    // Another version of firstmate may have had other ideas of when it must look again.
    const refresh = db.transaction(() => {
      for (const id of incidents.unfinished()) {
        const incident = folded.load(id);
        if (incident !== null) incidents.setWakeAt(id, wakeAtOf(incident));
      }
    });
    available(() => refresh.immediate());
  }

  return {
    ledger: createLedger(db, { append, events, incidents, folded }),
    inbox: createInbox(db),
    outbox: createOutbox(db),
    incidents: async ({ all }) => available(() => incidents.list(all)),
    checkpoint: async (at) => available(() => checkpoints.write(at)),
    lastCheckpoint: async () => available(() => checkpoints.last()),
    verify: async (head) => available(() => verify(head)),
    backup: (file) => backup(db, file),
    async close() {
      db.close();
      lock?.release();
    },
  };
}
