import { type AlertMemory, type GroupMemory, isFiring } from '../../core/alert.ts';
import type { Database } from './database.ts';

/** The tables `alert_memory` and `group_memory`; called within the inbox's transactions. */
export function prepareAlertMemory(db: Database) {
  const columns = 'source, fingerprint, last_start AS lastStart, last_end AS lastEnd, last_seen AS lastSeen';
  const alert = db.prepare<[string, string], AlertMemory>(
    `SELECT ${columns} FROM alert_memory WHERE source = ? AND fingerprint = ?`,
  );
  const unseen = db.prepare<[string, string], AlertMemory>(
    `SELECT ${columns} FROM alert_memory WHERE firing = 1 AND source = ? AND last_seen < ? ORDER BY last_seen LIMIT 1000`,
  );
  const group = db.prepare<[string, string], GroupMemory>(
    `SELECT source, group_key AS groupKey, hidden, as_of AS asOf FROM group_memory WHERE source = ? AND group_key = ?`,
  );
  const keepAlert = db.prepare<[string, string, string | null, string | null, string, number]>(
    `INSERT INTO alert_memory (source, fingerprint, last_start, last_end, last_seen, firing) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (source, fingerprint) DO UPDATE SET
       last_start = excluded.last_start, last_end = excluded.last_end,
       last_seen = excluded.last_seen, firing = excluded.firing`,
  );
  const keepGroup = db.prepare<[string, string, number, string]>(
    `INSERT INTO group_memory (source, group_key, hidden, as_of) VALUES (?, ?, ?, ?)
     ON CONFLICT (source, group_key) DO UPDATE SET hidden = excluded.hidden, as_of = excluded.as_of`,
  );
  return {
    alert: (source: string, fingerprint: string): AlertMemory | null =>
      alert.get(source, fingerprint) ?? null,
    group: (source: string, groupKey: string): GroupMemory | null => group.get(source, groupKey) ?? null,
    unseen: (source: string, before: string): readonly AlertMemory[] => unseen.all(source, before),
    keep(told: { readonly alerts: readonly AlertMemory[]; readonly groups: readonly GroupMemory[] }): void {
      for (const one of told.alerts) {
        const { source, fingerprint, lastStart, lastEnd, lastSeen } = one;
        keepAlert.run(source, fingerprint, lastStart, lastEnd, lastSeen, isFiring(one) ? 1 : 0);
      }
      for (const { source, groupKey, hidden, asOf } of told.groups)
        keepGroup.run(source, groupKey, hidden, asOf);
    },
  };
}
