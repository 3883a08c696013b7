import { QUERY_KEYS, QUERY_TABLES, type QueryRow, type QueryRows, type QueryTable } from '../query-rows.ts';
import type { Database } from './database.ts';

/** The tables `incidents`, `plans`, `votes` and `executions`, which follow from the events. */
export type QueryTables = {
  upsert(rows: QueryRows): void;
  /** In the order of their keys. */
  rowsOf(table: QueryTable, incident: string): readonly QueryRow[];
  /** Incidents that a table speaks of. */
  incidentsIn(table: QueryTable): readonly string[];
};

export function prepareQueryTables(db: Database): QueryTables {
  const upserts = new Map<string, ReturnType<Database['prepare']>>();

  function upsert(table: QueryTable, row: QueryRow): void {
    const columns = Object.keys(row);
    const statement = upserts.get(table) ?? db.prepare(upsertSql(table, columns));
    upserts.set(table, statement);
    statement.run(row);
  }

  return {
    upsert(rows) {
      for (const table of QUERY_TABLES) for (const row of rows[table]) upsert(table, row);
    },
    rowsOf(table, incident) {
      const sql = `SELECT * FROM ${table} WHERE ${owner(table)} = ? ORDER BY ${QUERY_KEYS[table].join(', ')}`;
      return db.prepare<[string], QueryRow>(sql).all(incident);
    },
    incidentsIn(table) {
      return db
        .prepare<[], string>(`SELECT DISTINCT ${owner(table)} FROM ${table}`)
        .pluck()
        .all();
    },
  };
}

function owner(table: QueryTable): string {
  return table === 'incidents' ? 'id' : 'incident';
}

function upsertSql(table: QueryTable, columns: readonly string[]): string {
  const keys = QUERY_KEYS[table];
  const changes = columns
    .filter((column) => !keys.includes(column))
    .map((column) => `${column} = excluded.${column}`);
  return `
    INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})
    ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${changes.join(', ')}`;
}
