import { FIRSTMATE } from '../src/core/actor.ts';
import type { GuardInput } from '../src/core/guards/guard.ts';
import { judge } from '../src/core/guards.ts';
import type { Freeze, Policy } from '../src/core/policy.ts';
import { AT, makePlan } from '../test/make.ts';
import { allIsWell } from '../test/safety-facts.ts';
import { atMost, type Bench } from './bench.ts';
import { cpuMs, inRounds, quantile, round, spread } from './statistics.ts';

const POLICIES = 200;
const ROUNDS = 30;
const A_ROUND = 100;
const JUDGEMENTS = ROUNDS * A_ROUND;
const WARM_UP = 200;
const MINUTE_MS = 60_000;

/**
 * One change judged with 200 policies, each with freezes, limits and conditions. The target is held against the round
 * that was disturbed least, since whatever else the machine does is in a p99; it is for 200 services with one policy
 * each. A service with 200 policies of its own, all of which have to be asked, is told for comparison. Time goes on from
 * judgement to judgement, through a day and into the next: following the freezes' rules anew at midnight is in it.
 */
export const policy: Bench = {
  name: 'policy',
  async run(say) {
    const apart = judgements(
      Array.from({ length: POLICIES }, (_, at) => policyOf(at, at === 7 ? 'checkout' : `service-${at}`)),
    );
    const together = judgements(Array.from({ length: POLICIES }, (_, at) => policyOf(at, 'checkout')));
    say(`200 services: p99 ${apart.leastP99} ms; 200 of one: ${together.leastP99} ms`);
    return {
      n: { policies: POLICIES, judgements: JUDGEMENTS },
      targets: [atMost('judging with 200 policies, p99, ms', 2, apart.leastP99)],
      figures: {
        ofAsManyServices: apart.figures,
        ofOneService: { leastP99: together.leastP99, ...together.figures },
      },
    };
  },
};

/** @throws Error when a change that all policies allow is not allowed */
function judgements(policies: readonly Policy[]) {
  const times: number[] = [];
  let computed = 0;
  for (let at = 0; at < WARM_UP + JUDGEMENTS; at += 1) {
    if (at === WARM_UP) computed = cpuMs();
    const input = inputOf(policies, new Date(Date.parse(AT) + at * MINUTE_MS).toISOString());
    const began = performance.now();
    const { allowed, rules } = judge(input);
    times.push(performance.now() - began);
    if (!allowed) throw new Error(JSON.stringify(rules.filter(({ denies }) => denies)));
  }
  const ms = times.slice(WARM_UP);
  const p99s = inRounds(ms, A_ROUND).map((one) => quantile(one, 0.99));
  return {
    leastP99: round(Math.min(...p99s)),
    figures: {
      ms: spread(ms),
      computingMs: round((cpuMs() - computed) / JUDGEMENTS),
      firstMs: round(times[0] ?? 0),
    },
  };
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
