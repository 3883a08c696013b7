import { describe, expect, it } from 'vitest';
import type { Command } from '../../src/core/decision.ts';
import { incidentId } from '../../src/core/ids.ts';
import { UNKNOWN_CLUSTER } from '../../src/core/place-alert.ts';
import { planHash } from '../../src/core/plan.ts';
import { AT, at, human, makeAlert, makePerson, makePlan, Story } from '../make.ts';

const plan = makePlan();

function shown(): Story {
  const story = new Story();
  story.tell({ do: 'propose', plan, asked: false });
  story.tell({ do: 'note_shown', plan: plan.id, at: at(1) });
  return story;
}

function vote(user: string, changes: Partial<Extract<Command, { do: 'vote' }>> = {}): Command {
  return {
    do: 'vote',
    plan: plan.id,
    vote: 'approve',
    person: makePerson(user),
    teams: ['sre'],
    reason: null,
    ineligible: null,
    ...changes,
  };
}

function executing(): Story {
  const story = shown();
  story.tell(vote('UADA'), 2, human('UADA'));
  story.tell({ do: 'claim', plan: plan.id, paused: null }, 3);
  return story;
}

describe('a vote', () => {
  it('approves a plan when every requirement has its quorum', () => {
    expect(shown().tell(vote('UADA'), 2, human('UADA'))).toEqual(['vote.cast', 'plan.approved']);
  });

  it('counts distinct people for a quorum', () => {
    const two = makePlan({
      verdict: { ...plan.verdict, approvals: [{ by: 'policy checkout', teams: ['sre'], quorum: 2 }] },
    });
    const story = new Story();
    story.tell({ do: 'propose', plan: two, asked: false });
    story.tell({ do: 'note_shown', plan: two.id, at: at(1) });
    expect(story.tell(vote('UADA'), 2, human('UADA'))).toEqual(['vote.cast']);
    expect(story.tell(vote('UADA'), 3, human('UADA'))).toMatchObject({ refused: 'already_voted' });
    expect(story.tell(vote('UCHEN'), 4, human('UCHEN'))).toEqual(['vote.cast', 'plan.approved']);
  });

  it('never approves a plan that names nobody', () => {
    const nobody = makePlan({
      verdict: { ...plan.verdict, approvals: [{ by: 'policy checkout', teams: [], quorum: 1 }] },
    });
    const story = new Story();
    story.tell({ do: 'propose', plan: nobody, asked: false });
    story.tell({ do: 'note_shown', plan: nobody.id, at: at(1) });
    expect(story.tell(vote('UADA'), 2, human('UADA'))).toEqual(['vote.cast']);
    const open = makePlan({ verdict: { ...plan.verdict, approvals: [] } });
    const other = new Story();
    other.tell({ do: 'propose', plan: open, asked: false });
    other.tell({ do: 'note_shown', plan: open.id, at: at(1) });
    expect(other.tell(vote('UADA'), 2, human('UADA'))).toEqual(['vote.cast']);
  });

  it('of somebody who does not count changes nothing', () => {
    const story = shown();
    expect(story.tell(vote('UGUS', { ineligible: 'Guests do not count.' }), 2)).toEqual({
      refused: 'not_eligible',
      says: 'Guests do not count.',
    });
    expect(story.incident.plans[0]?.votes).toEqual([]);
  });

  it('does not count before Slack took the card, after the expiry, or after the decision', () => {
    const unseen = new Story();
    unseen.tell({ do: 'propose', plan, asked: false });
    expect(unseen.tell(vote('UADA'), 2)).toMatchObject({ refused: 'plan_not_shown' });
    expect(shown().tell(vote('UADA'), 1 + 30 * 60)).toMatchObject({ refused: 'plan_expired' });
    expect(executing().tell(vote('UCHEN'), 9)).toMatchObject({ refused: 'plan_decided' });
  });

  it('to reject needs a reason, and is remembered', () => {
    const story = shown();
    expect(story.tell(vote('UADA', { vote: 'reject', reason: ' ' }), 2)).toMatchObject({
      refused: 'reason_missing',
    });
    expect(story.tell(vote('UADA', { vote: 'reject', reason: 'too risky' }), 2)).toEqual([
      'vote.cast',
      'plan.rejected',
    ]);
    expect(story.tell({ do: 'propose', plan: makePlan(), asked: false }, 3)).toEqual({
      refused: 'rejected_before',
      says: 'The same change was rejected before: too risky',
    });
    expect(story.tell({ do: 'propose', plan: makePlan(), asked: true }, 3)).toEqual(['plan.proposed']);
  });
});

