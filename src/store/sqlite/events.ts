import type { Actor } from '../../core/actor.ts';
import type { Chained, Link } from '../../core/chain.ts';
import type { Cause, TimelineEvent } from '../../core/events.ts';
import { canonicalJson } from '../../core/json.ts';
import { upcast } from '../upcast.ts';
import type { Database } from './database.ts';

type EventRow = {
  readonly position: number;
  readonly id: string;
  readonly stream: string;
  readonly seq: number;
  readonly type: string;
  readonly v: number;
  readonly recorded_at: string;
  readonly occurred_at: string;
  readonly actor: string;
  readonly cause: string | null;
  readonly payload: string | null;
  readonly salt: string | null;
  readonly payload_hash: string;
  readonly hash: string;
  readonly erased: number;
};

/** The table `events`. */
export type Events = {
  insert(link: Link): void;
  last(stream: string): { readonly seq: number; readonly hash: string } | null;
  /** From a sequence number on; 1 for all. @throws Error when a payload was erased or a newer firstmate wrote it */
  from(stream: string, seq: number): readonly Chained[];
  /** As they lie there, for recomputing. */
  links(stream: string): readonly (Link | Unreadable)[];
  streams(): readonly { readonly stream: string; readonly last: number; readonly events: number }[];
  hashAt(stream: string, seq: number): string | null;
};

/** A row whose columns are not what an append writes. */
export type Unreadable = { readonly seq: number; readonly unreadable: string };

export function prepareEvents(db: Database): Events {
  const insert = db.prepare(`
    INSERT INTO events (id, stream, seq, type, v, recorded_at, occurred_at, actor, cause, payload, salt, payload_hash, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const last = db.prepare<[string], { seq: number; hash: string }>(
    'SELECT seq, hash FROM events WHERE stream = ? ORDER BY seq DESC LIMIT 1',
  );
  const from = db.prepare<[string, number], EventRow>(
    'SELECT * FROM events WHERE stream = ? AND seq >= ? ORDER BY seq',
  );
  const streams = db.prepare<[], { stream: string; last: number; events: number }>(
    'SELECT stream, max(seq) AS last, count(*) AS events FROM events GROUP BY stream ORDER BY min(position)',
  );
  const hashAt = db
    .prepare<[string, number], string>('SELECT hash FROM events WHERE stream = ? AND seq = ?')
    .pluck();

  return {
    insert(link) {
      insert.run(
        link.id,
        link.stream,
        link.seq,
        link.type,
        link.v,
        link.recordedAt,
        link.occurredAt,
        canonicalJson(link.actor),
        link.cause === null ? null : canonicalJson(link.cause),
        link.secret?.payload ?? null,
        link.secret?.salt ?? null,
        link.payloadHash,
        link.hash,
      );
    },
    last: (stream) => last.get(stream) ?? null,
    from: (stream, seq) => from.all(stream, seq).map((row) => readEvent(row)),
    links: (stream) => from.all(stream, 1).map((row) => readLink(row)),
    streams: () => streams.all(),
    hashAt: (stream, seq) => hashAt.get(stream, seq) ?? null,
  };
}

function readEvent(row: EventRow): Chained {
  if (row.payload === null) {
    throw new Error(`event ${row.seq} of ${row.stream} was erased by retention; what it said is gone`);
  }
  return readStored(toLink(row), row.payload);
}

/** The event that a stored row says; its payload is the parsed text, brought up to the present version. */
export function readStored(link: Link, payload: string): Chained {
  const { payloadHash: _hash, secret: _secret, ...header } = link;
  // Only append writes rows, from a TimelineEvent; the chain tells when anybody else did.
  return { ...header, ...upcast(link.type, link.v, JSON.parse(payload)) } as TimelineEvent & { hash: string };
}

function readLink(row: EventRow): Link | Unreadable {
  try {
    const link = toLink(row);
    const same =
      canonicalJson(link.actor) === row.actor &&
      (link.cause === null ? null : canonicalJson(link.cause)) === row.cause;
    return same ? link : { seq: row.seq, unreadable: 'its actor or cause is not as it was written' };
  } catch {
    return { seq: row.seq, unreadable: 'its actor or cause cannot be read' };
  }
}

function toLink(row: EventRow): Link {
  return {
    id: row.id,
    stream: row.stream,
    seq: row.seq,
    type: row.type,
    v: row.v,
    recordedAt: row.recorded_at,
    occurredAt: row.occurred_at,
    actor: JSON.parse(row.actor) as Actor,
    cause: row.cause === null ? null : (JSON.parse(row.cause) as Cause),
    secret: row.payload === null || row.salt === null ? null : { salt: row.salt, payload: row.payload },
    payloadHash: row.payload_hash,
    hash: row.hash,
  };
}
