import type { ChainFault } from './chain.ts';
import { canonicalJson, sha256 } from './json.ts';

/** The last event of a stream at some moment. */
export type Head = { readonly stream: string; readonly seq: number; readonly hash: string };

/**
 * The heads of all streams that changed since the checkpoint before, chained to it. `position` is the store's number
 * of the last event it covers. A tombstone is the head of a stream that was deleted on purpose.
 */
export type Checkpoint = {
  readonly n: number;
  readonly at: string;
  readonly position: number;
  readonly heads: readonly Head[];
  readonly tombstones: readonly Head[];
  readonly prev: string | null;
  /** What gets published of the last one. */
  readonly hash: string;
};

type Content = Pick<Checkpoint, 'at' | 'position' | 'heads' | 'tombstones'>;

function checkpointHash(checkpoint: Omit<Checkpoint, 'hash'>): string {
  const { n, at, position, heads, tombstones, prev } = checkpoint;
  return sha256(canonicalJson({ n, at, position, heads, tombstones, prev }));
}

/** The checkpoint that follows `last`, null before the first. */
export function nextCheckpoint(last: Checkpoint | null, content: Content): Checkpoint {
  const checkpoint = { n: (last?.n ?? 0) + 1, ...content, prev: last?.hash ?? null };
  return { ...checkpoint, hash: checkpointHash(checkpoint) };
}

/** What the timeline says now: the last sequence number of each stream, and the hash of an event. */
export type Timeline = {
  readonly lastSeq: ReadonlyMap<string, number>;
  readonly hashAt: (stream: string, seq: number) => string | null;
};

/**
 * Recomputes the checkpoints, given oldest first, and compares every head in them with the timeline. With a
 * published head it also finds what was cut off together with the checkpoints that knew of it.
 */
export function firstBrokenCheckpoint(
  checkpoints: readonly Checkpoint[],
  timeline: Timeline,
  published: string | null,
): ChainFault | null {
  const about = (says: string): ChainFault => ({ stream: null, seq: null, says });
  let prev: string | null = null;
  for (const [index, checkpoint] of checkpoints.entries()) {
    if (checkpoint.n !== index + 1) return about(`checkpoint ${index + 1} is missing`);
    if (checkpoint.prev !== prev || checkpointHash(checkpoint) !== checkpoint.hash) {
      return about(`checkpoint ${checkpoint.n} (or the one before it) was changed`);
    }
    prev = checkpoint.hash;
  }

  const buried = new Set(checkpoints.flatMap(({ tombstones }) => tombstones.map((head) => head.stream)));
  for (const { n, heads } of checkpoints) {
    for (const head of heads) {
      const says = buried.has(head.stream) ? graveFault(head, timeline) : headFault(head, n, timeline);
      if (says !== null) return { stream: head.stream, seq: head.seq, says };
    }
  }

  if (published !== null && !checkpoints.some(({ hash }) => hash === published)) {
    return about(
      `the published head ${published} is not among the ${checkpoints.length} checkpoints: ` +
        'what it covered was cut off or rewritten after it was published',
    );
  }
  return null;
}

function graveFault(head: Head, timeline: Timeline): string | null {
  return timeline.lastSeq.has(head.stream) ? 'it has events although a checkpoint says it was deleted' : null;
}

function headFault(head: Head, n: number, timeline: Timeline): string | null {
  const last = timeline.lastSeq.get(head.stream) ?? 0;
  if (last === 0) return `it has vanished: checkpoint ${n} knows it up to event ${head.seq}`;
  if (last < head.seq)
    return `its tail was cut: checkpoint ${n} knows event ${head.seq}, the timeline ends at ${last}`;
  if (timeline.hashAt(head.stream, head.seq) !== head.hash) {
    return `it was rewritten: checkpoint ${n} knows another event ${head.seq}`;
  }
  return null;
}
