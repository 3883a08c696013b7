import { describe, expect, it } from 'vitest';
import { planId } from '../../../src/core/ids.ts';
import { planHash } from '../../../src/core/plan.ts';
import { card } from '../../../src/slack/views/card.ts';
import type { ViewFacts } from '../../../src/slack/views/facts.ts';
import { AT, at, makePlan } from '../../make.ts';
import { makeIncident, makeState, makeStep } from '../make.ts';

const FACTS: ViewFacts = {
  now: AT,
  clusters: [],
  into: null,
  teams: [],
  defaultResponder: null,
  members: new Map([['sre', { status: 'known', users: ['U0ADA', 'U0CHEN'] }]]),
};
const ADA = { enterprise: null, team: 'T', user: 'U0ADA' };
const vote = { voter: ADA, name: 'ada', vote: 'approve' as const, teams: ['sre'], reason: null, at: at(60) };

function drawn(
  changes: Parameters<typeof makeState>[0] = {},
  about: Parameters<typeof makeIncident>[0] = {},
) {
  const steps = [makeStep('pods', { summary: '3 pods, 2 of them crash' })];
  const incident = makeIncident({ steps, ...about });
  const { blocks, text } = card(incident, makeState(changes), FACTS);
  const json = JSON.stringify(blocks);
  const actions = [...json.matchAll(/"action_id":"([^"]+)"/g)].map((found) => found[1]);
  return { json, text, actions, blocks };
}

