import fc from 'fast-check';
import type { NewEvent } from '../../src/core/events.ts';
import { type IncidentId, incidentId } from '../../src/core/ids.ts';
import { ADA, ADA_SLACK, at, cleared, event, fired, opened, rollback } from './events.ts';

/** Some events that may come at any time after an incident was opened, and the moment at which they happened. */
export type Chapter = { readonly incident: number; readonly events: readonly NewEvent[] };

/** Anybody's text: half surrogate pairs, NUL and what SQL or JSON might trip over. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', "'; DROP TABLE events; --", '\u0000', '\ud800', '__proto__', '{"a":1}', 'ä\u0308'),
);
const seconds = fc.integer({ min: 0, max: 100_000 }).map(at);
const fingerprint = fc.constantFrom('f1', 'f2', 'f3', '__proto__');
const facts = fc
  .dictionary(text, fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3 })
  .map((record) => JSON.parse(JSON.stringify(record)));

/** Events of one incident whose plans are named by the incident and a number. */
function chapterOf(id: IncidentId): fc.Arbitrary<readonly NewEvent[]> {
  const plan = fc.integer({ min: 1, max: 3 }).map((n) => rollback(id, `${id}-plan-${n}`).id);
  const single = fc.oneof(
    fc
      .tuple(fingerprint, seconds, text, text)
      .map(([f, when, name, value]) => fired(f, when, { labels: { alertname: name, [value]: value } })),
    fc.tuple(fingerprint, seconds).map(([f, when]) => cleared(f, when)),
    fc
      .integer({ min: 0, max: 2 })
      .map((hidden) => event('alerts.truncated', { source: 'main', groupKey: 'g', hidden })),
    text.map((by) => event('channel.requested', { by })),
    text.map((name) =>
      event('channel.opened', { channel: { enterprise: null, team: 'T1', channel: `C-${id}` }, name }),
    ),
    fc
      .tuple(fc.constantFrom('s1', 's2'), text, seconds)
      .map(([step, command, when]) => event('step.started', { step, command }, { at: when })),
    fc
      .tuple(fc.constantFrom('s1', 's2'), text, facts)
      .map(([step, said, found]) =>
        event('step.finished', { step, status: 'ok', summary: said, text: said, facts: found, fault: null }),
      ),
    text.map((says) =>
      event('hypothesis.raised', {
        id: 'h',
        category: 'unknown',
        says,
        confidence: 'low',
        evidence: [],
        propose: [],
      }),
    ),
    text.map((because) => event('hypothesis.ruled_out', { id: 'h', because })),
    text.map((says) => event('diagnosis.finished', { says })),
    fc.tuple(plan, seconds).map(([of, expiresAt]) => event('plan.shown', { plan: of, expiresAt })),
    fc
      .tuple(plan, text, text)
      .map(([of, team, reason]) =>
        event(
          'vote.cast',
          { plan: of, vote: 'approve', voter: ADA_SLACK, teams: [team], reason },
          { actor: ADA },
        ),
      ),
    fc.tuple(plan, text).map(([of, reason]) => event('plan.rejected', { plan: of, reason })),
    plan.map((of) => event('execution.started', { plan: of, hash: rollback(id, of).hash })),
    plan.map((of) => event('write.started', { plan: of, index: 0, requestHash: 'h', attempt: 1 })),
    fc
      .tuple(plan, text)
      .map(([of, says]) =>
        event('write.finished', { plan: of, index: 0, outcome: 'unknown', status: null, says }),
      ),
    fc
      .tuple(plan, text)
      .map(([of, says]) => event('execution.finished', { plan: of, outcome: 'succeeded', says })),
    fc.tuple(plan, text).map(([of, says]) => event('validation.failed', { plan: of, says })),
    text.map((name) => event('role.assigned', { role: 'lead', user: ADA_SLACK, name })),
    text.map((because) => event('severity.changed', { from: 'SEV2', to: 'SEV1', because })),
    text.map((said) => event('note.added', { text: said, by: 'ada', ref: null }, { actor: ADA })),
    fc.tuple(text, seconds).map(([because, when]) => event('incident.resolved', { because }, { at: when })),
    text.map((because) => event('incident.reopened', { because })),
    text.map((markdown) => event('review.published', { markdown })),
  );
  return fc.array(single, { minLength: 1, maxLength: 6 });
}

/**
 * Appends in the order in which they are made: each incident's first opens it and proposes its plans, so that
 * whatever follows can be folded.
 */
export const history: fc.Arbitrary<readonly Chapter[]> = fc
  .array(
    fc
      .integer({ min: 1, max: 3 })
      .chain((incident) =>
        fc.record({ incident: fc.constant(incident), events: chapterOf(incidentId(2026, incident)) }),
      ),
    { minLength: 1, maxLength: 12 },
  )
  .chain((chapters) =>
    fc.tuple(text, text).map(([title, because]) => {
      const known = new Set<number>();
      return chapters.map(({ incident, events }) => {
        if (known.has(incident)) return { incident, events };
        known.add(incident);
        const id = incidentId(2026, incident);
        const plans = [1, 2, 3].map((n) => event('plan.proposed', { plan: rollback(id, `${id}-plan-${n}`) }));
        return { incident, events: [opened(id, { title, because }), ...plans, ...events] };
      });
    }),
  );
