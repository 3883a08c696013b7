import type { Difference } from '../core/diff.ts';
import { differences, fieldChanges } from '../core/diff.ts';
import { text } from '../core/facts/fields.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { apiVersionOf } from '../core/kinds.ts';
import { type FieldChange, type ObjectRef, objectName } from '../core/kube.ts';
import type { WriteOperation } from '../core/operation.ts';
import type { Draft } from '../core/plan.ts';
import type { ClusterRehearser, Rehearsal } from '../core/ports/cluster.ts';
import { redactJson, redactText } from '../core/redact.ts';
import { NoCredentials } from './connection.ts';
import { exchange } from './exchange.ts';
import { ReadFailed, serverWords } from './faults.ts';
import { type GateOptions, RefusedByGate } from './gate.ts';
import { openReading, type ReaderParts, type Reading } from './reading.ts';
import { TransportFault } from './transport.ts';
import { prepareDeletePod } from './writes/delete-pod.ts';
import { freeze } from './writes/freeze.ts';
import type { NoProposal, Preparing, Proposal } from './writes/proposal.ts';
import { reviewedFields } from './writes/reviewed.ts';
import { prepareRestart } from './writes/rollout-restart.ts';
import { prepareUndo } from './writes/rollout-undo.ts';
import { prepareScale } from './writes/scale.ts';

export type WriterParts = {
  /** The reading identity: targets are looked at with it. */
  readonly read: ReaderParts;
  /** The writing identity: rehearsals and writes are sent with it. */
  readonly gate: GateOptions;
};

function prepare(
  reading: Reading,
  operation: WriteOperation,
  about: Preparing,
): Promise<Proposal | NoProposal> {
  switch (operation.verb) {
    case 'rollout undo':
      return prepareUndo(reading, operation);
    case 'rollout restart':
      return prepareRestart(reading, operation, about);
    case 'scale':
      return prepareScale(reading, operation);
    case 'delete pod':
      return prepareDeletePod(reading, operation);
  }
}

const failed = (says: string): Rehearsal => ({ status: 'failed', says: redactText(says) });

/**
 * The rehearse grant for one cluster: resolves an operation's target, freezes its request, sends that very request as a
 * server dry run and tells what it would change. Nothing is stored in the cluster.
 */
export function clusterRehearser(parts: WriterParts): ClusterRehearser {
  return {
    async rehearse(operation, about): Promise<Rehearsal> {
      const { cluster } = parts.gate;
      try {
        const reading = openReading(parts.read, about);
        const proposal = await prepare(reading, operation, about);
        if ('refused' in proposal) return failed(proposal.refused);
        const request = freeze(proposal, about.plan);
        const signal = AbortSignal.any([about.signal, AbortSignal.timeout(about.timeoutMs)]);
        const response = await exchange(parts.gate, { kind: 'rehearse', request }, request, signal);
        const body = await response.body.text();
        const status = response.httpStatusCode;
        if (status < 200 || status > 299) return failed(refusedBy(cluster, status, body));
        const warnings = warningTexts(response.headers.warning);
        return draft(cluster, proposal, request, { body, warnings });
      } catch (error) {
        return failed(whyNot(cluster, error, about.signal));
      }
    },
  };
}

function draft(
  cluster: string,
  proposal: Proposal,
  request: Draft['requests'][number],
  answer: { readonly body: string; readonly warnings: readonly string[] },
): Rehearsal {
  const { kind, live } = proposal;
  const ref: ObjectRef = {
    cluster,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    namespace: text(live, 'metadata', 'namespace'),
    name: text(live, 'metadata', 'name'),
  };
  const found = proposal.change === 'delete' ? [] : differences(live, jsonObject(answer.body));
  if (proposal.change !== 'delete' && found.length === 0) {
    return failed(`The cluster ${cluster} says that this changes nothing in ${objectName(ref)}.`);
  }
  const shown = found
    .map((one) => one.pointer)
    .filter(
      (pointer) => !proposal.reviewed.some((wide) => pointer === wide || pointer.startsWith(`${wide}/`)),
    );
  const { inverse, blast, fromVersion, toVersion, facts } = proposal;
  return {
    status: 'ok',
    draft: {
      requests: [request],
      warnings: answer.warnings.map(redactText),
      targets: [
        {
          ref,
          uid: text(live, 'metadata', 'uid'),
          reviewed: reviewedFields(live, [...proposal.reviewed, ...shown]),
        },
      ],
      diff:
        proposal.change === 'delete'
          ? [removal(ref, live)]
          : fieldChanges(objectName(ref), found.map(readable)),
      inverse,
      blast,
      fromVersion,
      toVersion,
      facts,
    },
  };
}

function jsonObject(body: string): JsonObject {
  const parsed = JSON.parse(body) as Json;
  if (!isJsonObject(parsed)) throw new SyntaxError('not an object');
  return parsed;
}

/** A difference as it may be shown: what looks like a secret differs, but is not told. */
function readable(found: Difference): Difference {
  const key = found.pointer.split('/').at(-1) ?? '';
  // `env[DB_PASSWORD].value`: the name that decides stands one step up.
  const name = /\[([^\]]+)\]\.value$/.exec(found.path)?.[1] ?? '';
  const hide = (value: Json | undefined): Json | undefined =>
    value === undefined ? undefined : redactJson<JsonObject>({ name, [key]: value })[key];
  return { ...found, before: hide(found.before), after: hide(found.after) };
}

function removal(ref: ObjectRef, live: JsonObject): FieldChange {
  const phase = text(live, 'status', 'phase') || 'present';
  return { object: objectName(ref), path: '', before: phase, after: undefined };
}

/** The texts of Warning headers (RFC 7234, 5.5): `299 - "text"`, several joined by commas. */
function warningTexts(header: string | undefined): readonly string[] {
  return [...(header ?? '').matchAll(/\b\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replaceAll('\\"', '"'),
  );
}

function refusedBy(cluster: string, status: number, body: string): string {
  if (status === 403) {
    return `The cluster ${cluster} does not let the writing identity do this (403): ${serverWords(body)}. Run \`firstmate rbac\` and apply what it prints.`;
  }
  return `The cluster ${cluster} would not take this change (${status}): ${serverWords(body)}`;
}

function whyNot(cluster: string, error: unknown, signal: AbortSignal): string {
  if (error instanceof ReadFailed) return error.says;
  if (signal.aborted) return 'The rehearsal was stopped before it was done.';
  if (error instanceof RefusedByGate)
    return `firstmate does not send this to ${cluster}: ${error.refusal.says}.`;
  if (error instanceof NoCredentials)
    return `firstmate could not get a credential for ${cluster} (${error.message}).`;
  if (error instanceof TransportFault) {
    return error.kind === 'aborted'
      ? `The cluster ${cluster} did not answer the rehearsal in time.`
      : `The rehearsal did not reach the cluster ${cluster} (${error.code}).`;
  }
  if (error instanceof SyntaxError)
    return `The cluster ${cluster} answered the rehearsal with something that is no object.`;
  throw error;
}
