import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import SQLite from 'better-sqlite3';
import { waitedForCoreMs } from './cores.ts';

// What better-sqlite3 alone commits: the same row as the inbox's, one a transaction, and nothing else at all.
const { values } = parseArgs({
  options: {
    database: { type: 'string', default: '' },
    body: { type: 'string', default: '' },
    deliveries: { type: 'string', default: '' },
  },
});
const body = readFileSync(values.body, 'utf8');
const deliveries = Number(values.deliveries);
const db = new SQLite(values.database);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.pragma('foreign_keys = ON');
db.exec(
  `CREATE TABLE IF NOT EXISTS delivery (
     position INTEGER PRIMARY KEY, id TEXT, source TEXT, kind TEXT, received_at TEXT, body TEXT
   ) STRICT`,
);
const insert = db.prepare(
  'INSERT INTO delivery (id, source, kind, received_at, body) VALUES (?, ?, ?, ?, ?)',
);
const waited = waitedForCoreMs('self');
const began = performance.now();
for (let done = 0; done < deliveries; done += 1) {
  insert.run(randomUUID(), 'default', 'alertmanager', new Date().toISOString(), body);
}
const tookMs = performance.now() - began;
const waitedMs = (waitedForCoreMs('self') ?? 0) - (waited ?? 0);
process.stdout.write(`${JSON.stringify({ tookMs, waitedMs })}\n`);
db.close();
