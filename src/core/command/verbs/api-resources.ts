import type { ApiResourcesOperation } from '../../operation.ts';
import { eitherFlag, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, switchWord } from '../grammar.ts';
import { notTogether, noWords } from '../subject.ts';
import { bad, isDnsSubdomain, oneOf, type ValueReader } from '../values.ts';

/** The core group has no name. */
const groupValue: ValueReader<string> = (text, word) => {
  if (text !== '' && !isDnsSubdomain(text)) throw bad(`"${text}" is not an API group`, word);
  return text;
};

const FLAGS = {
  'api-group': valueFlag(groupValue),
  namespaced: eitherFlag(oneOf(['true', 'false'])),
  output: valueFlag(oneOf(['wide', 'name']), 'o'),
  'no-headers': switchFlag(),
};

export const apiResources: Grammar<ApiResourcesOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    noWords(rest);
    const output = flags.output ?? 'table';
    notTogether([
      { flag: '--no-headers', on: flags['no-headers'] !== null },
      { flag: '-o name', on: output === 'name' },
    ]);
    return {
      verb: 'api-resources',
      group: flags['api-group'],
      namespaced: flags.namespaced === null ? null : flags.namespaced === 'true',
      output,
      ...(flags['no-headers'] === null ? {} : { noHeaders: true }),
    };
  },
  write({ group, namespaced, output, noHeaders }) {
    return [
      ...flagWord('api-group', group),
      ...flagWord('namespaced', namespaced === null ? null : String(namespaced)),
      ...flagWord('output', output === 'table' ? null : output),
      ...switchWord('no-headers', noHeaders === true),
    ];
  },
};
