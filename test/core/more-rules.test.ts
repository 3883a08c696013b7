import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import type { Mode } from '../../src/core/environment.ts';
import type { GuardInput } from '../../src/core/guards/guard.ts';
import { GUARDS, judge } from '../../src/core/guards.ts';
import type { ApprovalRequirement, Verdict } from '../../src/core/plan.ts';
import type { AllowedAction, Freeze, Policy, Restrictions } from '../../src/core/policy.ts';
import { known, unknown } from '../../src/core/safety/facts.ts';
import { AT, at, human, makePlan } from '../make.ts';
import { allIsWell } from '../safety-facts.ts';

/** Scaling shop/checkout in prod from 3 to some number, early on Saturday, 14 March 2026. */
const { operation } = makePlan();
const DAY = { days: 1, ms: 0 };
const freeze = (changes: Partial<Freeze>): Freeze => ({
  name: 'f',
  timeZone: 'Europe/Berlin',
  from: null,
  to: null,
  rrule: null,
  duration: null,
  ...changes,
});

const freezes = fc.constantFrom(
  freeze({ rrule: 'FREQ=WEEKLY;BYDAY=SA', duration: DAY }),
  freeze({ rrule: 'FREQ=WEEKLY;BYDAY=MO', duration: DAY }),
  freeze({ from: '2026-03-13T00:00', to: '2026-03-14T03:00' }),
  freeze({ from: '2026-03-14T03:08', duration: DAY }),
  freeze({ rrule: 'FREQ=NEVER', duration: DAY }),
  freeze({ from: '2026-03-01T00:00', duration: DAY, timeZone: 'Mars/Olympus' }),
);
const conditions = fc
  .constantFrom(
    'request.replicasAfter <= 5',
    "service.name == 'checkout'",
    'object.spec.replicas > 0',
    'incident.nothing.here',
    'request.type',
    'not CEL (',
  )
  .map((expression) => ({ expression, message: null }));

/** Each key there or not, more often not: else hardly anything would be allowed. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, absent = 1): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: absent, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}
function present<T extends object>(all: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
const limits = fc
  .record({
    changesPerHour: sometimes(fc.integer({ min: 1, max: 4 })),
    objectsPerPlan: sometimes(fc.integer({ min: 1, max: 2 })),
    shareOfReplicas: sometimes(fc.constantFrom(0.2, 0.5, 1)),
    replicaDelta: sometimes(fc.integer({ min: 1, max: 3 })),
  })
  .map(present);

const patterns = (...names: string[]) => fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 2 });
const places = {
  clusters: patterns('prod', 'p*', 'stage'),
  environments: patterns('live', '*', 'staging'),
  namespaces: patterns('shop', 's*', 'web'),
};
const others = {
  quorum: fc.integer({ min: 1, max: 3 }),
  expiryMs: fc.integer({ min: 60_000, max: 3_600_000 }),
  selfApproval: fc.constant(false),
  freezes: fc.array(freezes, { minLength: 1, maxLength: 2 }),
  limits,
  conditions: fc.array(conditions, { minLength: 1, maxLength: 2 }),
};
const restrictions = (absent: number): fc.Arbitrary<Restrictions> =>
  fc
    .record({
      ...Object.fromEntries(
        Object.entries({ ...places, ...others, selfApproval: fc.boolean() }).map(([key, arbitrary]) => [
          key,
          sometimes(arbitrary as fc.Arbitrary<unknown>, absent),
        ]),
      ),
    })
    .map((some) => present(some) as Restrictions);

const names = fc.constantFrom('oncall', 'sre-leads');
const bound = fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(6) });
const entry = (type: 'scale' | 'restart'): fc.Arbitrary<AllowedAction> =>
  fc
    .record({
      requireApproval: fc.constantFrom(true, false, false),
      approvers: fc.uniqueArray(names, { maxLength: 2 }),
      minReplicas: bound,
      maxReplicas: bound,
      more: restrictions(9),
    })
    .map(({ more, ...some }) => ({ type, maxVersionsBack: null, ...some, ...more }));
const KEEPS = {
  name: 'must_not_reduce_availability_below',
  settings: { slo: 'checkout-availability', threshold: 99 },
};
const policies: fc.Arbitrary<Policy> = fc
  .record({
    service: fc.constantFrom('checkout', 'checkout', 'checkout', 'orders'),
    actions: fc.tuple(entry('scale'), fc.option(entry('restart'), { nil: null })),
    lacks: fc.nat(9),
    checks: fc.constantFrom([], [], [], [KEEPS], [{ name: 'full_moon', settings: {} }]),
    more: restrictions(9),
  })
  .map(({ service, actions, lacks, checks, more }) => ({
    service,
    file: 'policies/checkout.yaml',
    hash: 'h',
    allowedActions: actions.filter((one) => one !== null).filter((one) => lacks > 0 || one.type !== 'scale'),
    safetyChecks: checks,
    incidentTag: null,
    ...more,
  }));

/** More rules allow no more while it is broken either. */
const GLASS = {
  by: { enterprise: null, team: 'T1', user: 'UCHEN' },
  name: 'chen',
  reason: 'production burns',
  until: at(900),
  teams: ['sre-leads'],
};

