import type { VersionOperation } from '../../operation.ts';
import { readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar } from '../grammar.ts';
import { noWords } from '../subject.ts';
import { oneOf } from '../values.ts';

const FLAGS = { output: valueFlag(oneOf(['yaml', 'json']), 'o') };

export const version: Grammar<VersionOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    noWords(rest);
    return { verb: 'version', output: flags.output ?? 'text' };
  },
  write: ({ output }) => flagWord('output', output === 'text' ? null : output),
};
