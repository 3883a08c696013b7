import type { Difference } from '../core/diff.ts';
import { differences, fieldChanges } from '../core/diff.ts';
import { text } from '../core/facts/fields.ts';
import type { PlanId } from '../core/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import { apiVersionOf } from '../core/kinds.ts';
import { type FieldChange, type ObjectRef, objectName } from '../core/kube.ts';
import type { Draft, FrozenRequest, PlanTarget } from '../core/plan.ts';
import type { ClusterRehearser, Rehearsal } from '../core/ports/cluster.ts';
import { redactJson, redactText } from '../core/redact.ts';
import { NoCredentials } from './connection.ts';
import { exchange } from './exchange.ts';
import { ReadFailed, serverWords } from './faults.ts';
import { RefusedByGate } from './gate.ts';
import { openReading, type ReaderParts } from './reading.ts';
import { TransportFault } from './transport.ts';
import { NoWriteToken, type WriteIdentity } from './write-identity.ts';
import { freeze } from './writes/freeze.ts';
import { prepare } from './writes/prepare.ts';
import { type NoProposal, type ObjectChange, type Proposal, refuse } from './writes/proposal.ts';
import { reviewedFields } from './writes/reviewed.ts';

export type WriterParts = {
  /** The reading identity: targets are looked at with it. */
  readonly read: ReaderParts;
  readonly cluster: string;
  /** Rehearsals and writes are sent with it. */
  readonly writing: WriteIdentity;
};

const failed = (says: string): Rehearsal => ({ status: 'failed', says: redactText(says) });

/**
 * The rehearse grant for one cluster: resolves an operation's targets, freezes its requests, sends those very requests
 * as server dry runs and tells what they would change. Nothing is stored in the cluster.
 */
export function clusterRehearser(parts: WriterParts): ClusterRehearser {
  return {
    async rehearse(operation, about): Promise<Rehearsal> {
      const { cluster } = parts;
      try {
        const reading = openReading(parts.read, about);
        const proposal = await prepare(reading, operation, about);
        if ('refused' in proposal) return failed(proposal.refused);
        const signal = AbortSignal.any([about.signal, AbortSignal.timeout(about.timeoutMs)]);
        const rehearsed: Rehearsed[] = [];
        for (const change of proposal.changes) {
          const one = await rehearse(parts.writing, change, about.plan, signal);
          if ('refused' in one) return failed(one.refused);
          rehearsed.push(one);
        }
        return { status: 'ok', draft: draft(proposal, rehearsed) };
      } catch (error) {
        return failed(whyNot(cluster, error, about.signal));
      }
    },
  };
}

/** One request of a write, after its dry run. */
type Rehearsed = {
  readonly request: FrozenRequest;
  readonly target: PlanTarget;
  readonly diff: readonly FieldChange[];
  readonly warnings: readonly string[];
  readonly object: NonNullable<Draft['objects']>[number];
};

async function rehearse(
  writing: WriteIdentity,
  change: ObjectChange,
  plan: PlanId,
  signal: AbortSignal,
): Promise<Rehearsed | NoProposal> {
  const request = freeze(change, plan);
  const gate = await writing.gateFor(plan, signal);
  const response = await exchange(gate, { kind: 'rehearse', request }, request, signal);
  const body = await response.body.text();
  const status = response.httpStatusCode;
  const { cluster } = gate;
  if (status === 401) writing.refused(plan);
  // A budget that lets nobody go now may later: the eviction would wait for it.
  const waits = change.change.do === 'evict' && status === 429;
  if (!waits && (status < 200 || status > 299)) return refuse(refusedBy(cluster, status, body));
  const ref = refOf(cluster, change);
  const target = (pointers: readonly string[]): PlanTarget => ({
    ref,
    uid: text(change.live, 'metadata', 'uid'),
    reviewed: reviewedFields(change.live, pointers),
  });
  const told = warningTexts(response.headers.warning).map(redactText);
  const warnings = waits ? [...told, `${objectName(ref)} would wait: ${serverWords(body)}`] : told;
  if (change.change.do !== 'patch') {
    return {
      request,
      target: target(change.reviewed),
      diff: [removal(ref, change.live)],
      warnings,
      object: { before: plain(change.live), after: null },
    };
  }
  const after = jsonObject(body);
  const found = differences(change.live, after);
  if (found.length === 0) {
    return refuse(`The cluster ${cluster} says that this changes nothing in ${objectName(ref)}.`);
  }
  const shown = found
    .map((one) => one.pointer)
    .filter((pointer) => !change.reviewed.some((wide) => pointer === wide || pointer.startsWith(`${wide}/`)));
  return {
    request,
    target: target([...change.reviewed, ...shown]),
    diff: fieldChanges(objectName(ref), found.map(readable)),
    warnings,
    object: { before: plain(change.live), after: plain(after) },
  };
}

function refOf(cluster: string, { kind, live }: ObjectChange): ObjectRef {
  return {
    cluster,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    namespace: kind.namespaced ? text(live, 'metadata', 'namespace') : null,
    name: text(live, 'metadata', 'name'),
  };
}

function draft(proposal: Proposal, rehearsed: readonly Rehearsed[]): Draft {
  const { inverse, blast, fromVersion, toVersion, facts } = proposal;
  return {
    requests: rehearsed.map(({ request }) => request),
    warnings: [...new Set(rehearsed.flatMap(({ warnings }) => warnings))],
    targets: rehearsed.map(({ target }) => target),
    diff: rehearsed.flatMap(({ diff }) => diff),
    inverse,
    blast,
    fromVersion,
    toVersion,
    facts,
    objects: rehearsed.map(({ object }) => object),
  };
}

/** An object as a policy's condition sees it: redacted, and without what only says who wrote which field. */
function plain(object: JsonObject): JsonObject {
  const metadata = isJsonObject(object.metadata) ? object.metadata : {};
  const { managedFields: _, ...kept } = metadata;
  return redactJson({ ...object, metadata: kept });
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
  if (error instanceof NoWriteToken) return error.message;
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
