import { JOB, POD } from '../../kinds.ts';
import type { DeleteJobOperation, DeletePodOperation } from '../../write-operations.ts';
import { eitherFlag, NAMESPACE, readFlags, switchFlag, valueFlag } from '../flags.ts';
import { flagWord, type Grammar, switchWord } from '../grammar.ts';
import { Refused } from '../refusal.ts';
import { oneSubject, requireNamespace } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { falseOr, integerValue } from '../values.ts';

const MAX_GRACE_SECONDS = 3600;

const FLAGS = {
  namespace: NAMESPACE,
  'grace-period': valueFlag(integerValue(0, MAX_GRACE_SECONDS)),
  force: switchFlag(),
  // Whether it went is looked at afterwards; a delete here never waits.
  wait: eitherFlag(falseOr('it is not waited for: leave --wait away')),
};

/** What a line with `delete` means, by its kind. @throws Refused */
export function readDelete(words: readonly Word[]): DeletePodOperation | DeleteJobOperation {
  const { flags, rest } = readFlags(words, FLAGS);
  const { kind, name } = oneSubject(rest, 'delete', [POD, JOB]);
  const namespace = requireNamespace(flags.namespace);
  const grace = flags['grace-period'];
  const force = flags.force !== null;
  if (kind === JOB) {
    if (grace !== null || force) throw new Refused('forced', 'a Job is deleted with its own time to end', 1);
    return { verb: 'delete job', name, namespace };
  }
  if (force && grace !== null && grace !== 0) {
    throw new Refused('conflicting_flags', '--force means a grace period of 0', 1);
  }
  if (!force && grace === 0) {
    throw new Refused('forced', 'a pod without any time to end is killed: say so with --force', 1);
  }
  const graceSeconds = force ? 0 : grace;
  return { verb: 'delete pod', name, namespace, ...(graceSeconds === null ? {} : { graceSeconds }) };
}

export const deletePod: Grammar<DeletePodOperation> = {
  read(words) {
    const operation = readDelete(words);
    if (operation.verb === 'delete pod') return operation;
    throw new Refused('kind_not_for_verb', 'this deletes a Job', 1);
  },
  write: ({ name, namespace, graceSeconds }) => [
    name,
    '-n',
    namespace,
    ...flagWord('grace-period', graceSeconds ?? null),
    ...switchWord('force', graceSeconds === 0),
  ],
};

export const deleteJob: Grammar<DeleteJobOperation> = {
  read(words) {
    const operation = readDelete(words);
    if (operation.verb === 'delete job') return operation;
    throw new Refused('kind_not_for_verb', 'this deletes a Pod', 1);
  },
  write: ({ name, namespace }) => [name, '-n', namespace],
};
