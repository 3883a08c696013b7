import { describe, expect, it } from 'vitest';
import { approvedPlan } from '../../src/core/approval.ts';
import { newEvent } from '../../src/core/events.ts';
import { fold, type Incident } from '../../src/core/incident.ts';
import type { Plan, Verdict } from '../../src/core/plan.ts';
import { AT, human, makePlan, Story } from '../make.ts';

/** An incident whose execution was claimed, whatever led to that, with these people's approvals. */
function claimed(plan: Plan, voters: readonly string[]): Incident {
  const about = { occurredAt: AT, actor: human('UADA') };
  const { id, hash } = plan;
  const votes = voters.map((user) => {
    const voter = { enterprise: null, team: 'T1', user };
    return newEvent('vote.cast', { plan: id, vote: 'approve', voter, teams: ['sre'], reason: null }, about);
  });
  return [
    newEvent('plan.proposed', { plan }, about),
    ...votes,
    newEvent('plan.approved', { plan: id, hash, approvedBy: [] }, about),
    newEvent('execution.started', { plan: id, hash }, about),
  ].reduce<Incident>(
    (state, event) =>
      fold(state, { ...event, id: `x${state.seq}`, stream: state.id, seq: state.seq + 1, recordedAt: AT }),
    new Story().incident,
  );
}

function planWith(verdict: Partial<Verdict>, changes: Partial<Plan> = {}): Plan {
  return makePlan({ ...changes, verdict: { ...makePlan().verdict, ...verdict } });
}

const approves = (plan: Plan, voters: readonly string[]): boolean =>
  !('refused' in approvedPlan(claimed(plan, voters), plan));

describe('a plan that may be written', () => {
  const two = { approvals: [{ by: 'policy checkout', teams: ['sre'], quorum: 2 }] };
  const other = {
    approvals: [{ by: 'policy checkout', teams: ['sre'], quorum: 1, barsRequester: true as const }],
  };

  it.each<[string, Plan, readonly string[], boolean]>([
    ['has the approval that its verdict asks for', planWith({}), ['UADA'], true],
    ['is not one that nobody approved, whatever the timeline claims', planWith({}), [], false],
    ['is not one that lacks the second person', planWith(two), ['UADA'], false],
    ['is not one that a person approved twice', planWith(two), ['UADA', 'UADA'], false],
    ['is one that two people approved', planWith(two), ['UADA', 'UBEN'], true],
    [
      'is not one whose requester is barred and alone',
      planWith(other, { requestedBy: human('UADA') }),
      ['UADA'],
      false,
    ],
    ['is one that another approved', planWith(other, { requestedBy: human('UADA') }), ['UBEN'], true],
    ['is one that its policy leaves to firstmate', planWith({ automatic: true }), [], true],
    ['is not one that the rules deny', planWith({ allowed: false, automatic: true }), [], false],
  ])('%s', (_, plan, voters, is) => {
    expect(approves(plan, voters)).toBe(is);
  });

  it('cannot be turned into one that nobody has to approve', () => {
    const asked = planWith({});
    const plan = { ...asked, verdict: { ...asked.verdict, automatic: true as const } };
    expect(approvedPlan(claimed(asked, []), plan)).toMatchObject({ refused: true });
    expect(planWith({ automatic: true }).hash).not.toBe(asked.hash);
  });
});

describe('what is proposed', () => {
  it('is approved at once when its policy leaves it to firstmate, and waits for people when not', () => {
    const told = (verdict: Partial<Verdict>) =>
      new Story().tell({ do: 'propose', plan: planWith(verdict), asked: false });
    expect(told({ automatic: true })).toEqual(['plan.proposed', 'plan.approved']);
    expect(told({})).toEqual(['plan.proposed']);
    expect(told({ allowed: false, automatic: true })).toEqual(['plan.proposed']);
  });

  it('is not approved by who asked for it, where that is barred', () => {
    const plan = planWith(
      {
        approvals: [
          { by: 'policy checkout', teams: ['sre'], quorum: 1, barsRequester: true },
          { by: 'runbook r', teams: ['sre'], quorum: 1 },
        ],
      },
      { requestedBy: human('UADA') },
    );
    const story = new Story();
    story.tell({ do: 'propose', plan, asked: true });
    story.tell({ do: 'note_shown', plan: plan.id, at: AT });
    const vote = (user: string) =>
      story.tell({
        do: 'vote',
        plan: plan.id,
        vote: 'approve',
        person: {
          slack: { enterprise: null, team: 'T1', user },
          name: user,
          bot: false,
          guest: false,
          deactivated: false,
          stranger: false,
        },
        teams: ['sre'],
        reason: null,
        ineligible: null,
      });
    expect(vote('UADA')).toEqual(['vote.cast']);
    expect(vote('UBEN')).toEqual(['vote.cast', 'plan.approved']);
  });
});
