import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import type { BreakGlass } from '../../src/core/break-glass.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import { denies, type GuardInput } from '../../src/core/guards/guard.ts';
import { policyActionAllowed } from '../../src/core/guards/policy-action-allowed.ts';
import { GUARDS, judge } from '../../src/core/guards.ts';
import type { Policy } from '../../src/core/policy.ts';
import { AT, at, makePlan } from '../make.ts';
import { allIsWell } from '../safety-facts.ts';

const ADA = { enterprise: null, team: 'T1', user: 'UADA' };
const GLASS: BreakGlass = {
  by: ADA,
  name: 'ada',
  reason: 'the freeze blocks the fix',
  until: at(900),
  teams: ['leads'],
};

function input(changes: Partial<GuardInput> = {}, more: Partial<Policy> = {}): GuardInput {
  const parsed = parseCommand('kubectl scale deployment/checkout -n shop --replicas=4');
  if (parsed.verdict === 'refuse' || parsed.verdict === 'read') throw new Error(parsed.reason);
  const action = {
    type: 'scale',
    requireApproval: false,
    approvers: [],
    maxVersionsBack: null,
    minReplicas: null,
    maxReplicas: null,
  } as const;
  return {
    operation: parsed.operation,
    actionType: 'scale',
    draft: makePlan(),
    runbook: null,
    policies: [
      {
        service: 'checkout',
        file: 'policies/checkout.yaml',
        hash: 'h',
        allowedActions: [action],
        safetyChecks: [],
        incidentTag: null,
        ...more,
      },
    ],
    brokenPolicies: [],
    service: 'checkout',
    protectedNamespaces: [],
    teams: ['oncall', 'leads'].map((name) => ({ name, slackGroup: name, members: [], oncall: null })),
    cluster: 'prod',
    environment: null,
    now: AT,
    requestedBy: FIRSTMATE,
    confidence: 'high',
    breakGlass: GLASS,
    shapedByPeople: false,
    facts: { changesLastHour: 0, namespaces: {}, incident: {}, service: {} },
    safety: allIsWell(),
    ...changes,
  };
}

describe('a broken glass', () => {
  const allowing = { rule: 'policy.action_allowed', guard: policyActionAllowed } as const;

  it.each(GUARDS.map(({ rule }) => [rule, rule === 'policy.freeze' || rule === 'safety.slo'] as const))(
    'what %s denies is lifted: %s',
    (rule, lifted) => {
      const guards = [{ rule, guard: () => denies(rule, 'no') }, allowing];
      const verdict = judge(input(), guards);
      expect(verdict.allowed).toBe(lifted);
      expect(verdict.rules[0]).toEqual({
        rule,
        denies: !lifted,
        says: lifted ? 'lifted by ada, who broke the glass (the freeze blocks the fix): no' : 'no',
      });
      expect(judge(input({ breakGlass: null }), guards).allowed).toBe(false);
    },
  );

  it('lifts the limit on changes an hour, and no other limit', () => {
    const often = { facts: { ...input().facts, changesLastHour: 9 } };
    expect(judge(input(often, { limits: { changesPerHour: 2 } })).allowed).toBe(true);
    expect(judge(input({ ...often, breakGlass: null }, { limits: { changesPerHour: 2 } })).allowed).toBe(
      false,
    );
    for (const limits of [{ objectsPerPlan: 0 }, { shareOfReplicas: 0.1 }, { replicaDelta: 0 }])
      expect(judge(input({}, { limits: { changesPerHour: 2, ...limits } })).allowed).toBe(false);
  });

  it('lets one of its teams approve alone, whatever quorum the policy asks for', () => {
    expect(judge(input({}, { quorum: 3 })).approvals).toEqual([
      { by: 'break-glass', teams: ['leads'], quorum: 1 },
    ]);
  });

  it('leaves a protected namespace with its two people of the policy', () => {
    const named = { namespaces: ['shop'], quorum: 1 };
    const { allowed, approvals } = judge(input({ protectedNamespaces: ['shop'] }, named));
    expect(allowed).toBe(true);
    expect(approvals).toMatchObject([{ by: 'policy checkout', quorum: 2, barsRequester: true }]);
  });

  it('is never a reason to leave a change to firstmate', () => {
    const auto = {
      environment: { name: 'staging', mode: 'auto' },
      facts: {
        ...input().facts,
        namespaces: { shop: { labels: { 'firstmate.dev/safe-for-auto': 'true' } } },
      },
    } as const;
    expect(judge(input({ ...auto, breakGlass: null })).automatic).toBe(true);
    expect(judge(input(auto)).automatic).toBeUndefined();
  });
});
