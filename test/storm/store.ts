import SQLite from 'better-sqlite3';

/** What a bot's database says of a storm, read beside it. Fingerprints are of the one source that tells. */
export type StormStore = {
  /** Every fingerprint that was ever told, and whether it fires. */
  readonly remembered: () => ReadonlyMap<string, boolean>;
  /** The same for those that belong to an incident. */
  readonly inIncidents: () => ReadonlyMap<string, boolean>;
  readonly incidents: () => readonly string[];
  /** Deliveries that were stored, and those of them that wait to be handled. */
  readonly stored: () => number;
  readonly unhandled: () => number;
  /** Messages that have not left yet. */
  readonly unsent: () => number;
  readonly close: () => void;
};

/** @throws Error when there is no such database yet */
export function readStormStore(file: string): StormStore {
  const db = new SQLite(file, { readonly: true, fileMustExist: true });
  const states = (sql: string): ReadonlyMap<string, boolean> =>
    new Map(
      db
        .prepare<[], { fingerprint: string; firing: number }>(sql)
        .all()
        .map(({ fingerprint, firing }) => [fingerprint, firing === 1]),
    );
  const count = (sql: string): number => db.prepare<[], number>(sql).pluck().get() ?? 0;
  return {
    remembered: () => states('SELECT fingerprint, firing FROM alerts'),
    inIncidents: () => states('SELECT fingerprint, firing FROM alerts WHERE incident IS NOT NULL'),
    incidents: () => db.prepare<[], string>('SELECT id FROM incidents ORDER BY id').pluck().all(),
    stored: () => count('SELECT count(*) FROM inbox'),
    unhandled: () =>
      count('SELECT count(*) FROM inbox WHERE position > (SELECT position FROM inbox_handled)'),
    unsent: () => count(`SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')`),
    close: () => void db.close(),
  };
}

/** How many of these fingerprints are not known to the store as the sender told them last. */
export function differing(
  told: { readonly firing: readonly string[]; readonly resolved: readonly string[] },
  stored: ReadonlyMap<string, boolean>,
): number {
  const wrong = (names: readonly string[], firing: boolean): number =>
    names.filter((name) => (stored.get(name) ?? false) !== firing).length;
  return wrong(told.firing, true) + wrong(told.resolved, false);
}
