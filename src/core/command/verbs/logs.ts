import { POD, sameKind } from '../../kinds.ts';
import { LOG_KINDS, type LogsOperation } from '../../read-operations.ts';
import { NAMESPACE, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, switchWord } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { selectorValue } from '../selectors.ts';
import { checkKind, kindOf, notTogether, requireNamespace, slashed } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { containerValue, durationValue, integerValue, nameValue } from '../values.ts';

/** Lines per container where the command does not say, and at most. */
export const DEFAULT_TAIL = 200;
export const MAX_TAIL = 5000;
const MAX_SINCE_SECONDS = 7 * 24 * 3600;

const FLAGS = {
  namespace: NAMESPACE,
  selector: valueFlag(selectorValue, 'l'),
  container: valueFlag(containerValue, 'c'),
  'all-containers': switchFlag(),
  previous: switchFlag('p'),
  timestamps: switchFlag(),
  tail: valueFlag(integerValue(1, MAX_TAIL)),
  since: valueFlag(durationValue(MAX_SINCE_SECONDS)),
};

export const logs: Grammar<LogsOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, FLAGS);
    const [first, second] = rest;
    if (second !== undefined) {
      const says = `"${second.text}" has no place here: a container is named with -c, and one pod or workload at a time`;
      throw new Refused('unexpected_word', says, second.column);
    }
    if (first === undefined && flags.selector === null) {
      throw new Refused('name_required', 'logs needs a pod, a workload (deployment/web) or a selector', 1);
    }
    notTogether([
      { flag: 'a name', on: first !== undefined },
      { flag: 'a selector', on: flags.selector !== null },
    ]);
    notTogether([
      { flag: '--container', on: flags.container !== null },
      { flag: '--all-containers', on: flags['all-containers'] !== null },
    ]);
    return {
      verb: 'logs',
      target: first === undefined ? null : targetOf(first),
      namespace: requireNamespace(flags.namespace),
      selector: flags.selector,
      container: flags.container,
      allContainers: flags['all-containers'] !== null,
      previous: flags.previous !== null,
      timestamps: flags.timestamps !== null,
      tail: flags.tail ?? DEFAULT_TAIL,
      sinceSeconds: flags.since,
    };
  },
  write(operation) {
    const { target, sinceSeconds } = operation;
    const about = target === null ? [] : [wordFor(target)];
    return [
      ...about,
      ...['-n', operation.namespace],
      ...flagWord('selector', operation.selector),
      ...flagWord('container', operation.container),
      ...switchWord('all-containers', operation.allContainers),
      ...switchWord('previous', operation.previous),
      ...switchWord('timestamps', operation.timestamps),
      ...flagWord('tail', operation.tail),
      ...flagWord('since', sinceSeconds === null ? null : `${sinceSeconds}s`),
    ];
  },
};

function targetOf(word: Word): NonNullable<LogsOperation['target']> {
  if (!word.text.includes('/')) return { kind: POD, name: nameValue(word.text, word) };
  const target = slashed(word, kindOf);
  checkKind(target.kind, 'logs', LOG_KINDS, word.column);
  return target;
}

function wordFor(target: NonNullable<LogsOperation['target']>): string {
  return sameKind(target.kind, POD) ? target.name : `${target.kind.kind.toLowerCase()}/${target.name}`;
}
