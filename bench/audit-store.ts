import SQLite from 'better-sqlite3';
import { eventHash, payloadHash } from '../src/core/chain.ts';
import type { NewEvent } from '../src/core/events.ts';
import { type IncidentId, incidentId } from '../src/core/ids.ts';
import { QUERY_TABLES, type QueryRow, type QueryTable } from '../src/store/query-rows.ts';
import { openStore } from '../src/store/sqlite/open.ts';
import { healed, rollback, T0 } from '../test/store/events.ts';

export const CHANGES_AN_INCIDENT = 10;
const YEAR = 2026;
const FIRST = incidentId(YEAR, 1);

export function planName(id: IncidentId, number: number): string {
  return `plan-${id}-${number}`;
}

/** An incident with its ten changes, each approved by a person and carried out. */
function story(id: IncidentId): readonly NewEvent[] {
  const [first = [], ...more] = plansOf(id).map((plan) => healed(id, plan));
  const isOfPlan = ({ payload }: NewEvent): boolean => 'plan' in payload;
  const end = first.findIndex(({ type }) => type === 'alert.resolved');
  return [...first.slice(0, end), ...more.flatMap((events) => events.filter(isOfPlan)), ...first.slice(end)];
}

function plansOf(id: IncidentId) {
  return Array.from({ length: CHANGES_AN_INCIDENT }, (_, number) => rollback(id, planName(id, number)));
}

type EventRow = { readonly [column: string]: string | number | null } & {
  readonly seq: number;
  readonly type: string;
  readonly v: number;
  readonly recorded_at: string;
  readonly occurred_at: string;
  readonly actor: string;
  readonly payload: string;
};

/**
 * Fills a new database: the first incident through the store's own append, the others as copies of its rows under
 * their own names, each event chained anew, which takes a quarter of the time. Gives the number of events.
 */
export async function fillStore(
  file: string,
  incidents: number,
  say: (stored: number) => void,
): Promise<number> {
  const store = await openStore({ file, clock: () => new Date(T0) });
  const appended = await store.ledger.append(FIRST, 0, story(FIRST), T0);
  await store.close();
  if (appended.status === 'conflict') throw new Error(`conflict: ${appended.reason}`);

  const db = new SQLite(file);
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = ON');
  const events = db
    .prepare<[string], EventRow>('SELECT * FROM events WHERE stream = ? ORDER BY seq')
    .all(FIRST);
  const rows = new Map<QueryTable, readonly QueryRow[]>(
    QUERY_TABLES.map((table) => [table, db.prepare<[], QueryRow>(`SELECT * FROM ${table}`).all()]),
  );
  const hashes = plansOf(FIRST).map(({ hash }) => hash);
  const copy = db.transaction((number: number) => {
    const id = incidentId(YEAR, number);
    const names = new Map<string, string>([
      [FIRST, id],
      ...plansOf(id).map(({ hash }, index): [string, string] => [hashes[index] ?? '', hash]),
    ]);
    const every = new RegExp([...names.keys()].join('|'), 'g');
    const renamed = (text: string): string => text.replace(every, (name) => names.get(name) ?? name);
    copyEvents(db, events, id, renamed);
    for (const [table, list] of rows) {
      for (const row of list) insert(db, table, renameRow(table, row, number, renamed));
    }
  });
  for (let number = 2; number <= incidents; number += 1) {
    copy(number);
    if (number % Math.ceil(incidents / 10) === 0) say(number * CHANGES_AN_INCIDENT);
  }
  db.close();
  return events.length * incidents;
}

function copyEvents(
  db: SQLite.Database,
  events: readonly EventRow[],
  id: IncidentId,
  renamed: (text: string) => string,
): void {
  let prev: string | null = null;
  for (const { position: _, ...row } of events) {
    const payload = renamed(row.payload);
    const salt = `${id}/${row.seq}`;
    const header = {
      id: salt,
      stream: id,
      seq: row.seq,
      type: row.type,
      v: row.v,
      recordedAt: row.recorded_at,
      occurredAt: row.occurred_at,
      actor: JSON.parse(row.actor),
      cause: null,
    };
    const ofPayload = payloadHash(salt, payload);
    prev = eventHash(prev, header, ofPayload);
    const named = { id: salt, stream: id, payload, salt, payload_hash: ofPayload, hash: prev };
    insert(db, 'events', { ...row, ...named });
  }
}

function renameRow(
  table: QueryTable,
  row: QueryRow,
  number: number,
  renamed: (text: string) => string,
): QueryRow {
  const named = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column,
      typeof value === 'string' ? renamed(value) : value,
    ]),
  );
  return table === 'incidents' ? { ...named, number } : named;
}

const statements = new WeakMap<SQLite.Database, Map<string, SQLite.Statement>>();

function insert(db: SQLite.Database, table: string, row: QueryRow): void {
  const known = statements.get(db) ?? new Map<string, SQLite.Statement>();
  statements.set(db, known);
  const columns = Object.keys(row);
  const statement =
    known.get(table) ??
    db.prepare(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((name) => `@${name}`).join(', ')})`,
    );
  known.set(table, statement);
  statement.run(row);
}
