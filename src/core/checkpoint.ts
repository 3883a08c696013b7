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

/** A head as it was published: its hash, with the whole checkpoint where that was kept too. */
export type PublishedHead = { readonly hash: string; readonly checkpoint: Checkpoint | null };

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

const about = (says: string): ChainFault => ({ stream: null, seq: null, says });

/**
 * Recomputes the checkpoints, given oldest first, and compares every head in them with the timeline. With
 * published heads it also finds what was cut off together with the checkpoints that knew of it.
 */
export function firstBrokenCheckpoint(
  checkpoints: readonly Checkpoint[],
  timeline: Timeline,
  published: readonly PublishedHead[],
): ChainFault | null {
  let prev: string | null = null;
  for (const [index, checkpoint] of checkpoints.entries()) {
    if (checkpoint.n !== index + 1) return about(`checkpoint ${index + 1} is missing`);
    if (checkpoint.prev !== prev || checkpointHash(checkpoint) !== checkpoint.hash) {
      return about(`checkpoint ${checkpoint.n} (or the one before it) was changed`);
    }
    prev = checkpoint.hash;
  }

  const buried = new Set(checkpoints.flatMap(({ tombstones }) => tombstones.map((head) => head.stream)));
  for (const checkpoint of checkpoints) {
    const fault = firstBrokenHead(checkpoint, `checkpoint ${checkpoint.n}`, buried, timeline);
    if (fault !== null) return fault;
  }

  const known = new Set(checkpoints.map(({ hash }) => hash));
  for (const head of published) {
    const fault = publishedFault(head, known, buried, timeline);
    if (fault !== null) return fault;
  }
  return null;
}

/** What a published head tells that our own checkpoints do not; which stream it is about only a whole checkpoint says. */
function publishedFault(
  { hash, checkpoint }: PublishedHead,
  known: ReadonlySet<string>,
  buried: ReadonlySet<string>,
  timeline: Timeline,
): ChainFault | null {
  if (checkpoint !== null && checkpointHash(checkpoint) !== hash) {
    return about(`the published checkpoint ${checkpoint.n} does not give its own hash: the copy was changed`);
  }
  if (known.has(hash)) return null;
  const named =
    checkpoint === null
      ? null
      : firstBrokenHead(checkpoint, `the published checkpoint ${checkpoint.n}`, buried, timeline);
  return (
    named ??
    about(
      `the published head ${hash} is not among the ${known.size} checkpoints: ` +
        'what it covered was cut off or rewritten after it was published',
    )
  );
}

function firstBrokenHead(
  { heads }: Checkpoint,
  by: string,
  buried: ReadonlySet<string>,
  timeline: Timeline,
): ChainFault | null {
  for (const head of heads) {
    const says = buried.has(head.stream) ? graveFault(head, timeline) : headFault(head, by, timeline);
    if (says !== null) return { stream: head.stream, seq: head.seq, says };
  }
  return null;
}

function graveFault(head: Head, timeline: Timeline): string | null {
  return timeline.lastSeq.has(head.stream) ? 'it has events although a checkpoint says it was deleted' : null;
}

function headFault(head: Head, by: string, timeline: Timeline): string | null {
  const last = timeline.lastSeq.get(head.stream) ?? 0;
  if (last === 0) return `it has vanished: ${by} knows it up to event ${head.seq}`;
  if (last < head.seq) return `its tail was cut: ${by} knows event ${head.seq}, the timeline ends at ${last}`;
  if (timeline.hashAt(head.stream, head.seq) !== head.hash) {
    return `it was rewritten: ${by} knows another event ${head.seq}`;
  }
  return null;
}
