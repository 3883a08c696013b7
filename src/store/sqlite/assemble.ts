import { wakeAtOf } from '../query-rows.ts';
import type { Mode, Store } from '../store.ts';
import { createAlerts } from './alerts.ts';
import { prepareAppend } from './append.ts';
import { backup } from './backup.ts';
import { prepareCheckpoints } from './checkpoints.ts';
import { available, type Database } from './database.ts';
import { prepareEvents } from './events.ts';
import { createFolded } from './folded.ts';
import { createInbox } from './inbox.ts';
import { prepareIncidents } from './incidents.ts';
import { createLedger } from './ledger.ts';
import type { Lock } from './lock.ts';
import { createOutbox, preparePut } from './outbox.ts';
import { prepareQueryTables } from './query-tables.ts';
import { prepareVerify } from './verify.ts';

/** The store on a database whose schema is the present one. @throws StoreUnavailable */
export function assemble(
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
    alerts: createAlerts(db),
    outbox: createOutbox(db),
    incidents: async ({ all }) => available(() => incidents.list(all)),
    checkpoint: async (at) => available(() => checkpoints.write(at)),
    lastCheckpoint: async () => available(() => checkpoints.last()),
    checkpointsAfter: async (n) => available(() => checkpoints.after(n)),
    verify: async (published) => available(() => verify(published)),
    backup: (file) => backup(db, file),
    async close() {
      db.close();
      lock?.release();
    },
  };
}