const inputs: fc.Arbitrary<GuardInput> = fc
  .record({
    policies: fc.array(policies, { minLength: 1, maxLength: 2 }),
    groups: fc.constantFrom<string[]>([], [], ['sre-leads']),
    mode: fc.constantFrom<Mode | null>('auto', 'auto', 'auto', 'approve', 'assist', null),
    changesLastHour: fc.constantFrom(0, 2, null),
    replicasAfter: fc.constantFrom(3, 4, 5, 9, null),
    labelled: fc.constantFrom('true', 'true', 'true', 'false', null),
    confidence: fc.constantFrom('high', 'high', 'high', 'low', null),
    asked: fc.constantFrom(false, false, true),
    guarded: fc.nat(5),
    known: fc.boolean(),
    availability: fc.constantFrom(known(99.9), known(99.9), known(98), unknown('no answer')),
    drifts: fc.nat(5),
    glass: fc.constantFrom(null, null, GLASS),
  })
  .map((some) => ({
    shapedByPeople: false,
    breakGlass: some.glass,
    operation,
    actionType: 'scale',
    draft: {
      ...makePlan(),
      facts: { versionsBack: null, replicasBefore: 3, replicasAfter: some.replicasAfter },
      ...(some.known ? { objects: [{ before: {}, after: { spec: { replicas: 4 } } }] } : {}),
    },
    runbook: { name: 'r', groups: some.groups },
    policies: some.policies,
    brokenPolicies: [],
    service: 'checkout',
    protectedNamespaces: some.guarded === 0 ? ['shop'] : [],
    teams: ['oncall', 'sre-leads'].map((name) => ({ name, slackGroup: name, members: [], oncall: null })),
    cluster: 'prod',
    environment: some.mode === null ? null : { name: 'live', mode: some.mode },
    now: AT,
    requestedBy: some.asked ? human('UADA') : FIRSTMATE,
    confidence: some.confidence,
    facts: {
      changesLastHour: some.changesLastHour,
      namespaces: {
        shop: some.labelled === null ? null : { labels: { 'firstmate.dev/safe-for-auto': some.labelled } },
      },
      incident: {},
      service: { name: 'checkout' },
    },
    safety: allIsWell({
      slos: [{ slo: 'checkout-availability', availability: some.availability }],
      // A warning on the card: then nothing is automatic.
      owners: known(
        some.drifts === 0 ? [{ by: 'controller', name: 'Kafka x', object: 'Deployment shop/checkout' }] : [],
      ),
    }),
  }));

function atLeast(strict: ApprovalRequirement, asked: ApprovalRequirement): boolean {
  return (
    strict.by === asked.by &&
    strict.teams.join() === asked.teams.join() &&
    strict.quorum >= asked.quorum &&
    (asked.barsRequester !== true || strict.barsRequester === true)
  );
}

/** Nothing that was denied is allowed now, nor left to firstmate, nor asked of fewer people, nor open for longer. */
function noMore(before: Verdict, after: Verdict): void {
  if (!after.allowed) return;
  expect(before.allowed).toBe(true);
  if (after.automatic) expect(before.automatic).toBe(true);
  expect(after.validForMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
    before.validForMs ?? Number.POSITIVE_INFINITY,
  );
  for (const asked of before.approvals.filter(({ by }) => by !== 'no rule')) {
    // Who approves alone under a broken glass does not in a protected namespace: two people of the policy do.
    const guarded = asked.by === 'break-glass' && after.approvals.every(({ quorum }) => quorum > 1);
    expect(guarded || after.approvals.some((strict) => atLeast(strict, asked))).toBe(true);
  }
}

function withPolicy(input: GuardInput, which: number, change: (policy: Policy) => Policy): GuardInput {
  const at = which % input.policies.length;
  return { ...input, policies: input.policies.map((one, index) => (index === at ? change(one) : one)) };
}

/** What is added holds beside what was there: a longer list of what must be so, the smaller of two numbers. */
function narrowed(had: Restrictions, added: Restrictions): Restrictions {
  const smaller = (a?: number, b?: number) => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
  return present({
    clusters: had.clusters ?? added.clusters,
    environments: had.environments ?? added.environments,
    namespaces: had.namespaces ?? added.namespaces,
    quorum: had.quorum === undefined ? added.quorum : Math.max(had.quorum, added.quorum ?? 1),
    expiryMs: smaller(had.expiryMs, added.expiryMs),
    selfApproval: added.selfApproval === false ? false : had.selfApproval,
    freezes: [...(had.freezes ?? []), ...(added.freezes ?? [])],
    conditions: [...(had.conditions ?? []), ...(added.conditions ?? [])],
    limits: present({
      changesPerHour: smaller(had.limits?.changesPerHour, added.limits?.changesPerHour),
      objectsPerPlan: smaller(had.limits?.objectsPerPlan, added.limits?.objectsPerPlan),
      shareOfReplicas: smaller(had.limits?.shareOfReplicas, added.limits?.shareOfReplicas),
      replicaDelta: smaller(had.limits?.replicaDelta, added.limits?.replicaDelta),
    }),
  });
}

