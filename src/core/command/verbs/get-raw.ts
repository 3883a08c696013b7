import { type GetRawOperation, RAW_PATHS } from '../../read-operations.ts';
import { readFlags, valueFlag } from '../flags.ts';
import type { Grammar } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { noWords } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import type { ValueReader } from '../values.ts';

type Raw = Pick<GetRawOperation, 'path' | 'verbose'>;

const VERBOSE = '?verbose';
/** Every text that `--raw` may say. A path is compared as a whole, and never taken apart. */
const TEXTS: ReadonlyMap<string, Raw> = new Map(
  RAW_PATHS.flatMap((path): [string, Raw][] => [
    [path, { path, verbose: false }],
    ...(path === '/version'
      ? []
      : ([[`${path}${VERBOSE}`, { path, verbose: true }]] satisfies [string, Raw][])),
  ]),
);

const rawValue: ValueReader<Raw> = (text, word) => {
  const raw = TEXTS.get(text);
  if (raw !== undefined) return raw;
  const says = `"--raw" takes ${[...TEXTS.keys()].join(', ')}, and nothing else`;
  throw new Refused('forbidden_path', says, word.column);
};

const FLAGS = { raw: valueFlag(rawValue) };

/** Whether `get` is meant so: with `--raw` kubectl takes neither a kind nor another flag. */
export function asksForPath(words: readonly Word[]): boolean {
  return words.some(({ text }) => text === '--raw' || text.startsWith('--raw='));
}

export const getRaw: Grammar<GetRawOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    noWords(rest);
    if (flags.raw === null) throw new Refused('missing_value', '--raw has no value', 1);
    return { verb: 'get --raw', ...flags.raw };
  },
  write: ({ path, verbose }) => [verbose ? `${path}${VERBOSE}` : path],
};
