import { NODE, POD } from '../../kinds.ts';
import type { TopOperation } from '../../operation.ts';
import { ALL_NAMESPACES, NAMESPACE, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, namespaceWords, switchWord } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { selectorValue } from '../selectors.ts';
import { notTogether, noWords, readingNamespace } from '../subject.ts';
import { nameValue, oneOf } from '../values.ts';

const FLAGS = {
  namespace: NAMESPACE,
  'all-namespaces': ALL_NAMESPACES,
  selector: valueFlag(selectorValue, 'l'),
  containers: switchFlag(),
  'sort-by': valueFlag(oneOf(['cpu', 'memory'])),
  'no-headers': switchFlag(),
};
const WORDS: ReadonlyMap<string, TopOperation['what']> = new Map([
  ...['pod', 'pods', 'po'].map((word): [string, 'pods'] => [word, 'pods']),
  ...['node', 'nodes', 'no'].map((word): [string, 'nodes'] => [word, 'nodes']),
]);

export const top: Grammar<TopOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const [first, second, ...more] = rest;
    const what = WORDS.get(first?.text ?? '');
    if (first === undefined || what === undefined) {
      throw new Refused('kind_required', 'top takes pods or nodes', first?.column ?? 1);
    }
    noWords(more);
    const name = second === undefined ? null : nameValue(second.text, second);
    const { selector, containers } = flags;
    notTogether([
      { flag: 'a name', on: name !== null },
      { flag: 'a selector', on: selector !== null },
    ]);
    notTogether([
      { flag: 'nodes', on: what === 'nodes' },
      { flag: '--containers', on: containers !== null },
    ]);
    const namespace = readingNamespace({
      kinds: [what === 'pods' ? POD : NODE],
      named: name !== null,
      namespace: flags.namespace,
      everywhere: flags['all-namespaces'],
    });
    return {
      verb: 'top',
      what,
      name,
      namespace,
      selector,
      containers: containers !== null,
      ...(flags['sort-by'] === 'memory' ? { sortBy: 'memory' } : {}),
      ...(flags['no-headers'] === null ? {} : { noHeaders: true }),
    };
  },
  write({ what, name, namespace, selector, containers, sortBy, noHeaders }) {
    return [
      what,
      ...(name === null ? [] : [name]),
      ...namespaceWords(namespace, what === 'pods'),
      ...flagWord('selector', selector),
      ...switchWord('containers', containers),
      ...flagWord('sort-by', sortBy ?? null),
      ...switchWord('no-headers', noHeaders === true),
    ];
  },
};