const RUNS = { numRuns: 800 };

describe('more rules never allow more, whatever is added', () => {
  it('has verdicts of every kind to look at', () => {
    const verdicts = fc.sample(inputs, { numRuns: 2000, seed: 7 }).map((some) => judge(some));
    for (const kind of [
      (verdict: Verdict) => !verdict.allowed,
      (verdict: Verdict) => verdict.allowed && verdict.automatic === undefined,
      (verdict: Verdict) => verdict.automatic === true,
      (verdict: Verdict) => verdict.allowed && verdict.approvals.some(({ quorum }) => quorum > 1),
    ])
      expect(verdicts.filter(kind).length).toBeGreaterThan(9);
  });

  it('another policy of the service', () => {
    fc.assert(
      fc.property(inputs, policies, (some, added) => {
        fc.pre(some.policies.some(({ service }) => service === 'checkout'));
        noMore(judge(some), judge({ ...some, policies: [...some.policies, added] }));
      }),
      RUNS,
    );
  });

  it('a restriction of a policy: place, quorum, expiry, freeze, limit or condition', () => {
    // To name a protected namespace opens it; that is no restriction.
    const open = inputs.filter(({ protectedNamespaces }) => protectedNamespaces.length === 0);
    fc.assert(
      fc.property(open, restrictions(2), fc.nat(9), (some, { selfApproval, ...added }, which) => {
        const more = selfApproval === false ? { ...added, selfApproval } : added;
        const after = withPolicy(some, which, (policy) => {
          const { service, file, hash, allowedActions, safetyChecks, incidentTag } = policy;
          const plain = { service, file, hash, allowedActions, safetyChecks, incidentTag };
          return { ...plain, ...narrowed(policy, more) };
        });
        noMore(judge(some), judge(after));
      }),
      RUNS,
    );
  });

  it('a restriction of the entry that allows the change', () => {
    const open = inputs.filter(({ protectedNamespaces }) => protectedNamespaces.length === 0);
    fc.assert(
      fc.property(open, restrictions(2), fc.nat(9), (some, { selfApproval, ...added }, which) => {
        const more = selfApproval === false ? { ...added, selfApproval } : added;
        const after = withPolicy(some, which, (policy) => ({
          ...policy,
          allowedActions: policy.allowedActions.map((action) => {
            const { type, requireApproval, approvers, maxVersionsBack, minReplicas, maxReplicas } = action;
            const plain = { type, requireApproval, approvers, maxVersionsBack, minReplicas, maxReplicas };
            return { ...plain, ...narrowed(action, more) };
          }),
        }));
        noMore(judge(some), judge(after));
      }),
      RUNS,
    );
  });

  it('a denial from elsewhere, a broken policy, a protected namespace, a fact that is lost', () => {
    fc.assert(
      fc.property(inputs, (some) => {
        const before = judge(some);
        const denial = { rule: 'safety', guard: () => ({ rule: 'safety', denies: true, says: 'no' }) };
        const fault = {
          rule: 'safety',
          guard: () => {
            throw new Error('out of ink');
          },
        };
        for (const more of [denial, fault]) {
          const rule = 'policy.safety_checks' as const;
          expect(judge(some, [...GUARDS, { ...more, rule }]).allowed).toBe(false);
        }
        expect(judge({ ...some, brokenPolicies: [{ service: null, file: 'x', says: 'no' }] }).allowed).toBe(
          false,
        );
        noMore(before, judge({ ...some, protectedNamespaces: ['shop'] }));
        noMore(before, judge({ ...some, facts: { ...some.facts, changesLastHour: null } }));
        noMore(before, judge({ ...some, facts: { ...some.facts, namespaces: {} } }));
        const { facts } = some.draft;
        noMore(
          before,
          judge({ ...some, draft: { ...some.draft, facts: { ...facts, replicasAfter: null } } }),
        );
        noMore(before, judge({ ...some, draft: { ...some.draft, objects: [] } }));
      }),
      RUNS,
    );
  });

  it('a change an hour more than before', () => {
    fc.assert(
      fc.property(inputs, fc.nat(5), fc.nat(5), (some, had, more) => {
        const at = (changesLastHour: number) => judge({ ...some, facts: { ...some.facts, changesLastHour } });
        noMore(at(had), at(had + more));
      }),
      RUNS,
    );
  });
});
