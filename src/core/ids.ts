declare const brand: unique symbol;
type Brand<T, B extends string> = T & { readonly [brand]: B };

/** `INC-<year>-<number>`, the number at least three digits: `INC-2026-042`. */
export type IncidentId = Brand<string, 'IncidentId'>;
/** Opaque; the only thing that a card's buttons carry. */
export type PlanId = Brand<string, 'PlanId'>;
/** `sha256:` and 64 hex digits over the plan's canonical JSON (see plan.ts). */
export type PlanHash = Brand<string, 'PlanHash'>;
/** An incident's stream, or `system` for what belongs to none (refused requests, pauses, drift). */
export type Stream = IncidentId | 'system';

const INCIDENT_ID = /^INC-\d{4}-\d{3,}$/;

export function incidentId(year: number, number: number): IncidentId {
  return `INC-${year}-${String(number).padStart(3, '0')}` as IncidentId;
}

/** Undefined when the text is not an incident's id. */
export function parseIncidentId(text: string): IncidentId | undefined {
  return INCIDENT_ID.test(text) ? (text as IncidentId) : undefined;
}

export function planId(text: string): PlanId {
  return text as PlanId;
}
