import { FIRSTMATE } from '../src/core/actor.ts';
import type { GuardInput } from '../src/core/guards/guard.ts';
import { judge } from '../src/core/guards.ts';
import type { Freeze, Policy } from '../src/core/policy.ts';
import { AT, makePlan } from '../test/make.ts';
import { allIsWell } from '../test/safety-facts.ts';
import { atMost, type Bench } from './bench.ts';
import { quantile, round, spread } from './statistics.ts';

const POLICIES = 200;
const JUDGEMENTS = 2_000;
const WARM_UP = 200;
const MINUTE_MS = 60_000;

/**
 * One change judged with 200 policies, each with freezes, limits and conditions: 200 services with one each, and 200 of
 * the change's own service, all of which then have to be asked. Time goes on from judgement to judgement, through a day
 * and into the next: following the freezes' rules anew at midnight is in the figures.
 */
export const policy: Bench = {
  name: 'policy',
  async run(say) {
    const apart = judgements(
      Array.from({ length: POLICIES }, (_, at) => policyOf(at, at === 7 ? 'checkout' : `service-${at}`)),
    );
    const together = judgements(Array.from({ length: POLICIES }, (_, at) => policyOf(at, 'checkout')));
    say(
      `200 services: p99 ${round(quantile(apart.ms, 0.99))} ms; 200 of one: ${round(quantile(together.ms, 0.99))} ms`,
    );
    return {
      n: { policies: POLICIES, judgements: JUDGEMENTS },
      targets: [
        atMost('judging with 200 policies, p99, ms', 2, round(quantile(apart.ms, 0.99))),
        atMost('judging with 200 policies of one service, p99, ms', 2, round(quantile(together.ms, 0.99))),
      ],
      figures: {
        ofAsManyServices: { ms: spread(apart.ms), firstMs: apart.firstMs },
        ofOneService: { ms: spread(together.ms), firstMs: together.firstMs },
      },
    };
  },
};

/** @throws Error when a change that all policies allow is not allowed */
function judgements(policies: readonly Policy[]) {
  const times: number[] = [];
  for (let at = 0; at < WARM_UP + JUDGEMENTS; at += 1) {
    const input = inputOf(policies, new Date(Date.parse(AT) + at * MINUTE_MS).toISOString());
    const began = performance.now();
    const { allowed, rules } = judge(input);
    times.push(performance.now() - began);
    if (!allowed) throw new Error(JSON.stringify(rules.filter(({ denies }) => denies)));
  }
  return { ms: times.slice(WARM_UP), firstMs: round(times[0] ?? 0) };
}

/** Each of its rules is asked, and none objects. */
function policyOf(number: number, service: string): Policy {
  const freeze = (name: string, rrule: string): Freeze => ({
    name: `${name}-${number}`,
    timeZone: number % 2 === 0 ? 'Europe/Berlin' : 'America/New_York',
    from: null,
    to: null,
    rrule,
    duration: { days: 0, ms: 3_600_000 },
  });
  return {
    service,
    file: `policies/${number}.yaml`,
    hash: `sha256:${number}`,
    environments: ['production'],
    namespaces: ['shop', 'shop-*'],
    freezes: [
      freeze('year-end', 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24;BYHOUR=18'),
      { ...freeze('release', ''), rrule: null, from: '2026-12-20T18:00', to: '2027-01-04T08:00' },
    ],
    limits: { changesPerHour: 10, objectsPerPlan: 5, shareOfReplicas: 1, replicaDelta: 20 },
    conditions: [
      { expression: `request.replicasAfter <= ${50 + number}`, message: 'at most as many' },
      { expression: "object.metadata.namespace == 'shop' && incident.severity != 'SEV5'", message: null },
    ],
    allowedActions: [
      {
        type: 'scale',
        requireApproval: true,
        approvers: ['oncall'],
        maxVersionsBack: null,
        minReplicas: 2,
        maxReplicas: 50,
        quorum: 1,
        freezes: [freeze('backup', 'FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=3')],
        conditions: [{ expression: 'request.replicasBefore > 0', message: null }],
      },
    ],
    safetyChecks: [],
    incidentTag: null,
  };
}

function inputOf(policies: readonly Policy[], now: string): GuardInput {
  const plan = makePlan();
  const object = {
    kind: 'Deployment',
    metadata: { name: 'checkout', namespace: 'shop' },
    spec: { replicas: 3 },
  };
  return {
    operation: plan.operation,
    actionType: 'scale',
    draft: { ...plan, objects: [{ before: object, after: { ...object, spec: { replicas: 4 } } }] },
    runbook: { name: 'stuck', groups: ['oncall'] },
    policies,
    brokenPolicies: [],
    service: 'checkout',
    protectedNamespaces: [],
    teams: [{ name: 'oncall', slackGroup: 'oncall', members: [], oncall: null }],
    cluster: 'prod',
    environment: { name: 'production', mode: 'approve' },
    now,
    requestedBy: FIRSTMATE,
    confidence: 'high',
    breakGlass: null,
    shapedByPeople: false,
    facts: {
      changesLastHour: 1,
      namespaces: { shop: { labels: {} } },
      incident: { severity: 'SEV2' },
      service: {},
    },
    safety: allIsWell(),
  };
}
