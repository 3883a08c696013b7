import { type Checkpoint, type Head, nextCheckpoint } from '../../core/checkpoint.ts';
import type { Database } from './database.ts';

type Row = Omit<Checkpoint, 'heads' | 'tombstones'> & { readonly heads: string; readonly tombstones: string };

/** The table `checkpoints`. */
export type Checkpoints = {
  /** Writes one when a stream changed since the last; gives the last. */
  write(at: string): Checkpoint | null;
  last(): Checkpoint | null;
  /** With a higher number than this, oldest first. */
  after(n: number): readonly Checkpoint[];
};

export function prepareCheckpoints(db: Database): Checkpoints {
  const last = db.prepare<[], Row>('SELECT * FROM checkpoints ORDER BY n DESC LIMIT 1');
  const after = db.prepare<[number], Row>('SELECT * FROM checkpoints WHERE n > ? ORDER BY n');
  const position = db.prepare<[], number | null>('SELECT max(position) FROM events').pluck();
  // Beside max(), SQLite takes the other columns from the row that has the maximum.
  const changed = db.prepare<[number], Head>(
    'SELECT stream, max(seq) AS seq, hash FROM events WHERE position > ? GROUP BY stream ORDER BY stream',
  );
  const insert = db.prepare(
    `INSERT INTO checkpoints (n, at, position, heads, tombstones, prev, hash)
     VALUES (@n, @at, @position, @heads, @tombstones, @prev, @hash)`,
  );

  const write = db.transaction((at: string): Checkpoint | null => {
    const row = last.get();
    const before = row === undefined ? null : read(row);
    const until = position.get() ?? 0;
    if (until <= (before?.position ?? 0)) return before;
    const heads = changed.all(before?.position ?? 0);
    const checkpoint = nextCheckpoint(before, { at, position: until, heads, tombstones: [] });
    insert.run({
      ...checkpoint,
      heads: JSON.stringify(checkpoint.heads),
      tombstones: JSON.stringify(checkpoint.tombstones),
    });
    return checkpoint;
  });

  return {
    write: (at) => write.immediate(at),
    last() {
      const row = last.get();
      return row === undefined ? null : read(row);
    },
    after: (n) => after.all(n).map((row) => read(row)),
  };
}

function read(row: Row): Checkpoint {
  return { ...row, heads: readHeads(row.heads), tombstones: readHeads(row.tombstones) };
}

/** Written by `write` above; whatever else stands there does not have the checkpoint's hash. */
function readHeads(text: string): readonly Head[] {
  try {
    return JSON.parse(text) as readonly Head[];
  } catch {
    return [];
  }
}
