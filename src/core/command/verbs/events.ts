import { EVENT } from '../../kinds.ts';
import type { EventsOperation } from '../../operation.ts';
import { ALL_NAMESPACES, NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, namespaceWords } from '../grammar.ts';
import { kindOf, noWords, readingNamespace, slashed } from '../subject.ts';
import { bad, type ValueReader } from '../values.ts';

type EventType = 'Normal' | 'Warning';
const TYPES: readonly EventType[] = ['Normal', 'Warning'];

const typesValue: ValueReader<readonly EventType[]> = (text, word) => {
  const types = text.split(',').map((part) => {
    const type = TYPES.find((known) => known.toLowerCase() === part.toLowerCase());
    if (type === undefined) throw bad(`"${part}" is not Normal or Warning`, word);
    return type;
  });
  if (new Set(types).size < types.length) throw bad(`"${text}" names a type twice`, word);
  return types;
};

const FLAGS = {
  namespace: NAMESPACE,
  'all-namespaces': ALL_NAMESPACES,
  for: valueFlag((text, word) => slashed({ text, column: word.column }, kindOf)),
  types: valueFlag(typesValue),
};

export const events: Grammar<EventsOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    noWords(rest);
    return {
      verb: 'events',
      namespace: readingNamespace({
        kinds: [EVENT],
        named: false,
        namespace: flags.namespace,
        everywhere: flags['all-namespaces'],
      }),
      for: flags.for,
      types: flags.types ?? [],
    };
  },
  write({ namespace, for: about, types }) {
    return [
      ...namespaceWords(namespace, true),
      ...flagWord('for', about === null ? null : `${about.kind.kind.toLowerCase()}/${about.name}`),
      ...flagWord('types', types.length === 0 ? null : types.join(',')),
    ];
  },
};
