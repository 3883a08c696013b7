import { parsePath, parseTemplate } from '../../jsonpath/template.ts';
import type { GetOperation } from '../../operation.ts';
import { ALL_NAMESPACES, NAMESPACE, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { anyNamespaced, flagWord, type Grammar, kindWord, namespaceWords, switchWord } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { fieldSelectorValue, selectorValue } from '../selectors.ts';
import { notTogether, readingNamespace, readKindOf, readSubject } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { bad, oneOf, type ValueReader } from '../values.ts';

type Output = Pick<GetOperation, 'output' | 'jsonpath'>;

const JSONPATH = 'jsonpath=';
const outputs = oneOf(['wide', 'yaml', 'json', 'name']);

const outputValue: ValueReader<Output> = (text, word) => {
  if (text === 'jsonpath') throw bad("jsonpath needs a template, such as jsonpath='{.items[*].spec}'", word);
  const [other = ''] = text.split('=');
  if (other !== 'jsonpath' && text.includes('=')) {
    throw bad(`-o ${other} is not taken: use -o wide, yaml, json, name or jsonpath='{…}'`, word);
  }
  if (!text.startsWith(JSONPATH)) return { output: outputs(text, word) };
  const jsonpath = text.slice(JSONPATH.length);
  checkPath(parseTemplate(jsonpath), word);
  return { output: 'jsonpath', jsonpath };
};

const sortByValue: ValueReader<string> = (text, word) => {
  checkPath(parsePath(text), word);
  return text;
};

/** @throws Refused */
function checkPath(read: object, word: Word): void {
  if (!('fault' in read)) return;
  throw new Refused('bad_jsonpath', `this JSONPath is not taken: ${String(read.fault)}`, word.column);
}

const FLAGS = {
  namespace: NAMESPACE,
  'all-namespaces': ALL_NAMESPACES,
  selector: valueFlag(selectorValue, 'l'),
  'field-selector': valueFlag(fieldSelectorValue),
  output: valueFlag(outputValue, 'o'),
  'sort-by': valueFlag(sortByValue),
  'show-labels': switchFlag(),
  'no-headers': switchFlag(),
};

export const get: Grammar<GetOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const { kinds, names, objects } = readSubject(rest, 'get', readKindOf);
    const named = names.length > 0 || objects !== null;
    notTogether([
      { flag: 'names', on: named },
      { flag: 'a selector', on: flags.selector !== null || flags['field-selector'] !== null },
    ]);
    const { output, jsonpath } = flags.output ?? { output: 'table' };
    const table = output === 'table' || output === 'wide';
    for (const flag of ['no-headers', 'show-labels'] as const) {
      notTogether([
        { flag: `--${flag}`, on: flags[flag] !== null },
        { flag: `-o ${output}`, on: !table },
      ]);
    }
    return {
      verb: 'get',
      kinds,
      names,
      ...(objects === null ? {} : { objects }),
      namespace: readingNamespace({
        kinds,
        named,
        namespace: flags.namespace,
        everywhere: flags['all-namespaces'],
      }),
      selector: flags.selector,
      fieldSelector: flags['field-selector'],
      output,
      ...(jsonpath === undefined ? {} : { jsonpath }),
      ...(flags['sort-by'] === null ? {} : { sortBy: flags['sort-by'] }),
      ...(flags['show-labels'] === null ? {} : { showLabels: true }),
      ...(flags['no-headers'] === null ? {} : { noHeaders: true }),
    };
  },
  write(operation) {
    const { kinds, names, objects, namespace, selector, fieldSelector } = operation;
    return [
      ...(objects === undefined
        ? [kinds.map(kindWord).join(','), ...names]
        : objects.map(({ kind, name }) => `${kindWord(kind)}/${name}`)),
      ...namespaceWords(namespace, anyNamespaced(kinds)),
      ...flagWord('selector', selector),
      ...flagWord('field-selector', fieldSelector),
      ...outputWords(operation),
      ...flagWord('sort-by', operation.sortBy ?? null),
      ...switchWord('show-labels', operation.showLabels === true),
      ...switchWord('no-headers', operation.noHeaders === true),
    ];
  },
};

function outputWords({ output, jsonpath }: Output): readonly string[] {
  if (output === 'table') return [];
  return ['-o', output === 'jsonpath' ? `${JSONPATH}${jsonpath ?? ''}` : output];
}
