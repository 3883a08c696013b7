import { type ChainFault, firstBrokenLink, type Link } from '../../core/chain.ts';
import { firstBrokenCheckpoint, type PublishedHead } from '../../core/checkpoint.ts';
import { fold, type Incident } from '../../core/incident.ts';
import { QUERY_KEYS, QUERY_TABLES, type QueryRow, type QueryTable, queryRows } from '../query-rows.ts';
import type { Erased, Store, Verified } from '../store.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Database } from './database.ts';
import { type Events, readStored, type Unreadable } from './events.ts';
import type { QueryTables } from './query-tables.ts';

type Parts = { readonly events: Events; readonly checkpoints: Checkpoints; readonly tables: QueryTables };

/** Recomputes everything that can be recomputed, on one snapshot, and stops at the first thing that differs. */
export function prepareVerify(
  db: Database,
  parts: Parts,
): (...published: Parameters<Store['verify']>) => Verified {
  const { events, checkpoints, tables } = parts;
  const erased = db.prepare<[], ErasedRow>(
    'SELECT stream, seq FROM events WHERE erased = 1 ORDER BY stream, seq',
  );
  const newer = db.prepare<[number], number>('SELECT count(*) FROM events WHERE position > ?').pluck();

  function check(published: readonly PublishedHead[]): ChainFault | null {
    const streams = events.streams();
    for (const { stream } of streams) {
      const fault = brokenStream(stream, events.links(stream));
      if (fault !== null) return fault;
    }
    const lastSeq = new Map(streams.map(({ stream, last }) => [stream, last]));
    const broken = firstBrokenCheckpoint(checkpoints.after(0), { lastSeq, hashAt: events.hashAt }, published);
    if (broken !== null) return broken;
    for (const { stream } of streams) {
      const fault = stream === 'system' ? null : brokenRows(stream, events.links(stream), tables);
      if (fault !== null) return fault;
    }
    return strayRow(lastSeq, tables);
  }

  const transaction = db.transaction((published: readonly PublishedHead[]): Verified => {
    const streams = events.streams();
    const gone = erased.all();
    return {
      fault: check(published),
      streams: streams.length,
      events: streams.reduce((sum, stream) => sum + stream.events, 0),
      erased: gone.length,
      erasedFrom: erasedFrom(gone),
      checkpoints: checkpoints.after(0).length,
      uncovered: newer.get(checkpoints.last()?.position ?? 0) ?? 0,
    };
  });
  return (published) => transaction(publishedHeads(published));
}

type ErasedRow = { readonly stream: string; readonly seq: number };

function publishedHeads(published: Parameters<Store['verify']>[0]): readonly PublishedHead[] {
  if (published === null) return [];
  return typeof published === 'string' ? [{ hash: published, checkpoint: null }] : published;
}

function erasedFrom(rows: readonly ErasedRow[]): readonly Erased[] {
  return [...Map.groupBy(rows, ({ stream }) => stream)].map(([stream, gone]) => ({
    stream,
    events: gone.length,
    seqs: ranges(gone.map(({ seq }) => seq)),
  }));
}

/** `3-7, 9` of ascending numbers. */
function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}

function isLink(link: Link | Unreadable): link is Link {
  return !('unreadable' in link);
}

/** The first link of a stream that does not hold, or cannot be read. */
export function brokenStream(stream: string, links: readonly (Link | Unreadable)[]): ChainFault | null {
  const bad = links.findIndex((link) => !isLink(link));
  const good = (bad === -1 ? links : links.slice(0, bad)).filter(isLink);
  const broken = firstBrokenLink(good);
  const unreadable = links[bad];
  if (broken !== null || unreadable === undefined || isLink(unreadable)) return broken;
  return { stream, seq: unreadable.seq, says: unreadable.unreadable };
}

/** Folds a stream and compares what it gives with the query tables. Where retention erased payloads, nothing is left to fold. */
function brokenRows(
  stream: string,
  links: readonly (Link | Unreadable)[],
  tables: QueryTables,
): ChainFault | null {
  let state: Incident | null = null;
  for (const link of links.filter(isLink)) {
    if (link.secret === null) return null;
    try {
      state = fold(state, readStored(link, link.secret.payload));
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      return { stream, seq: link.seq, says: `the events do not follow from one another: ${says}` };
    }
  }
  if (state === null) return null;
  const expected = queryRows(state);
  for (const table of QUERY_TABLES) {
    const says = firstDifference(table, expected[table], tables.rowsOf(table, stream));
    if (says !== null) return { stream, seq: state.seq, says };
  }
  return null;
}

function firstDifference(
  table: QueryTable,
  expected: readonly QueryRow[],
  actual: readonly QueryRow[],
): string | null {
  const name = (row: QueryRow): string => QUERY_KEYS[table].map((key) => row[key]).join(' ');
  const rows = new Map(actual.map((row) => [name(row), row]));
  for (const row of expected) {
    const found = rows.get(name(row));
    if (found === undefined) return `the table ${table} lacks ${name(row)}, which the events tell of`;
    rows.delete(name(row));
    const column = Object.keys(row).find((key) => row[key] !== found[key]);
    if (column !== undefined) {
      const [says, is] = [row[column], found[column]].map((value) => JSON.stringify(value));
      return `the table ${table} says ${column} = ${is} for ${name(row)}, the events say ${says}`;
    }
  }
  const [extra] = rows.keys();
  return extra === undefined ? null : `the table ${table} has ${extra}, which no event tells of`;
}

/** A row of an incident that has no events at all. */
function strayRow(streams: ReadonlyMap<string, number>, tables: QueryTables): ChainFault | null {
  for (const table of QUERY_TABLES) {
    const stray = tables.incidentsIn(table).find((incident) => !streams.has(incident));
    if (stray !== undefined) {
      return { stream: stray, seq: null, says: `the table ${table} speaks of it, but it has no events` };
    }
  }
  return null;
}