describe('a write', () => {
  const start: Command = { do: 'start_write', plan: plan.id, index: 0, requestHash: 'h' };

  it('cannot start before the plan was claimed, and is claimed once', () => {
    expect(shown().tell(start)).toMatchObject({ refused: 'not_approved' });
    expect(executing().tell({ do: 'claim', plan: plan.id, paused: null }, 4)).toMatchObject({
      refused: 'not_approved',
    });
  });

  it('cannot be claimed while writes are paused', () => {
    const story = shown();
    story.tell(vote('UADA'), 2, human('UADA'));
    expect(story.tell({ do: 'claim', plan: plan.id, paused: 'freeze' }, 3)).toMatchObject({
      refused: 'paused',
    });
  });

  it('is spent by an unknown end and by a missing one', () => {
    const missing = executing();
    missing.tell(start, 4);
    expect(missing.tell(start, 5)).toMatchObject({ refused: 'write_spent' });
    const unknown = executing();
    unknown.tell(start, 4);
    unknown.tell(
      { do: 'finish_write', plan: plan.id, index: 0, outcome: 'unknown', status: null, says: '' },
      5,
    );
    expect(unknown.tell(start, 6)).toMatchObject({ refused: 'write_spent' });
  });

  it('may start again after a definite refusal', () => {
    const story = executing();
    story.tell(start, 4);
    story.tell({ do: 'finish_write', plan: plan.id, index: 0, outcome: 'refused', status: 429, says: '' }, 5);
    expect(story.tell(start, 6)).toEqual(['write.started']);
    expect(story.incident.plans[0]?.writes[0]?.attempts).toBe(2);
  });
});

describe('a plan', () => {
  it('waits for its turn while another one is open', () => {
    const other = makePlan({ action: 'other' });
    expect(shown().tell({ do: 'propose', plan: other, asked: true })).toMatchObject({
      refused: 'another_plan',
    });
  });

  it('whose hash is not its own is a fault of ours, not a proposal', () => {
    const forged = { ...makePlan(), cluster: 'other' };
    expect(() => new Story().tell({ do: 'propose', plan: forged, asked: false })).toThrow('its own hash');
  });

  it('has another hash when any bound field changes', () => {
    const changed = [
      makePlan({ cluster: 'staging' }),
      makePlan({ validForMs: 1 }),
      makePlan({ diff: [] }),
      makePlan({ runbook: { name: 'r', hash: 'sha256:other' } }),
      makePlan({ verdict: { ...plan.verdict, policy: { name: 'checkout', hash: 'sha256:other' } } }),
      makePlan({ verdict: { ...plan.verdict, approvals: [] } }),
      makePlan({ targets: plan.targets.map((target) => ({ ...target, uid: 'u2' })) }),
      makePlan({ requests: plan.requests.map((request) => ({ ...request, path: `${request.path}x` })) }),
    ];
    for (const other of changed) expect(planHash(other)).not.toBe(plan.hash);
  });
});

describe('an incident', () => {
  it('does not resolve while an alert fires, unless a person says so', () => {
    const story = new Story();
    expect(story.tell({ do: 'resolve', because: '', force: false })).toMatchObject({
      refused: 'still_firing',
    });
    expect(story.tell({ do: 'resolve', because: 'false alarm', force: true })).toEqual(['incident.resolved']);
  });

  it('takes its open plan along when it resolves', () => {
    const story = shown();
    expect(story.tell({ do: 'resolve', because: 'done', force: true }, 5)).toEqual([
      'plan.voided',
      'incident.resolved',
    ]);
  });

  it('is not clear while the source leaves alerts of its group out', () => {
    const story = new Story();
    story.tell({ do: 'tell_truncated', source: 'default', groupKey: 'g', hidden: 1 }, 1);
    story.tell(
      {
        do: 'tell_alert',
        problem: 'k',
        opens: 'channel',
        alert: makeAlert({ status: 'resolved', endsAt: at(2) }),
        severity: 'SEV2',
      },
      2,
    );
    expect(story.incident.clearSince).toBeNull();
    story.tell({ do: 'tell_truncated', source: 'default', groupKey: 'g', hidden: 0 }, 3);
    expect(story.incident.clearSince).toBe(at(3));
  });

  it('becomes more severe with a worse alert, never less', () => {
    const story = new Story();
    const other = makeAlert({ fingerprint: 'f2' });
    expect(
      story.tell({ do: 'tell_alert', problem: 'k', opens: 'channel', alert: other, severity: 'SEV4' }),
    ).toEqual(['alert.fired']);
    const worse = makeAlert({ fingerprint: 'f3' });
    expect(
      story.tell({ do: 'tell_alert', problem: 'k', opens: 'channel', alert: worse, severity: 'SEV1' }),
    ).toEqual(['alert.fired', 'severity.changed']);
  });
});