describe('a proposed plan', () => {
  it('shows cluster, change, reason, evidence, reach, rules, approvers, time limit and the way back', () => {
    const base = makePlan();
    const plan = makePlan({
      evidence: ['pods'],
      verdict: {
        ...base.verdict,
        rules: [{ rule: 'policy.replica_bounds', denies: false, says: '4 is between 3 and 50' }],
      },
    });
    const { json, blocks } = drawn({ plan });
    expect(blocks[0]).toMatchObject({
      type: 'header',
      text: { text: 'prod · scale Deployment shop/checkout to 4' },
    });
    for (const said of [
      'in cluster `prod`',
      '`kubectl scale deployment/checkout --replicas=4 -n shop`',
      'Too few',
      'pods: 3 pods, 2 of them crash',
      'spec.replicas\\n- 3\\n+ 4',
      'Scaled Deployment shop/checkout from 3 to 4.',
      '3 → 4',
      '1 object · 1 pod · 33 % of its replicas',
      'Policy checkout\\n✓ 4 is between 3 and 50',
      'policy checkout: 1 person of sre (<@U0ADA>, <@U0CHEN>)',
      `<!date^${Date.parse(at(1800)) / 1000}^`,
      'Scales back to 3.',
    ]) {
      expect(json).toContain(said);
    }
  });

  it('can be approved, rejected and looked into', () => {
    expect(drawn().actions).toEqual(['approve_plan', 'reject_plan', 'show_plan']);
  });

  it('counts who approved so far, requirement by requirement', () => {
    const base = makePlan();
    const approvals = [{ by: 'policy checkout', teams: ['sre'], quorum: 2 }];
    const plan = makePlan({ verdict: { ...base.verdict, approvals } });
    const { json } = drawn({ plan, votes: [vote] });
    expect(json).toContain('• policy checkout: 2 people of sre');
    expect(json).toContain('so far 1 of 2: <@U0ADA>');
  });

  it('says that nobody may approve where no rule names anybody', () => {
    const plan = makePlan({ verdict: { ...makePlan().verdict, approvals: [] } });
    expect(drawn({ plan }).json).toContain('Nobody: no rule names an approver.');
  });

  it('does not count who asked for the change where that person may not approve it', () => {
    const base = makePlan();
    const approvals = [{ by: 'policy checkout', teams: ['sre'], quorum: 2, barsRequester: true as const }];
    const requestedBy = { kind: 'human' as const, slack: ADA, name: 'ada' };
    const plan = makePlan({ requestedBy, verdict: { ...base.verdict, approvals } });
    const { json } = drawn({ plan, votes: [vote] });
    expect(json).toMatch(/so far 0 of 2"/);
  });

  it('folds a long list of rules, with what warns first', () => {
    const base = makePlan();
    const quiet = Array.from({ length: 7 }, (_, index) => ({
      rule: `policy.${index}`,
      denies: false,
      says: `quiet ${index}`,
    }));
    const loud = { rule: 'safety.budget', denies: false, warns: true as const, says: 'no room left' };
    const plan = makePlan({ verdict: { ...base.verdict, rules: [...quiet, loud] } });
    const { json } = drawn({ plan });
    expect(json).toContain('Policy checkout\\n⚠ no room left\\n✓ quiet 0');
    expect(json).toContain('and 3 more rules, in Details');
    expect(json).not.toContain('quiet 5');
  });

  it('names a broken glass that it rests on, and offers itself anew only under a later one', () => {
    const broken = { by: ADA, name: 'ada', reason: 'the freeze blocks it', until: at(600), teams: ['sre'] };
    const under = makePlan({ verdict: { ...makePlan().verdict, breakGlass: broken } });
    expect(drawn({ plan: under }).json).toContain('Under the glass that <@U0ADA> broke');
    expect(drawn({ plan: under }, { breakGlass: broken }).actions).not.toContain('refresh_plan');
    expect(drawn({}, { breakGlass: broken }).actions).toContain('refresh_plan');
    expect(drawn({}, { breakGlass: { ...broken, until: AT } }).actions).not.toContain('refresh_plan');
  });

  it('points to the whole change where it does not fit', () => {
    const diff = Array.from({ length: 300 }, (_, index) => ({
      object: 'Deployment shop/checkout',
      path: `spec.template.spec.containers[${index}].image`,
      before: 'a',
      after: 'b',
    }));
    expect(drawn({ plan: makePlan({ diff }) }).json).toContain('Details has all of it');
    expect(drawn().json).not.toContain('Details has all of it');
  });
});

it('a plan denied for now can be asked for again', () => {
  const rules = [{ rule: 'policy.freeze', denies: true, says: 'nights are frozen' }];
  const plan = makePlan({ verdict: { ...makePlan().verdict, allowed: false, rules } });
  expect(drawn({ plan, status: 'denied' }).actions).toEqual(['refresh_plan', 'show_plan']);
  expect(drawn({ plan, status: 'denied' }, { status: 'resolved' }).actions).toEqual(['show_plan']);
});

it('a drafted plan is the command to copy, without a button', () => {
  const rules = [{ rule: 'mode.assist', denies: true, says: 'people run it' }];
  const plan = makePlan({ verdict: { ...makePlan().verdict, allowed: false, rules } });
  const { json, actions } = drawn({ plan, status: 'denied' });
  expect(actions).toEqual([]);
  expect(json).toContain('*Drafted* in cluster');
  expect(json).toContain('```\\nkubectl scale deployment/checkout --replicas=4 -n shop\\n```');
});

it('a denied plan gives the reason and the command to copy, and no way to approve it', () => {
  const base = makePlan();
  const rules = [{ rule: 'replicas', denies: true, says: '4 is more than 3' }];
  const plan = makePlan({ verdict: { ...base.verdict, allowed: false, rules } });
  const { json, actions } = drawn({ plan, status: 'denied' });
  expect(actions).toEqual(['show_plan']);
  expect(json).toContain('firstmate will not do this:\\n✗ 4 is more than 3');
  expect(json).toContain('```\\nkubectl scale deployment/checkout --replicas=4 -n shop\\n```');
});

describe('after the decision', () => {
  it('says who and when, then the result and whether it helped, and offers the way back', () => {
    const { json, actions } = drawn({
      status: 'succeeded',
      votes: [vote],
      finishedAt: at(90),
      says: 'scaled to 4',
      validation: { passed: true, says: '4 of 4 are ready', at: at(120) },
    });
    expect(json).toContain(`Approved by <@U0ADA> <!date^${Date.parse(at(60)) / 1000}^`);
    expect(json).toContain('scaled to 4');
    expect(json).toContain('✓ It helped');
    expect(json).toContain('4 of 4 are ready');
    expect(actions).toEqual(['undo_plan', 'show_plan']);
  });

  it('offers no way back where there is none', () => {
    expect(drawn({ status: 'succeeded', plan: makePlan({ inverse: null }) }).actions).toEqual(['show_plan']);
  });

  it.each(['expired', 'voided', 'failed', 'indeterminate'] as const)(
    'offers to refresh a plan that is %s',
    (status) => {
      expect(drawn({ status, says: 'the image changed' }).actions).toEqual(['refresh_plan', 'show_plan']);
    },
  );

  it.each(['approved', 'rejected', 'executing'] as const)('takes the buttons away: %s', (status) => {
    expect(drawn({ status, says: 'so' }).actions).toEqual(['show_plan']);
  });

  it('asks people to look where it is not known whether the change arrived', () => {
    expect(drawn({ status: 'indeterminate', says: 'the connection broke' }).json).toContain(
      'please look at the cluster',
    );
  });

  it('keeps the reason of a rejection', () => {
    const { json } = drawn({
      status: 'rejected',
      votes: [{ ...vote, vote: 'reject', reason: 'not the cause' }],
    });
    expect(json).toContain('Rejected by <@U0ADA>');
    expect(json).toContain('not the cause');
  });
});

it('stays below what Slack takes when everything is as long as it can be', () => {
  const long = '&'.repeat(4_000);
  const base = makePlan();
  const many = Array.from({ length: 50 }, (_, index) => `${index}${long}`);
  const unhashed = {
    ...base,
    id: planId('p1'),
    cluster: long,
    command: long,
    reason: long,
    evidence: many,
    diff: many.map((path) => ({ object: long, path, before: long, after: long })),
    blast: { objects: 1, pods: 1, says: long },
    fromVersion: long,
    toVersion: long,
    inverse: base.inverse === null ? null : { ...base.inverse, says: long },
    verdict: {
      allowed: true,
      rules: many.map((says) => ({ rule: long, says, denies: false })),
      policy: { name: long, hash: long },
      approvals: many.map((by) => ({ by, teams: ['sre', ...many], quorum: 9 })),
    },
  };
  const plan = { ...unhashed, hash: planHash(unhashed) };
  const votes = many.map((reason) => ({ ...vote, reason }));
  for (const status of ['proposed', 'denied', 'succeeded', 'indeterminate'] as const) {
    const { blocks } = drawn({
      plan,
      votes,
      status,
      says: long,
      validation: { passed: false, says: long, at: AT },
    });
    const total = [...JSON.stringify(blocks).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)]
      .map((found) => (found[1] ?? '').length)
      .reduce((sum, length) => sum + length, 0);
    expect(total).toBeLessThan(13_000);
  }
});
