import type { ScaleOperation } from '../../operation.ts';
import { SCALE_KINDS } from '../../write-operations.ts';
import { NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { oneSubject, requireNamespace } from '../subject.ts';
import { integerValue } from '../values.ts';

/** Far above any sane workload; what is sane for a service is its policy's to say. */
const MAX_REPLICAS = 10_000;

const FLAGS = {
  namespace: NAMESPACE,
  replicas: valueFlag(integerValue(0, MAX_REPLICAS)),
  'current-replicas': valueFlag(integerValue(0, MAX_REPLICAS)),
};

export const scale: Grammar<ScaleOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const about = oneSubject(rest, 'scale', SCALE_KINDS);
    const { replicas } = flags;
    if (replicas === null) throw new Refused('replicas_required', 'scale to how many? Add --replicas', 1);
    const namespace = requireNamespace(flags.namespace);
    return { verb: 'scale', ...about, namespace, replicas, currentReplicas: flags['current-replicas'] };
  },
  write({ kind, name, namespace, replicas, currentReplicas }) {
    return [
      `${kind.kind.toLowerCase()}/${name}`,
      ...['-n', namespace],
      ...flagWord('replicas', replicas),
      ...flagWord('current-replicas', currentReplicas),
    ];
  },
};
