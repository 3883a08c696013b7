import { describe, expect, it } from 'vitest';
import { auditRecords } from '../../src/core/audit-record.ts';
import type { NewEvent, TimelineEvent } from '../../src/core/events.ts';
import { ADA, ADA_SLACK, at, event, healed, INC, rollback, T0 } from '../store/events.ts';

const stored = (events: readonly NewEvent[]): (TimelineEvent & { hash: string })[] =>
  events.map(
    (next, index) =>
      ({
        ...next,
        id: `e${index}`,
        stream: INC,
        seq: index + 1,
        recordedAt: T0,
        hash: `sha256:${next.type}`,
      }) as TimelineEvent & { hash: string },
  );
const upTo = (type: string): readonly NewEvent[] =>
  healed().slice(0, healed().findIndex((next) => next.type === type) + 1);
const only = (events: readonly NewEvent[]) => {
  const [audited, ...more] = auditRecords(stored(events));
  if (audited === undefined || more.length > 0) throw new Error('exactly one record was expected');
  return audited;
};

describe('the audit record of a change', () => {
  it('says who did what, why, by which policy, by whose leave, and how it ended', () => {
    const { record, executed } = only(healed());
    expect(executed).toBe(true);
    expect(record).toEqual({
      actor: 'ai-operator/firstmate',
      time: at(61),
      action: 'rollback',
      resource: 'Deployment shop/checkout in prod-eu',
      from_version: '1.5.0 (revision 5)',
      to_version: '1.4.2 (revision 4)',
      reason: 'Release 5 of checkout does not come up',
      incident_id: 'INC-2026-001',
      approval: { required: true, approved_by: ['human/U0ADA'] },
      policy: 'checkout',
      break_glass: null,
      plan_hash: rollback().hash,
      event_hash: 'sha256:validation.passed',
      outcome: 'succeeded',
    });
    expect(Object.keys(record)).toEqual([
      'actor',
      'time',
      'action',
      'resource',
      'from_version',
      'to_version',
      'reason',
      'incident_id',
      'approval',
      'policy',
      'break_glass',
      'plan_hash',
      'event_hash',
      'outcome',
    ]);
  });

  it('names the person who asked for it, where a person did', () => {
    const plan = { ...rollback(), requestedBy: ADA };
    expect(only([...upTo('diagnosis.finished'), event('plan.proposed', { plan })]).record.actor).toBe(
      'human/U0ADA',
    );
  });

  it.each([
    ['execution.started', 'executing', true],
    ['execution.finished', 'succeeded', true],
    ['plan.approved', 'approved', false],
    ['plan.proposed', 'proposed', false],
  ])('after %s its outcome is %s', (type, outcome, executed) => {
    expect(only(upTo(type))).toMatchObject({ executed, record: { outcome } });
  });

  it('tells an unknown end and a change that did not help', () => {
    const plan = rollback().id;
    const lost = event('execution.indeterminate', { plan, says: 'nobody can say' });
    expect(only([...upTo('write.started'), lost]).record.outcome).toBe('indeterminate');
    const useless = event('validation.failed', { plan, says: 'still stuck' });
    expect(only([...upTo('execution.finished'), useless]).record.outcome).toBe('validation_failed');
  });

  it('keeps votes against it out of the leave that was given', () => {
    const plan = rollback().id;
    const against = event(
      'vote.cast',
      { plan, vote: 'reject', voter: ADA_SLACK, teams: ['sre-leads'], reason: 'no' },
      { actor: ADA },
    );
    const { record, executed } = only([
      ...upTo('plan.shown'),
      against,
      event('plan.rejected', { plan, reason: 'no' }),
    ]);
    expect(executed).toBe(false);
    expect(record).toMatchObject({ outcome: 'rejected', approval: { required: true, approved_by: [] } });
  });
});
