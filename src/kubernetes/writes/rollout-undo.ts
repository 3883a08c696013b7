import { escapePointer, firstMissing, sameJson, valueAt } from '../../core/diff.ts';
import { text } from '../../core/facts/fields.ts';
import { templateImages } from '../../core/facts/object.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { RolloutUndoOperation } from '../../core/operation.ts';
import { redactJson, redactText } from '../../core/redact.ts';
import { isPaused } from '../../core/rollout.ts';
import { fetchObject } from '../lists.ts';
import { presentRevision } from '../present-revision.ts';
import type { Reading } from '../reading.ts';
import { type Revision, revisionsOf } from '../revisions.ts';
import { annotationSteps, changeSteps, type PatchStep, testStep } from './patch.ts';
import { NO_FACTS, type NoProposal, type Proposal, refuse } from './proposal.ts';
import { asArgument, count, nameOf, replicasOf, shortImages, templateMark } from './workload.ts';

const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** `kubectl rollout undo`: the template of an earlier revision, put back. @throws ReadFailed */
export async function prepareUndo(
  reading: Reading,
  operation: RolloutUndoOperation,
): Promise<Proposal | NoProposal> {
  const { kind, namespace, name } = operation;
  const live = await fetchObject(reading, kind, namespace, name);
  if (isPaused(live)) return refuse(`${nameOf(live)} is paused: a rollback would wait until it is resumed.`);
  const revisions = await revisionsOf(reading, live);
  const present = presentRevision(live, revisions);
  if (present === undefined)
    return refuse(`${nameOf(live)} has no revision on record, so there is nothing to go back to.`);
  const target = chosen(operation, revisions, present);
  if (target === undefined) return refuse(noTarget(operation, live, revisions, present));
  const template = valueAt(live, '/spec/template') ?? null;
  if (sameJson(template, target.template)) {
    return refuse(
      `${nameOf(live)} already runs what revision ${target.number} held: there is nothing to roll back.`,
    );
  }
  const changes = changeSteps(template, target.template, '/spec/template');
  const hidden = changes.find((step) => carriesSecret(step, live));
  if (hidden !== undefined) {
    return refuse(
      `Revision ${target.number} of ${nameOf(live)} differs in a value that looks like a secret (${hidden.path}), which firstmate does not carry. Roll it back by hand: kubectl rollout undo ${asArgument(kind, namespace, name)} --to-revision=${target.number}`,
    );
  }
  const replicas = replicasOf(live);
  const backTo = `rollout undo ${asArgument(kind, namespace, name)} --to-revision=${present.number}`;
  return {
    changes: [
      {
        kind,
        live,
        change: { do: 'patch', steps: [...templateTests(live), ...changes, ...causeSteps(live, target)] },
        reviewed: ['/spec/template'],
      },
    ],
    inverse: {
      operation: { ...operation, toRevision: present.number },
      command: `kubectl ${backTo}`,
      says: `Roll it forward again to revision ${present.number}: kubectl ${backTo}`,
    },
    blast: {
      objects: 1,
      pods: replicas,
      says: `${count(replicas, 'pod')} of ${nameOf(live)}, replaced step by step as its rollout strategy says`,
    },
    fromVersion: version(present, templateImages(template)),
    toVersion: version(target, templateImages(target.template)),
    facts: {
      ...NO_FACTS,
      images: templateImages(target.template),
      versionsBack: revisions.filter((one) => one.number > target.number && one.number <= present.number)
        .length,
    },
  };
}

function chosen(
  { toRevision }: RolloutUndoOperation,
  revisions: readonly Revision[],
  present: Revision,
): Revision | undefined {
  if (toRevision !== null) return revisions.find((one) => one.number === toRevision);
  return revisions.find((one) => one.number < present.number);
}

function noTarget(
  { toRevision }: RolloutUndoOperation,
  live: JsonObject,
  revisions: readonly Revision[],
  present: Revision,
): string {
  if (toRevision === null) {
    return `${nameOf(live)} has no revision before ${present.number}: there is nothing to roll back to.`;
  }
  const known = revisions.map((one) => one.number).join(', ');
  return `${nameOf(live)} has no revision ${toRevision} any more; it keeps ${known}.`;
}

function version(revision: Revision, images: readonly string[]): string {
  return `${shortImages(images)} (revision ${revision.number})`;
}

/** Whether a step would write down, or show, what looks like a secret. */
function carriesSecret(step: PatchStep, live: JsonObject): boolean {
  if (step.op === 'remove') return false;
  const cut = step.path.lastIndexOf('/');
  // An environment variable's name stands beside its value, not in the pointer.
  const name = valueAt(live, `${step.path.slice(0, cut)}/name`) ?? '';
  const whole: Json = { name, [step.path.slice(cut + 1)]: step.value };
  return !sameJson(redactJson(whole), whole);
}

function templateTests(live: JsonObject): readonly PatchStep[] {
  return templateMark(live)
    .filter((pointer) => firstMissing(live, pointer) === pointer && valueAt(live, pointer) !== undefined)
    .map((pointer) => testStep(live, pointer));
}

/**
 * The change cause belongs to the template: history would tell the wrong one otherwise, as kubectl knows too. One that
 * looks like a secret stays where it is: a wrong note is the lesser harm.
 */
function causeSteps(live: JsonObject, target: Revision): readonly PatchStep[] {
  const now = text(live, 'metadata', 'annotations', CHANGE_CAUSE);
  if ([now, target.changeCause].some((cause) => redactText(cause) !== cause)) return [];
  if (now === target.changeCause || !isJsonObject(valueAt(live, '/metadata/annotations') ?? null)) return [];
  const pointer = `/metadata/annotations/${escapePointer(CHANGE_CAUSE)}`;
  return [
    testStep(live, pointer),
    ...annotationSteps(live, { [CHANGE_CAUSE]: target.changeCause === '' ? null : target.changeCause }),
  ];
}
