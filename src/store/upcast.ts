import type { EventType } from '../core/events.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** From the payload of one version to that of the next. */
export type Upcaster = (payload: Json) => Json;

/**
 * Every event type with its up-casters, the one from version 1 to 2 first. A type without any is at version 1.
 * The stored text stays as it was hashed; only what is read changes.
 */
export const UPCASTERS: { readonly [T in EventType]: readonly Upcaster[] } = {
  'alert.fired': [(older) => ({ ...objectOf(older), problem: null })],
  'alert.resolved': [],
  'alerts.truncated': [],
  'alerts.counted': [],
  'alerts.unreported': [],
  'alerts.silenced': [],
  'problem.joined': [],
  'problem.split': [],
  'incident.merged': [],
  'cluster.picked': [],
  'break_glass.started': [],
  'break_glass.ended': [],
  'incident.opened': [(older) => ({ ...objectOf(older), rank: 'other', held: null })],
  'channel.requested': [],
  'channel.held': [],
  'channel.opened': [],
  'runbook.matched': [],
  'step.started': [],
  'step.finished': [],
  'finding.raised': [],
  'hypothesis.raised': [],
  'hypothesis.ruled_out': [],
  'diagnosis.finished': [],
  'plan.proposed': [],
  'plan.failed': [],
  'plan.shown': [],
  'vote.cast': [],
  'plan.approved': [],
  'plan.rejected': [],
  'plan.expired': [],
  'plan.voided': [],
  'execution.started': [],
  'write.started': [],
  'write.finished': [],
  'execution.finished': [],
  'execution.indeterminate': [],
  'validation.passed': [],
  'validation.failed': [],
  'role.assigned': [],
  'severity.changed': [],
  'status.changed': [],
  'note.added': [],
  'person.spoke': [],
  'incident.resolved': [],
  'incident.reopened': [],
  'review.published': [],
  'writes.paused': [],
  'writes.resumed': [],
  'source.silent': [],
  'source.heard': [],
  'request.refused': [],
};

function objectOf(payload: Json): JsonObject {
  if (isJsonObject(payload)) return payload;
  throw new Error('the payload is no object');
}

/**
 * A stored payload in the form that this firstmate works with, and that form's version.
 * @throws Error for a type or a version that only a newer firstmate knows
 */
export function upcast(
  type: string,
  v: number,
  payload: Json,
  table: { readonly [type: string]: readonly Upcaster[] } = UPCASTERS,
): { v: number; payload: Json } {
  const steps = Object.hasOwn(table, type) ? table[type] : undefined;
  if (steps === undefined)
    throw new Error(`this firstmate does not know events of type ${type}; use a newer one`);
  const current = steps.length + 1;
  if (v > current)
    throw new Error(`this firstmate knows ${type} up to version ${current}, not ${v}; use a newer one`);
  return { v: current, payload: steps.slice(v - 1).reduce((older, step) => step(older), payload) };
}
