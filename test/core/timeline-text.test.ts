import { expect, describe as group, it } from 'vitest';
import type { NewEvent, TimelineEvent } from '../../src/core/events.ts';
import { describe } from '../../src/core/timeline-text.ts';
import { UPCASTERS } from '../../src/store/upcast.ts';
import {
  ADA,
  ADA_SLACK,
  at,
  cleared,
  event,
  fired,
  healed,
  INC,
  opened,
  rollback,
  T0,
} from '../store/events.ts';

const line = (next: NewEvent): string =>
  describe({ ...next, id: 'e1', stream: INC, seq: 1, recordedAt: T0 } as TimelineEvent);

group('a line of the timeline', () => {
  it('tells an incident from the alert to the review', () => {
    expect(healed().map(line)).toEqual([
      '02:00:00 incident opened: Rollout of checkout is stuck (SEV2, prod-eu; severity critical)',
      '02:00:00 alert KubeDeploymentRolloutStuck fires (main f1)',
      '02:00:01 channel #inc-2026-001-checkout opened',
      '02:00:02 runbook deployment-rollout-stuck matched: alertname="KubeDeploymentRolloutStuck"',
      '02:00:03 step rollout started: kubectl rollout status deployment/checkout -n shop',
      '02:00:04 step rollout done: 1 of 3 updated replicas are available',
      '02:00:05 found: Container api of checkout-7d9f crashes again and again',
      '02:00:06 hypothesis bad-release (high confidence): Release 5 of checkout does not come up',
      '02:00:06 hypothesis node ruled out: all nodes are ready',
      '02:00:07 diagnosis: Release 5 of checkout does not come up',
      `02:00:10 plan ${rollback().id} proposed: kubectl rollout undo deployment/checkout -n shop --to-revision=4 in prod-eu`,
      `02:00:11 plan ${rollback().id} shown, open until 02:30:11`,
      '02:01:00 approved by ada (sre-leads)',
      `02:01:00 plan ${rollback().id} has the approvals it needs`,
      `02:01:01 execution of plan ${rollback().id} started`,
      '02:01:01 request 1 leaves (attempt 1)',
      '02:01:02 request 1 applied (200): patched',
      '02:01:02 execution succeeded: 1 of 1 requests applied',
      '02:01:30 validation passed: rollout finished',
      '02:02:00 alert main f1 is over',
      '02:17:00 incident resolved: quiet for 15 minutes',
      '02:17:01 review published',
    ]);
  });

  const plan = rollback().id;
  const others: readonly NewEvent[] = [
    event('alerts.truncated', { source: 'main', groupKey: '{}', hidden: 3 }),
    event('alerts.counted', {
      firing: 400,
      total: 412,
      problems: 3,
      first: 'etcdDown',
      last: 'KubePodNotReady',
      worst: 'etcdDown',
    }),
    event('alerts.unreported', { source: 'main', count: 2, since: T0 }),
    event('alerts.silenced', {
      silence: { by: 'ada', until: at(60), comment: 'known', alerts: 1 },
    }),
    event('problem.joined', {
      problem: {
        key: 'k2',
        rank: 'workload',
        title: 'KubePodNotReady shop/cart',
        service: null,
        owner: null,
        namespace: 'shop',
        workload: 'cart',
        severity: 'SEV2',
        by: 'cause',
        because: 'its pod is on node worker-1: it is not ready',
      },
    }),
    event('problem.split', { key: 'k2', to: INC }, { actor: ADA }),
    event('incident.merged', { into: INC }, { actor: ADA }),
    event(
      'break_glass.started',
      { by: ADA_SLACK, name: 'ada', reason: 'the freeze blocks the fix', until: at(900), teams: ['sre'] },
      { actor: ADA },
    ),
    event('break_glass.ended', { because: 'Its time is over.' }),
    event('cluster.picked', { cluster: 'prod-eu' }, { actor: ADA }),
    event('source.silent', { source: 'main', since: T0 }),
    event('source.heard', { source: 'main' }),
    event('channel.requested', { by: 'ada' }),
    event('channel.held', { until: at(60), because: 'maintenance window upgrade' }),
    event('plan.failed', { action: 'undo', says: 'the rehearsal was refused' }),
    event('plan.rejected', { plan, reason: 'no' }),
    event('plan.expired', { plan }),
    event('plan.voided', { plan, reason: 'the image changed' }),
    event('execution.indeterminate', { plan, says: 'nobody can say' }),
    event('validation.failed', { plan, says: 'still stuck' }),
    event('role.assigned', { role: 'lead', user: ADA_SLACK, name: 'ada' }),
    event('severity.changed', { from: 'SEV3', to: 'SEV2', because: 'worse' }),
    event('status.changed', { from: 'open', to: 'monitoring', because: 'clear' }),
    event('person.spoke', { name: 'ada' }),
    event('note.added', { text: 'hi', by: 'ada', ref: null }),
    event('incident.reopened', { because: 'it came back' }),
    event('writes.paused', { reason: 'audit' }, { actor: { kind: 'operator', name: 'root' } }),
    event('writes.resumed', { reason: 'done' }, { actor: ADA }),
    event('request.refused', { cluster: 'c', method: 'GET', path: '/api/v1/secrets', says: 'no grant' }),
  ];

  it('has a sentence of its own for every type of event', () => {
    const said = [...healed(), ...others];
    expect(new Set(said.map(({ type }) => type))).toEqual(new Set(Object.keys(UPCASTERS)));
    expect(new Set(said.map((next) => line(next).replace(/^\S+ /, ''))).size).toBe(said.length);
  });

  it('names the person and the reason of a rejection, and who paused', () => {
    const rejected = event(
      'vote.cast',
      { plan, vote: 'reject', voter: ADA_SLACK, teams: [], reason: 'not at night' },
      { at: at(2), actor: ADA },
    );
    expect(line(rejected)).toBe('02:00:02 rejected by ada: not at night');
    expect(others.map(line)).toContain('02:00:00 writes paused by operator/root: audit');
    expect(others.map(line)).toContain('02:00:00 writes resumed by ada: done');
  });

  it('says that an alert fires again, and that a denied plan is denied, and why', () => {
    const again = fired('f1', T0);
    if (again.type !== 'alert.fired') throw new Error('not an alert');
    expect(line({ ...again, payload: { ...again.payload, reason: 'new_episode' } })).toContain('fires again');
    const base = rollback();
    const rules = [{ rule: 'policy', denies: true, says: 'nobody may' }];
    const denied = { ...base, verdict: { ...base.verdict, allowed: false, rules } };
    expect(line(event('plan.proposed', { plan: denied }))).toContain(`plan ${base.id} denied`);
    expect(line(event('plan.proposed', { plan: denied }))).toContain('nobody may');
  });

  it('stays one printable line of bounded length, whatever the text', () => {
    const evil = `a\nb\r\nc\u001b[31mred\u0007\u202Ereversed\u2028${'x'.repeat(5_000)}`;
    for (const next of [
      opened(INC, { title: evil }),
      fired('f1', T0, { labels: { alertname: evil } }),
      cleared(evil),
      event('note.added', { text: evil, by: evil, ref: null }),
    ]) {
      expect(line(next)).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
      expect([...line(next)].length).toBeLessThanOrEqual(420);
    }
  });
});
