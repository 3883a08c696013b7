import { POD } from '../../kinds.ts';
import type { DeletePodOperation } from '../../operation.ts';
import { NAMESPACE, readFlags } from '../flags.ts';
import type { Grammar } from '../grammar.ts';
import { oneSubject, requireNamespace } from '../subject.ts';

const FLAGS = { namespace: NAMESPACE };

export const deletePod: Grammar<DeletePodOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const { name } = oneSubject(rest, 'delete', [POD]);
    return { verb: 'delete pod', name, namespace: requireNamespace(flags.namespace) };
  },
  write: ({ name, namespace }) => [name, '-n', namespace],
};
