import { DEPLOYMENT, type KindRef } from '../../kinds.ts';
import {
  PATCH_KINDS,
  type PatchChange,
  type PatchOperation,
  type RolloutPauseOperation,
  type RolloutResumeOperation,
  type ScaleOperation,
} from '../../write-operations.ts';
import { NAMESPACE, readFlags, valueFlag } from '../flags.ts';
import { flagWord, type Grammar } from '../grammar.ts';
import { type PatchText, patchChanges, patchJson, patchText } from '../patch-text.ts';
import { Refused } from '../refusal.ts';
import { oneSubject, requireNamespace } from '../subject.ts';
import type { Word } from '../tokenise.ts';
import { oneOf } from '../values.ts';

const FLAGS = {
  namespace: NAMESPACE,
  type: valueFlag(oneOf(['strategic', 'merge', 'json'])),
  patch: valueFlag(patchText, 'p'),
  subresource: valueFlag(oneOf(['scale'])),
};

const REPLICAS = '/spec/replicas';
const PAUSED = '/spec/paused';

type Patched = {
  readonly kind: KindRef;
  readonly name: string;
  readonly namespace: string;
  readonly changes: readonly PatchChange[];
};

function readPatched(words: readonly Word[]): Patched & { readonly patch: PatchText } {
  const { flags, rest } = readFlags(words, FLAGS);
  const about = oneSubject(rest, 'patch', PATCH_KINDS);
  const { patch } = flags;
  if (patch === null) throw new Refused('change_required', 'patch what? Add -p with the change as JSON', 1);
  const namespace = requireNamespace(flags.namespace);
  const changes = patchChanges(about.kind, flags.type ?? 'strategic', patch);
  if (flags.subresource !== null && changes.some(({ path }) => path !== REPLICAS)) {
    throw new Refused(
      'field_not_allowed',
      'the scale of a workload is its replicas alone',
      patch.word.column,
    );
  }
  return { ...about, namespace, changes, patch };
}

/**
 * What a line with `patch` means. A patch of a workload's replicas is a scale, and one of its `paused` a pause or a
 * resume, under the same rules however they are written; so neither stands together with other fields.
 * @throws Refused
 */
export function readPatch(
  words: readonly Word[],
): PatchOperation | ScaleOperation | RolloutPauseOperation | RolloutResumeOperation {
  const { patch: text, ...patched } = readPatched(words);
  const { changes, ...about } = patched;
  const own = changes.find(({ path }) => path === REPLICAS || path === PAUSED);
  if (own === undefined) return { verb: 'patch', ...patched };
  if (changes.length > 1) {
    const says = `${own.path} is changed alone: everything else in a change of its own`;
    throw new Refused('field_not_allowed', says, text.word.column);
  }
  if (own.path === PAUSED && about.kind === DEPLOYMENT) {
    return { verb: own.value === true ? 'rollout pause' : 'rollout resume', ...about };
  }
  if (typeof own.value !== 'number') throw new Refused('bad_value', 'how many replicas?', text.word.column);
  return { verb: 'scale', ...about, replicas: own.value, currentReplicas: null };
}

export const patch: Grammar<PatchOperation> = {
  read(words) {
    const operation = readPatch(words);
    if (operation.verb === 'patch') return operation;
    throw new Refused('internal', `this patch is a ${operation.verb}`, 1);
  },
  write({ kind, name, namespace, changes }) {
    const { type, text } = patchJson(changes);
    return [`${kind.kind.toLowerCase()}/${name}`, '-n', namespace, ...flagWord('type', type), '-p', text];
  },
};