describe('a merge', () => {
  const into = incidentId(2026, 7);

  it('ends the incident in the same append, with the plan that nobody decided', () => {
    const story = new Story();
    story.tell({ do: 'propose', plan: makePlan(), asked: false });
    expect(story.tell({ do: 'merge_into', into }, 5, human('UADA'))).toEqual([
      'incident.merged',
      'plan.voided',
      'incident.resolved',
    ]);
    expect(story.incident).toMatchObject({ status: 'resolved', mergedInto: into, personActed: true });
    expect(story.incident.plans[0]?.says).toBe('The incident is merged into INC-2026-007.');
    expect(story.tell({ do: 'merge_into', into })).toMatchObject({ refused: 'already_so' });
  });

  it('is refused while a change is being carried out', () => {
    const story = new Story();
    const plan = makePlan();
    story.tell({ do: 'propose', plan, asked: false });
    story.tell({ do: 'note_shown', plan: plan.id, at: AT });
    const vote = { vote: 'approve', teams: ['sre'], reason: null, ineligible: null } as const;
    story.tell({ do: 'vote', plan: plan.id, person: makePerson('UADA'), ...vote }, 1, human('UADA'));
    expect(story.tell({ do: 'merge_into', into })).toMatchObject({ refused: 'another_plan' });
    expect(story.incident.mergedInto).toBeNull();
  });
});

describe('a problem that a person took out', () => {
  it('does not come back by alerts, and does by a person', () => {
    const story = new Story();
    const problem = {
      key: 'k2',
      rank: 'workload',
      title: 'Down shop/web',
      service: null,
      owner: null,
      namespace: 'shop',
      workload: 'web',
      severity: 'SEV3',
      because: 'x',
    } as const;
    const join = (by: 'storm' | 'person') =>
      story.tell({ do: 'join', problem: { ...problem, by }, severity: 'SEV3', opens: 'line' });
    expect(join('storm')).toEqual(['problem.joined']);
    story.tell({ do: 'split_off', key: 'k2', to: incidentId(2026, 7) }, 1, human('UADA'));
    expect(join('storm')).toMatchObject({ refused: 'moved' });
    expect(join('person')).toEqual(['problem.joined']);
    expect(story.incident.apart).toEqual({});
  });
});

describe('a picked cluster', () => {
  it('is looked at in a round of its own where another one was looked at before', () => {
    const story = new Story();
    story.incident = { ...story.incident, cluster: UNKNOWN_CLUSTER };
    const pick = (cluster: string) => story.tell({ do: 'pick_cluster', cluster }, 1, human('UADA'));
    expect(pick('east')).toEqual(['cluster.picked']);
    expect(story.incident).toMatchObject({ cluster: 'east', round: 1, clusterPicked: true });
    const match = { runbook: 'r', title: 'R', hash: 'h', score: 1, reason: '', fallback: false, inputs: {} };
    story.tell({ do: 'match', match });
    expect(pick('west')).toEqual(['cluster.picked']);
    expect(story.incident).toMatchObject({ cluster: 'west', round: 2, runbook: null });
  });

  it('mends the glass that was broken for another one, and leaves what follows to people', () => {
    const story = new Story();
    story.incident = { ...story.incident, cluster: UNKNOWN_CLUSTER };
    const slack = { enterprise: null, team: 'T1', user: 'UADA' };
    const glass = { by: slack, name: 'ada', reason: 'x', until: at(3_600), teams: [] };
    story.tell({ do: 'break_glass', glass }, 1, human('UADA'));
    expect(story.incident.breakGlass).not.toBeNull();
    expect(story.incident.shapedByPeople).toBe(false);
    expect(story.tell({ do: 'pick_cluster', cluster: 'east' }, 2, human('UADA'))).toEqual([
      'break_glass.ended',
      'cluster.picked',
    ]);
    expect(story.incident).toMatchObject({ breakGlass: null, shapedByPeople: true });
  });

  it('is not for people where the source is bound to it', () => {
    expect(new Story().tell({ do: 'pick_cluster', cluster: 'west' }, 1, human('UADA'))).toMatchObject({
      refused: 'cluster_known',
    });
  });
});
