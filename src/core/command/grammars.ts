import type { Operation, ReadOperation, WriteOperation } from '../operation.ts';
import type { Grammar } from './grammar.ts';
import { apiResources } from './verbs/api-resources.ts';
import { authCanI } from './verbs/auth-can-i.ts';
import { deleteJob, deletePod, readDelete } from './verbs/delete.ts';
import { describe } from './verbs/describe.ts';
import { events } from './verbs/events.ts';
import { get } from './verbs/get.ts';
import { asksForPath, getRaw } from './verbs/get-raw.ts';
import { logs } from './verbs/logs.ts';
import { annotate, label } from './verbs/metadata.ts';
import { cordon, drain, uncordon } from './verbs/node.ts';
import { patch, readPatch } from './verbs/patch.ts';
import {
  rolloutHistory,
  rolloutPause,
  rolloutRestart,
  rolloutResume,
  rolloutStatus,
  rolloutUndo,
} from './verbs/rollout.ts';
import { scale } from './verbs/scale.ts';
import { setImage, setResources } from './verbs/set.ts';
import { top } from './verbs/top.ts';
import { version } from './verbs/version.ts';

type GrammarOf<V extends Operation['verb']> = Grammar<Extract<Operation, { verb: V }>>;

/** One grammar for every operation of the registry; a missing one does not compile. */
export const GRAMMARS: { readonly [V in Operation['verb']]: GrammarOf<V> } = {
  get,
  'get --raw': getRaw,
  describe,
  logs,
  events,
  top,
  'rollout status': rolloutStatus,
  'rollout history': rolloutHistory,
  'auth can-i': authCanI,
  version,
  'api-resources': apiResources,
  'rollout undo': rolloutUndo,
  'rollout restart': rolloutRestart,
  'rollout pause': rolloutPause,
  'rollout resume': rolloutResume,
  scale,
  'set image': setImage,
  'set resources': setResources,
  cordon,
  uncordon,
  drain,
  'delete pod': deletePod,
  'delete job': deleteJob,
  label,
  annotate,
  patch,
};

/** How an operation is reached from the words that kubectl uses for its verb. */
export const READERS: ReadonlyMap<string, Pick<Grammar<ReadOperation>, 'read'>> = new Map<
  string,
  Pick<Grammar<ReadOperation>, 'read'>
>([
  ['get', { read: (words) => (asksForPath(words) ? getRaw.read(words) : get.read(words)) }],
  ['describe', describe],
  ['logs', logs],
  ['events', events],
  ['top', top],
  ['rollout status', rolloutStatus],
  ['rollout history', rolloutHistory],
  ['auth can-i', authCanI],
  ['version', version],
  ['api-resources', apiResources],
]);
export const WRITERS: ReadonlyMap<string, Pick<Grammar<WriteOperation>, 'read'>> = new Map<
  string,
  Pick<Grammar<WriteOperation>, 'read'>
>([
  ['rollout undo', rolloutUndo],
  ['rollout restart', rolloutRestart],
  ['rollout pause', rolloutPause],
  ['rollout resume', rolloutResume],
  ['scale', scale],
  ['set image', setImage],
  ['set resources', setResources],
  ['cordon', cordon],
  ['uncordon', uncordon],
  ['drain', drain],
  ['delete', { read: readDelete }],
  ['label', label],
  ['annotate', annotate],
  ['patch', { read: readPatch }],
]);
