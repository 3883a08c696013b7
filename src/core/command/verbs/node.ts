import { NODE } from '../../kinds.ts';
import type { CordonOperation, DrainOperation, UncordonOperation } from '../../write-operations.ts';
import { readFlags, switchFlag, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, switchWord } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { checkKind, kindOf, slashed } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { durationValue, integerValue, nameValue } from '../values.ts';

const MAX_TIMEOUT_SECONDS = 3600;
/** kubectl would wait for ever. */
const DEFAULT_TIMEOUT_SECONDS = 300;

const DRAIN_FLAGS = {
  'ignore-daemonsets': switchFlag(),
  'delete-emptydir-data': switchFlag(),
  force: switchFlag(),
  timeout: valueFlag(durationValue(MAX_TIMEOUT_SECONDS)),
  // 0 would kill, which is what a drain is there to avoid.
  'grace-period': valueFlag(integerValue(1, MAX_TIMEOUT_SECONDS)),
};

export const cordon: Grammar<CordonOperation> = {
  read: (words) => ({ verb: 'cordon', name: oneNode(readFlags(words, {}).rest, 'cordon'), namespace: null }),
  write: ({ name }) => [name],
};

export const uncordon: Grammar<UncordonOperation> = {
  read: (words) => ({
    verb: 'uncordon',
    name: oneNode(readFlags(words, {}).rest, 'uncordon'),
    namespace: null,
  }),
  write: ({ name }) => [name],
};

export const drain: Grammar<DrainOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, DRAIN_FLAGS);
    const name = oneNode(rest, 'drain');
    if (flags['ignore-daemonsets'] === null) {
      throw new Refused(
        'ignore_daemonsets_required',
        "a DaemonSet's pods stay on the node: say that you know it with --ignore-daemonsets",
        1,
      );
    }
    return {
      verb: 'drain',
      name,
      namespace: null,
      deleteEmptyDirData: flags['delete-emptydir-data'] !== null,
      force: flags.force !== null,
      timeoutSeconds: flags.timeout ?? DEFAULT_TIMEOUT_SECONDS,
      graceSeconds: flags['grace-period'],
    };
  },
  write: ({ name, deleteEmptyDirData, force, timeoutSeconds, graceSeconds }) => [
    name,
    '--ignore-daemonsets',
    ...switchWord('delete-emptydir-data', deleteEmptyDirData),
    ...switchWord('force', force),
    ...flagWord('timeout', `${timeoutSeconds}s`),
    ...flagWord('grace-period', graceSeconds),
  ],
};

/** `n1` or `node/n1`, exactly one. @throws Refused */
function oneNode(rest: readonly Word[], verb: string): string {
  const [word, ...more] = rest;
  if (word === undefined) throw new Refused('name_required', `${verb} needs the name of one node`, 1);
  const [extra] = more;
  if (extra !== undefined)
    throw new Refused('too_many_names', `${verb} takes one node at a time`, extra.column);
  if (!word.text.includes('/')) return nameValue(word.text, word);
  const { kind, name } = slashed(word, kindOf);
  checkKind(kind, verb, [NODE], word.column);
  return name;
}
