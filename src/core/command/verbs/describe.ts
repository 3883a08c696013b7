import { isAsked, type ReadKind } from '../../kinds.ts';
import type { DescribeOperation } from '../../operation.ts';
import { ALL_NAMESPACES, NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { anyNamespaced, flagWord, type Grammar, kindWord, namespaceWords } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { selectorValue } from '../selectors.ts';
import { notTogether, readingNamespace, readKindOf, readSubject } from '../subject.ts';

const FLAGS = {
  namespace: NAMESPACE,
  'all-namespaces': ALL_NAMESPACES,
  selector: valueFlag(selectorValue, 'l'),
};

export const describe: Grammar<DescribeOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const { kinds, names, column } = readSubject(rest, 'describe', readKindOf);
    const [kind, ...moreKinds] = kinds;
    if (kind === undefined || moreKinds.length > 0)
      throw new Refused('mixed_kinds', 'describe takes one kind', column);
    const [name = null, ...moreNames] = names;
    if (moreNames.length > 0)
      throw new Refused('too_many_names', 'describe takes one object at a time', column);
    const { selector, namespace } = flags;
    notTogether([
      { flag: 'a name', on: name !== null },
      { flag: 'a selector', on: selector !== null },
    ]);
    return {
      verb: 'describe',
      kind,
      name,
      namespace: readingNamespace({
        kinds,
        named: name !== null,
        namespace,
        everywhere: flags['all-namespaces'],
      }),
      selector,
    };
  },
  write({ kind, name, namespace, selector }) {
    return [
      ...(name === null ? [kindWord(kind)] : [singularWord(kind), name]),
      ...namespaceWords(namespace, anyNamespaced([kind])),
      ...flagWord('selector', selector),
    ];
  },
};

function singularWord(kind: ReadKind): string {
  return isAsked(kind) ? kindWord(kind) : kind.kind.toLowerCase();
}
