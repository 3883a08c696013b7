import type { GetOperation } from '../../operation.ts';
import { ALL_NAMESPACES, NAMESPACE, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, namespaceWords, switchWord } from '../grammar.ts';
import { fieldSelectorValue, selectorValue } from '../selectors.ts';
import { notTogether, readingNamespace, readSubject } from '../subject.ts';
import { oneOf } from '../values.ts';

const FLAGS = {
  namespace: NAMESPACE,
  'all-namespaces': ALL_NAMESPACES,
  selector: valueFlag(selectorValue, 'l'),
  'field-selector': valueFlag(fieldSelectorValue),
  output: valueFlag(oneOf(['wide', 'yaml', 'json', 'name']), 'o'),
  'no-headers': switchFlag(),
};

export const get: Grammar<GetOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const { kinds, names } = readSubject(rest, 'get');
    const named = names.length > 0;
    notTogether([
      { flag: 'names', on: named },
      { flag: 'a selector', on: flags.selector !== null || flags['field-selector'] !== null },
    ]);
    const output = flags.output ?? 'table';
    notTogether([
      { flag: '--no-headers', on: flags['no-headers'] !== null },
      { flag: `-o ${output}`, on: output !== 'table' && output !== 'wide' },
    ]);
    return {
      verb: 'get',
      kinds,
      names,
      namespace: readingNamespace({
        kinds,
        named,
        namespace: flags.namespace,
        everywhere: flags['all-namespaces'],
      }),
      selector: flags.selector,
      fieldSelector: flags['field-selector'],
      output,
      ...(flags['no-headers'] === null ? {} : { noHeaders: true }),
    };
  },
  write(operation) {
    const { kinds, names, namespace, selector, fieldSelector, output } = operation;
    return [
      kinds.map((kind) => kind.resource).join(','),
      ...names,
      ...namespaceWords(
        namespace,
        kinds.some((kind) => kind.namespaced),
      ),
      ...flagWord('selector', selector),
      ...flagWord('field-selector', fieldSelector),
      ...(output === 'table' ? [] : ['-o', output]),
      ...switchWord('no-headers', operation.noHeaders === true),
    ];
  },
};
