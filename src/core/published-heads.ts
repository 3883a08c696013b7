import type { Checkpoint, Head, PublishedHead } from './checkpoint.ts';
import { isJsonObject, type Json } from './json.ts';

const HASH = /sha256:[0-9a-f]{64}/g;

/** A checkpoint as a line of the heads file: all of it, so that what is missing later can be named. */
export function headLine(checkpoint: Checkpoint): string {
  const { n, at, position, heads, tombstones, prev, hash } = checkpoint;
  return `${JSON.stringify({ n, at, position, heads, tombstones, prev, hash })}\n`;
}

/**
 * The heads in a text: lines of a heads file, lines of the log, or any other text that quotes them. `leftOut` are the
 * numbers of lines that begin an object and do not end it, as a crash in the middle of writing leaves them.
 */
export function readPublishedHeads(text: string): {
  readonly heads: readonly PublishedHead[];
  readonly leftOut: readonly number[];
} {
  const heads: PublishedHead[] = [];
  const leftOut: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (!line.trimStart().startsWith('{')) {
      heads.push(...(line.match(HASH) ?? []).map((hash) => ({ hash, checkpoint: null })));
      continue;
    }
    const parsed = parseLine(line);
    if (parsed === null) leftOut.push(index + 1);
    else heads.push(...headsOf(parsed));
  }
  return { heads, leftOut };
}

function parseLine(line: string): Json | null {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return null;
  }
}

function headsOf(line: Json): readonly PublishedHead[] {
  if (!isJsonObject(line)) return [];
  const hash = [line.hash, line.head].find((text) => typeof text === 'string');
  if (typeof hash !== 'string' || hash.match(HASH)?.[0] !== hash) return [];
  return [{ hash, checkpoint: checkpointIn(line, hash) }];
}

function checkpointIn(line: { readonly [key: string]: Json }, hash: string): Checkpoint | null {
  const { n, at, position, prev } = line;
  const [heads, tombstones] = [headList(line.heads), headList(line.tombstones)];
  if (typeof n !== 'number' || typeof at !== 'string' || typeof position !== 'number') return null;
  if (heads === null || tombstones === null || (prev !== null && typeof prev !== 'string')) return null;
  return { n, at, position, heads, tombstones, prev, hash };
}

function headList(list: Json | undefined): readonly Head[] | null {
  if (!Array.isArray(list)) return null;
  const read = list.map((one: Json): Head | null => {
    if (!isJsonObject(one)) return null;
    const { stream, seq, hash } = one;
    if (typeof stream !== 'string' || typeof seq !== 'number' || typeof hash !== 'string') return null;
    return { stream, seq, hash };
  });
  const whole = read.filter((head) => head !== null);
  return whole.length === list.length ? whole : null;
}
