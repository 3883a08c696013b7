import { type KindRef, ROLLOUT_KINDS } from '../../kinds.ts';
import type {
  RolloutHistoryOperation,
  RolloutPauseOperation,
  RolloutRestartOperation,
  RolloutResumeOperation,
  RolloutStatusOperation,
  RolloutUndoOperation,
} from '../../operation.ts';
import { PAUSE_KINDS } from '../../write-operations.ts';
import { eitherFlag, NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar } from '../grammar.ts';
import { oneSubject, requireNamespace } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { durationValue, falseOr, integerValue } from '../values.ts';

const MAX_REVISION = 999_999_999;
const MAX_TIMEOUT_SECONDS = 3600;
const revision = valueFlag(integerValue(1, MAX_REVISION));

const STATUS_FLAGS = {
  namespace: NAMESPACE,
  // One look, which does not wait: it stays within any time that a line allows for waiting.
  timeout: valueFlag(durationValue(MAX_TIMEOUT_SECONDS)),
  watch: eitherFlag(falseOr('it is looked at once: leave --watch away'), 'w'),
};
const HISTORY_FLAGS = { namespace: NAMESPACE, revision };
const UNDO_FLAGS = { namespace: NAMESPACE, 'to-revision': revision };
const PLAIN_FLAGS = { namespace: NAMESPACE };

export const rolloutStatus: Grammar<RolloutStatusOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, STATUS_FLAGS);
    return { verb: 'rollout status', ...workload(rest, 'rollout status', flags.namespace) };
  },
  write: workloadWords,
};

export const rolloutHistory: Grammar<RolloutHistoryOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, HISTORY_FLAGS);
    const about = workload(rest, 'rollout history', flags.namespace);
    return { verb: 'rollout history', ...about, revision: flags.revision };
  },
  write: (operation) => [...workloadWords(operation), ...flagWord('revision', operation.revision)],
};

export const rolloutUndo: Grammar<RolloutUndoOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, UNDO_FLAGS);
    const about = workload(rest, 'rollout undo', flags.namespace);
    return { verb: 'rollout undo', ...about, toRevision: flags['to-revision'] };
  },
  write: (operation) => [...workloadWords(operation), ...flagWord('to-revision', operation.toRevision)],
};

export const rolloutRestart: Grammar<RolloutRestartOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, PLAIN_FLAGS);
    return { verb: 'rollout restart', ...workload(rest, 'rollout restart', flags.namespace) };
  },
  write: workloadWords,
};

export const rolloutPause: Grammar<RolloutPauseOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, PLAIN_FLAGS);
    return { verb: 'rollout pause', ...workload(rest, 'rollout pause', flags.namespace, PAUSE_KINDS) };
  },
  write: workloadWords,
};

export const rolloutResume: Grammar<RolloutResumeOperation> = {
  read(words) {
    const { flags, rest } = readFlags(words, PLAIN_FLAGS);
    return { verb: 'rollout resume', ...workload(rest, 'rollout resume', flags.namespace, PAUSE_KINDS) };
  },
  write: workloadWords,
};

function workload(
  rest: readonly Word[],
  verb: string,
  namespace: string | null,
  kinds: readonly KindRef[] = ROLLOUT_KINDS,
) {
  return { ...oneSubject(rest, verb, kinds), namespace: requireNamespace(namespace) };
}

function workloadWords(operation: {
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
}): readonly string[] {
  return [`${operation.kind.kind.toLowerCase()}/${operation.name}`, '-n', operation.namespace];
}
