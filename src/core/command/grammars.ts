import type { Operation, ReadOperation, WriteOperation } from '../operation.ts';
import type { Grammar } from './grammar.ts';
import { deletePod } from './verbs/delete-pod.ts';
import { describe } from './verbs/describe.ts';
import { events } from './verbs/events.ts';
import { get } from './verbs/get.ts';
import { logs } from './verbs/logs.ts';
import { rolloutHistory, rolloutRestart, rolloutStatus, rolloutUndo } from './verbs/rollout.ts';
import { scale } from './verbs/scale.ts';
import { top } from './verbs/top.ts';

type GrammarOf<V extends Operation['verb']> = Grammar<Extract<Operation, { verb: V }>>;

/** One grammar for every operation of the registry; a missing one does not compile. */
export const GRAMMARS: { readonly [V in Operation['verb']]: GrammarOf<V> } = {
  get,
  describe,
  logs,
  events,
  top,
  'rollout status': rolloutStatus,
  'rollout history': rolloutHistory,
  'rollout undo': rolloutUndo,
  'rollout restart': rolloutRestart,
  scale,
  'delete pod': deletePod,
};

/** How an operation is reached from the words that kubectl uses for its verb. */
export const READERS: ReadonlyMap<string, Pick<Grammar<ReadOperation>, 'read'>> = new Map<
  string,
  Pick<Grammar<ReadOperation>, 'read'>
>([
  ['get', get],
  ['describe', describe],
  ['logs', logs],
  ['events', events],
  ['top', top],
  ['rollout status', rolloutStatus],
  ['rollout history', rolloutHistory],
]);
export const WRITERS: ReadonlyMap<string, Pick<Grammar<WriteOperation>, 'read'>> = new Map<
  string,
  Pick<Grammar<WriteOperation>, 'read'>
>([
  ['rollout undo', rolloutUndo],
  ['rollout restart', rolloutRestart],
  ['scale', scale],
  ['delete', deletePod],
]);
