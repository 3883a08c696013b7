import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { commandLine } from '../../src/core/command/command-line.ts';
import { parseCommand } from '../../src/core/command/parse.ts';
import type { ChangeFacts, GuardInput } from '../../src/core/guards/guard.ts';
import {
  closedToReading,
  DEFAULT_PROTECTED_NAMESPACES,
  protectionOf,
} from '../../src/core/guards/protected-namespace.ts';
import { GUARDS, judge, policyInForce } from '../../src/core/guards.ts';
import type { WriteOperation } from '../../src/core/operation.ts';
import type { Draft, Verdict } from '../../src/core/plan.ts';
import type { AllowedAction, ChangeLimits, Freeze, Policy } from '../../src/core/policy.ts';
import { AT, makePlan } from '../make.ts';
import { allIsWell } from '../safety-facts.ts';
import { namespacedWrites } from './operation-arbitrary.ts';

function write(line: string): WriteOperation {
  const parsed = parseCommand(line);
  if (parsed.verdict === 'refuse' || parsed.verdict === 'read') throw new Error(parsed.reason);
  return parsed.operation;
}

function draft(facts: Partial<Draft['facts']> = {}): Draft {
  const plan = makePlan();
  return {
    ...plan,
    facts: { versionsBack: 1, replicasBefore: 3, replicasAfter: 4, ...facts },
  };
}

function action(changes: Partial<AllowedAction> = {}): AllowedAction {
  return {
    type: 'rollback',
    requireApproval: true,
    approvers: ['oncall'],
    maxVersionsBack: null,
    minReplicas: null,
    maxReplicas: null,
    ...changes,
  };
}

function policy(changes: Partial<Policy> = {}): Policy {
  return {
    service: 'checkout',
    file: 'policies/checkout.yaml',
    hash: 'sha256:1',
    allowedActions: [action()],
    safetyChecks: [],
    incidentTag: null,
    ...changes,
  };
}

const team = (name: string) => ({ name, slackGroup: name, members: [], oncall: null });

function input(changes: Partial<GuardInput> = {}): GuardInput {
  return {
    operation: write('kubectl rollout undo deployment/checkout -n shop'),
    actionType: 'rollback',
    draft: draft(),
    runbook: { name: 'stuck', groups: ['sre-leads'] },
    policies: [policy()],
    brokenPolicies: [],
    service: 'checkout',
    protectedNamespaces: [],
    teams: [team('oncall'), team('sre-leads')],
    cluster: 'prod',
    environment: null,
    now: AT,
    requestedBy: FIRSTMATE,
    confidence: 'high',
    breakGlass: null,
    shapedByPeople: false,
    facts: { changesLastHour: 0, namespaces: { shop: { labels: {} } }, incident: {}, service: {} },
    safety: allIsWell(),
    ...changes,
  };
}

const SCALE = {
  operation: write('kubectl scale deployment/checkout -n shop --replicas=4'),
  actionType: 'scale',
} as const;
const denying = (verdict: Verdict) => verdict.rules.filter((rule) => rule.denies).map((rule) => rule.rule);
const check = { name: 'must_be_full_moon', settings: {} };

// AT is a Saturday, 02:07 UTC.
const FROZEN: Freeze = {
  name: 'weekend',
  timeZone: 'UTC',
  from: null,
  to: null,
  rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=16',
  duration: { days: 3, ms: 0 },
};

function facts(changesLastHour: number | null): ChangeFacts {
  return { ...input().facts, changesLastHour };
}

function limited(limits: ChangeLimits, type: 'rollback' | 'scale' = 'rollback'): Partial<GuardInput> {
  return { policies: [policy({ limits, allowedActions: [action({ type })] })] };
}

function images(...brought: string[]): Partial<GuardInput> {
  return imagesOf(['registry.example/shop', 'ghcr.io'], ...brought);
}

function imagesOf(imageRegistries: readonly string[], ...brought: string[]): Partial<GuardInput> {
  return {
    draft: draft(brought.length === 0 ? {} : { images: brought }),
    policies: [policy({ allowedActions: [action({ imageRegistries })] })],
  };
}

function conditioned(expression: string): Partial<GuardInput> {
  return { policies: [policy({ conditions: [{ expression, message: null }] })] };
}

const AUTO: Partial<GuardInput> = {
  environment: { name: 'staging', mode: 'auto' },
  runbook: null,
  policies: [policy({ allowedActions: [action({ requireApproval: false, approvers: [] })] })],
  facts: { ...facts(0), namespaces: { shop: { labels: { 'firstmate.dev/safe-for-auto': 'true' } } } },
};

describe('a verdict', () => {
  it('allows what a policy allows, and asks both the policy and the runbook', () => {
    expect(judge(input())).toEqual({
      allowed: true,
      rules: [
        {
          rule: 'action.type_matches_command',
          denies: false,
          says: 'the command is a rollback, as the action says',
        },
        { rule: 'policy.exists', denies: false, says: 'checkout has policies/checkout.yaml' },
        { rule: 'policy.action_allowed', denies: false, says: 'policies/checkout.yaml allows rollback' },
        {
          rule: 'safety.replicas_left',
          denies: false,
          says: '3 of 3 pods of Deployment shop/checkout go on serving',
        },
      ],
      policy: { name: 'checkout', hash: 'sha256:1' },
      approvals: [
        { by: 'policy checkout', teams: ['oncall'], quorum: 1 },
        { by: 'runbook stuck', teams: ['sre-leads'], quorum: 1 },
      ],
    });
  });

  it.each<[string, Partial<GuardInput>, string]>([
    ['nobody wrote a policy', { policies: [] }, 'policy.exists'],
    ['the policy is of another service', { policies: [policy({ service: 'orders' })] }, 'policy.exists'],
    ['no service is known', { service: null }, 'policy.exists'],
    [
      "the service's policy is broken",
      { brokenPolicies: [{ service: 'checkout', file: 'p.yaml', says: 'no' }] },
      'policy.broken',
    ],
    [
      'a broken policy could be anybody\u2019s',
      { brokenPolicies: [{ service: null, file: 'p.yaml', says: 'no' }] },
      'policy.broken',
    ],
    [
      'the policy allows other things only',
      { policies: [policy({ allowedActions: [action({ type: 'scale' })] })] },
      'policy.action_allowed',
    ],
    [
      'one of two policies does not allow it',
      { policies: [policy(), policy({ allowedActions: [] })] },
      'policy.action_allowed',
    ],
    [
      'a policy lists the action twice',
      { policies: [policy({ allowedActions: [action(), action()] })] },
      'policy.action_allowed',
    ],
    [
      'it goes too far back',
      {
        draft: draft({ versionsBack: 2 }),
        policies: [policy({ allowedActions: [action({ maxVersionsBack: 1 })] })],
      },
      'policy.max_versions_back',
    ],
    [
      'how far back is not known',
      {
        draft: draft({ versionsBack: null }),
        policies: [policy({ allowedActions: [action({ maxVersionsBack: 1 })] })],
      },
      'policy.max_versions_back',
    ],
    [
      'there would be too few',
      { ...SCALE, policies: [policy({ allowedActions: [action({ type: 'scale', minReplicas: 5 })] })] },
      'policy.replica_bounds',
    ],
    [
      'there would be too many',
      { ...SCALE, policies: [policy({ allowedActions: [action({ type: 'scale', maxReplicas: 3 })] })] },
      'policy.replica_bounds',
    ],
    [
      'how many is not known',
      {
        ...SCALE,
        draft: draft({ replicasAfter: null }),
        policies: [policy({ allowedActions: [action({ type: 'scale', maxReplicas: 9 })] })],
      },
      'policy.replica_bounds',
    ],
    [
      'a safety check is asked for',
      { policies: [policy({ safetyChecks: [check] })] },
      'policy.safety_checks',
    ],
    [
      'the namespace is kube-system',
      { operation: write('kubectl rollout undo ds/proxy -n kube-system') },
      'protected_namespace',
    ],
    ['the namespace is configured as protected', { protectedNamespaces: ['shop'] }, 'protected_namespace'],
    [
      'the policy speaks of other clusters only',
      { policies: [policy({ clusters: ['stage-*'] })] },
      'policy.action_allowed',
    ],
    [
      'the policy speaks of an environment, and which one this is nobody knows',
      { policies: [policy({ environments: ['*'] })] },
      'policy.action_allowed',
    ],
    [
      'the entry speaks of other namespaces only',
      { policies: [policy({ allowedActions: [action({ namespaces: ['web'] })] })] },
      'policy.action_allowed',
    ],
    [
      'two entries speak of this place',
      {
        policies: [
          policy({ allowedActions: [action({ namespaces: ['s*'] }), action({ clusters: ['p*'] })] }),
        ],
      },
      'policy.action_allowed',
    ],
    ['a freeze holds', { policies: [policy({ freezes: [FROZEN] })] }, 'policy.freeze'],
    [
      'a freeze of the entry holds',
      { policies: [policy({ allowedActions: [action({ freezes: [FROZEN] })] })] },
      'policy.freeze',
    ],
    [
      'a freeze cannot be evaluated',
      { policies: [policy({ freezes: [{ ...FROZEN, timeZone: 'Mars/Olympus' }] })] },
      'policy.freeze',
    ],
    ['the hour has had its changes', { ...limited({ changesPerHour: 2 }), facts: facts(2) }, 'policy.limits'],
    [
      'how many changes the hour has had is not known',
      { ...limited({ changesPerHour: 9 }), facts: facts(null) },
      'policy.limits',
    ],
    [
      'more objects are touched than the text names',
      { ...limited({ objectsPerPlan: 1 }), draft: { ...draft(), blast: { objects: 2, pods: 2, says: '' } } },
      'policy.limits',
    ],
    ['a rollout touches every replica', limited({ shareOfReplicas: 0.99 }), 'policy.limits'],
    [
      'a third more is more than the share',
      { ...SCALE, ...limited({ shareOfReplicas: 0.33 }, 'scale') },
      'policy.limits',
    ],
    [
      'the replicas before are not known',
      { ...SCALE, ...limited({ replicaDelta: 9 }, 'scale'), draft: draft({ replicasBefore: null }) },
      'policy.limits',
    ],
    [
      'the step is too large',
      { ...SCALE, ...limited({ replicaDelta: 1 }, 'scale'), draft: draft({ replicasAfter: 5 }) },
      'policy.limits',
    ],
    [
      'the image comes from elsewhere',
      { ...images('registry.example/shopping/checkout:2') },
      'policy.image_registries',
    ],
    [
      "the image is named like the registry, and is Docker Hub's",
      imagesOf(['registry.example'], 'registry.example:2'),
      'policy.image_registries',
    ],
    [
      'capitals make a host of what looks like a place in Docker Hub',
      imagesOf(['docker.io'], 'EVIL/checkout:2'),
      'policy.image_registries',
    ],
    ['nobody knows which image it brings', images(), 'policy.image_registries'],
    ['a condition is not so', conditioned('request.replicasAfter > 9'), 'policy.conditions'],
    ['a condition has no answer', conditioned('object.spec.replicas > 1'), 'policy.conditions'],
    ['a condition is no truth', conditioned('request.namespace'), 'policy.conditions'],
    [
      'a condition would take too long',
      {
        ...conditioned('incident.list.all(a, incident.list.all(b, a != b || a == b))'),
        facts: { ...facts(0), incident: { list: Array.from({ length: 3000 }, (_, index) => index) } },
      },
      'policy.conditions',
    ],
    [
      'a condition is not so for one of two objects',
      {
        ...conditioned('object.spec.replicas > 1'),
        draft: {
          ...draft(),
          objects: [2, 1].map((replicas) => ({ before: {}, after: { spec: { replicas } } })),
        },
      },
      'policy.conditions',
    ],
    ['the environment assists', { environment: { name: 'staging', mode: 'assist' } }, 'mode.assist'],
    [
      'only a glob reaches the protected namespace',
      { protectedNamespaces: ['shop'], policies: [policy({ namespaces: ['*'] })] },
      'protected_namespace',
    ],
    [
      'one of two policies does not name the protected namespace',
      { protectedNamespaces: ['shop'], policies: [policy({ namespaces: ['shop'] }), policy()] },
      'protected_namespace',
    ],
    ['the policy asks a team that nobody knows', { teams: [team('sre-leads')] }, 'team.unknown'],
    ['the runbook asks a team that nobody knows', { teams: [team('oncall')] }, 'team.unknown'],
    [
      'the action is called something else',
      { actionType: 'restart', policies: [policy({ allowedActions: [action({ type: 'restart' })] })] },
      'action.type_matches_command',
    ],
  ])('denies when %s', (_, changes, rule) => {
    const verdict = judge(input(changes));
    expect(verdict.allowed).toBe(false);
    expect(denying(verdict)).toEqual([rule]);
  });

  it.each<[string, Partial<GuardInput>]>([
    ['a place that the policy names', { policies: [policy({ clusters: ['prod'], namespaces: ['sh*'] })] }],
    [
      'an environment that is known',
      { environment: { name: 'live', mode: 'approve' }, policies: [policy({ environments: ['live'] })] },
    ],
    [
      'one of two entries for different places',
      {
        policies: [
          policy({ allowedActions: [action({ namespaces: ['web'] }), action({ namespaces: ['shop'] })] }),
        ],
      },
    ],
    [
      'a time outside of the freeze',
      { now: '2026-03-11T12:00:00Z', policies: [policy({ freezes: [FROZEN] })] },
    ],
    ['the last change of an hour', { ...limited({ changesPerHour: 3 }), facts: facts(2) }],
    [
      'a rollout, which adds no replicas',
      limited({ replicaDelta: 1, objectsPerPlan: 1, shareOfReplicas: 1 }),
    ],
    [
      'a share that is just reached',
      { ...SCALE, ...limited({ shareOfReplicas: 0.334, replicaDelta: 1 }, 'scale') },
    ],
    [
      'images of Docker Hub and of a registry on this machine',
      imagesOf(['docker.io', 'localhost:5000'], 'checkout:2', 'acme/checkout', 'localhost:5000/checkout'),
    ],
    ['images below the registries', images('registry.example/shop/checkout:2', 'ghcr.io/acme/x@sha256:ab')],
    [
      'a condition that is so',
      conditioned("request.type == 'rollback' && timestamp(now) > timestamp('2026-01-01T00:00:00Z')"),
    ],
    [
      'a condition on both objects',
      {
        ...conditioned('object.spec.replicas >= oldObject.spec.replicas'),
        draft: {
          ...draft(),
          objects: [{ before: { spec: { replicas: 2 } }, after: { spec: { replicas: 3 } } }],
        },
      },
    ],
    [
      'a protected namespace that the policy names',
      { protectedNamespaces: ['shop'], policies: [policy({ namespaces: ['shop'] })] },
    ],
    [
      'a protected namespace that the entry names',
      {
        protectedNamespaces: ['shop'],
        policies: [policy({ allowedActions: [action({ namespaces: ['shop'] })] })],
      },
    ],
  ])('allows %s', (_, changes) => {
    expect(denying(judge(input(changes)))).toEqual([]);
  });

  it('says where else the action is allowed', () => {
    const says = (changes: Partial<Policy>) =>
      judge(input({ policies: [policy(changes)] })).rules.find((rule) => rule.denies)?.says;
    expect(says({ clusters: ['stage-*'] })).toBe(
      'policies/checkout.yaml speaks only in the clusters stage-*, not in prod',
    );
    expect(says({ allowedActions: [action({ namespaces: ['web'] })] })).toBe(
      'policies/checkout.yaml allows rollback only in the namespaces web, not in shop',
    );
    expect(says({ freezes: [FROZEN] })).toBe('the freeze weekend holds until 2026-03-16T16:00:00.000Z');
  });

  it('has the shortest of the times that policies give, and the environment', () => {
    const { validForMs, environment } = judge(
      input({
        environment: { name: 'live', mode: 'approve' },
        policies: [policy({ expiryMs: 600_000, allowedActions: [action({ expiryMs: 300_000 })] })],
      }),
    );
    expect([validForMs, environment]).toEqual([300_000, { name: 'live', mode: 'approve' }]);
  });

  it('denies a change whose object was found in a protected namespace, wherever the command pointed', () => {
    const [target] = draft().targets;
    if (target === undefined) throw new Error('the plan of test/make.ts has a target');
    const moved = { ...target, ref: { ...target.ref, namespace: 'kube-system' } };
    const verdict = judge(input({ draft: { ...draft(), targets: [moved] } }));
    expect(denying(verdict)).toEqual(['protected_namespace']);
  });

  it('holds for each pod that a drain would evict, though the node is in no namespace', () => {
    const [target] = draft().targets;
    if (target === undefined) throw new Error('no target');
    const at = (namespace: string | null) => ({ ...target, ref: { ...target.ref, namespace } });
    const drain = (...places: (string | null)[]) =>
      judge(
        input({
          operation: write('kubectl drain node-a --ignore-daemonsets'),
          actionType: 'drain',
          policies: [policy({ allowedActions: [action({ type: 'drain' })] })],
          draft: { ...draft(), targets: places.map(at) },
        }),
      );
    expect(drain(null, 'shop').allowed).toBe(true);
    expect(denying(drain(null, 'shop', 'kube-system'))).toEqual(['protected_namespace']);
  });

  it('says which file to add, which check it cannot make, and whose policy is broken', () => {
    const says = (changes: Partial<GuardInput>) =>
      judge(input(changes)).rules.find((rule) => rule.denies)?.says;
    expect(says({ policies: [] })).toBe(
      'no policy says what may be done to checkout: add policies/checkout.yaml',
    );
    expect(says({ policies: [policy({ safetyChecks: [check] })] })).toContain('must_be_full_moon');
    expect(
      says({ brokenPolicies: [{ service: 'checkout', file: 'policies/x.yaml', says: 'line 3' }] }),
    ).toContain('policies/x.yaml (line 3)');
  });

  it('stays within bounds at both of their ends', () => {
    const bounds = { type: 'scale', minReplicas: 4, maxReplicas: 4 } as const;
    const verdict = judge(input({ ...SCALE, policies: [policy({ allowedActions: [action(bounds)] })] }));
    expect(verdict.allowed).toBe(true);
    expect(verdict.rules).toContainEqual({
      rule: 'policy.replica_bounds',
      denies: false,
      says: '4 replicas, 4 to 4 allowed',
    });
  });

  it('denies when a rule cannot be evaluated, and says which', () => {
    const broken = {
      rule: 'policy.exists',
      guard: () => {
        throw new Error('out of ink');
      },
    } as const;
    const verdict = judge(input(), [...GUARDS, broken]);
    expect(verdict.allowed).toBe(false);
    expect(verdict.rules.at(-1)).toEqual({
      rule: 'policy.exists',
      denies: true,
      says: 'this could not be judged: out of ink',
    });
  });

  it('denies when no rule says yes', () => {
    expect(judge(input(), []).allowed).toBe(false);
    expect(
      judge(
        input(),
        GUARDS.filter(({ rule }) => rule !== 'policy.action_allowed'),
      ).allowed,
    ).toBe(false);
  });
});

describe('who must approve', () => {
  const approvals = (allowed: Partial<AllowedAction>, groups: readonly string[]) =>
    judge(
      input({
        policies: [policy({ allowedActions: [action(allowed)] })],
        runbook: { name: 'stuck', groups },
      }),
    ).approvals.map(({ by, teams }) => [by, ...teams]);

  it.each<[string, Partial<AllowedAction>, readonly string[], readonly (readonly string[])[]]>([
    [
      'both',
      {},
      ['sre-leads'],
      [
        ['policy checkout', 'oncall'],
        ['runbook stuck', 'sre-leads'],
      ],
    ],
    ['the policy alone', {}, [], [['policy checkout', 'oncall']]],
    [
      'nobody can, when the policy wants approval and names no one',
      { approvers: [] },
      ['sre-leads'],
      [['policy checkout'], ['runbook stuck', 'sre-leads']],
    ],
    [
      'the runbook alone, when the policy asks for nobody',
      { requireApproval: false, approvers: [] },
      ['sre-leads'],
      [['runbook stuck', 'sre-leads']],
    ],
    [
      'nobody can, when neither names anybody',
      { requireApproval: false, approvers: [] },
      [],
      [['policy checkout']],
    ],
    [
      'the policy all the same, when it names people but does not insist',
      { requireApproval: false },
      [],
      [['policy checkout', 'oncall']],
    ],
  ])('is %s', (_, allowed, groups, expected) => {
    expect(approvals(allowed, groups)).toEqual(expected);
  });

  it.each<[string, Partial<GuardInput>, readonly (readonly [number, boolean])[]]>([
    [
      'one person of each',
      {},
      [
        [1, false],
        [1, false],
      ],
    ],
    [
      'as many as the policy says, not who asked',
      { policies: [policy({ quorum: 3 })] },
      [
        [3, true],
        [1, true],
      ],
    ],
    [
      'the larger of two quorums',
      { policies: [policy({ quorum: 2, allowedActions: [action({ quorum: 4 })] })] },
      [
        [4, true],
        [1, true],
      ],
    ],
    [
      'who asked as well, where the policy says so',
      { policies: [policy({ quorum: 2, selfApproval: true })] },
      [
        [2, false],
        [1, false],
      ],
    ],
    [
      'not who asked, where the policy says so',
      { policies: [policy({ selfApproval: false })] },
      [
        [1, true],
        [1, true],
      ],
    ],
    [
      'two everywhere in a protected namespace',
      { protectedNamespaces: ['shop'], policies: [policy({ namespaces: ['shop'] })] },
      [
        [2, true],
        [2, true],
      ],
    ],
  ])('is %s', (_, changes, expected) => {
    const { approvals: required } = judge(input(changes));
    expect(required.map(({ quorum, barsRequester }) => [quorum, barsRequester === true])).toEqual(expected);
  });

  it('is nobody only where everything says so', () => {
    const verdict = judge(input(AUTO));
    expect(verdict).toMatchObject({ allowed: true, automatic: true });
    expect(verdict.rules.at(-1)).toMatchObject({ rule: 'mode.auto', denies: false });
  });

  it.each<[string, Partial<GuardInput>, string]>([
    ['the environment waits for approval', { environment: { name: 'x', mode: 'approve' } }, ''],
    ['the cluster has no environment', { environment: null }, ''],
    ['a policy asks for approval', { policies: [policy()] }, 'asks for approval'],
    [
      'one of two policies asks for approval',
      { policies: [...(AUTO.policies ?? []), policy()] },
      'asks for approval',
    ],
    [
      'a policy names a quorum',
      { policies: (AUTO.policies ?? []).map((one) => ({ ...one, quorum: 1 })) },
      'quorum',
    ],
    ['the runbook asks a group', { runbook: { name: 'stuck', groups: ['sre-leads'] } }, 'asks sre-leads'],
    ['the confidence is not high', { confidence: 'medium' }, 'medium, not high'],
    ['no hypothesis proposes it', { confidence: null }, 'no hypothesis'],
    ['people had a say in it', { shapedByPeople: true }, 'people had a say in what the incident is about'],
    ['a person asked for it', { requestedBy: { kind: 'operator', name: 'ada' } }, 'a person asked'],
    ['the namespace has no label', { facts: facts(0) }, 'has no label'],
    [
      'the label says something else',
      { facts: { ...facts(0), namespaces: { shop: { labels: { 'firstmate.dev/safe-for-auto': 'yes' } } } } },
      'has no label',
    ],
    [
      'the label could not be read',
      { facts: { ...facts(0), namespaces: { shop: null } } },
      'could not be read',
    ],
    [
      'the namespace is protected',
      {
        protectedNamespaces: ['shop'],
        policies: (AUTO.policies ?? []).map((one) => ({ ...one, namespaces: ['shop'] })),
      },
      'is protected',
    ],
  ])('is people all the same when %s', (_, changes, says) => {
    const verdict = judge(input({ ...AUTO, ...changes }));
    expect(verdict.allowed).toBe(true);
    expect(verdict.automatic).toBeUndefined();
    const auto = verdict.rules.find((rule) => rule.rule === 'mode.auto')?.says ?? '';
    expect(auto).toContain(says);
  });

  it('is everybody that each of several policies wants', () => {
    const second = policy({
      file: 'policies/b.yaml',
      allowedActions: [action({ approvers: ['sre-leads'] })],
    });
    const { approvals: required } = judge(input({ policies: [policy(), second], runbook: null }));
    expect(required.map(({ teams }) => teams)).toEqual([['oncall'], ['sre-leads']]);
  });

  it('is never an empty list of requirements', () => {
    expect(judge(input({ policies: [], runbook: null })).approvals).toEqual([
      { by: 'no rule', teams: [], quorum: 1 },
    ]);
  });
});

describe('the policy that a verdict rests on', () => {
  it('changes with each of the policies of its service, in whatever order they are, and with no other', () => {
    const [a, b, other] = [
      policy({ hash: 'a' }),
      policy({ hash: 'b' }),
      policy({ hash: 'c', service: 'orders' }),
    ];
    expect(policyInForce([a, other], 'checkout')).toEqual({ name: 'checkout', hash: 'a' });
    const both = policyInForce([a, b], 'checkout');
    expect(policyInForce([b, other, a], 'checkout')).toEqual(both);
    expect(policyInForce([a, policy({ hash: 'B' })], 'checkout')).not.toEqual(both);
    expect(policyInForce([other], 'checkout')).toBeNull();
    expect(policyInForce([a], null)).toBeNull();
  });
});

describe('protected namespaces', () => {
  const says = (line: string): string | null => {
    const parsed = parseCommand(line);
    return parsed.verdict === 'refuse' ? parsed.reason : protectionOf(parsed.operation, ['vault']);
  };

  it('keep what their ConfigMaps hold, but for those that a policy names for this cluster', () => {
    const here = { cluster: 'prod', environment: null };
    const closed = (...policies: readonly Policy[]) => closedToReading(policies, here, ['vault']);
    expect(closed()).toEqual([...DEFAULT_PROTECTED_NAMESPACES, 'vault']);
    expect(closed(policy({ namespaces: ['*', 'vau*'] }))).toContain('vault');
    expect(closed(policy({ namespaces: ['vault'] }))).not.toContain('vault');
    expect(closed(policy({ allowedActions: [action({ namespaces: ['vault'] })] }))).not.toContain('vault');
    expect(closed(policy({ namespaces: ['vault'], clusters: ['stage'] }))).toContain('vault');
    const elsewhere = action({ namespaces: ['vault'], environments: ['live'] });
    expect(closed(policy({ allowedActions: [elsewhere] }))).toContain('vault');
  });

  it('are not written to', () => {
    fc.assert(
      fc.property(
        namespacedWrites,
        fc.constantFrom(...DEFAULT_PROTECTED_NAMESPACES, 'vault'),
        (operation, namespace) => {
          const line = (place: string) =>
            commandLine(operation).replace(` -n ${operation.namespace}`, ` -n ${place}`);
          expect(says(line(namespace))).toContain(namespace);
          expect(says(line('shop'))).toBeNull();
        },
      ),
    );
  });

  it.each([
    'kubectl get cm coredns -n kube-system -o yaml',
    'kubectl get pods,configmaps -n vault -o json',
    'kubectl describe configmap coredns -n kube-system',
    'kubectl get configmaps -A -o yaml',
    `kubectl get pods,cm -n vault -o jsonpath='{.items[*].data}'`,
    'kubectl get cm -n vault --sort-by=.data.key',
    'kubectl get pod/a cm/b -n vault -o json',
    'kubectl get configmaps.v1. -n vault -o json',
  ])('keep what their ConfigMaps hold: %s', (line) => {
    expect(says(line)).toMatch(/ConfigMaps/);
  });

  it.each([
    'kubectl get cm -n kube-system',
    'kubectl get cm -n shop -o yaml',
    'kubectl get pods -n kube-system -o yaml',
    'kubectl logs coredns-0 -n kube-system',
    'kubectl describe node n1',
  ])('may otherwise be read: %s', (line) => {
    expect(says(line)).toBeNull();
  });
});

describe('more rules never allow more', () => {
  const names = fc.constantFrom('oncall', 'sre-leads', 'db', 'ghosts');
  const bound = fc.option(fc.integer({ min: 0, max: 6 }));
  const actions: fc.Arbitrary<AllowedAction> = fc.record({
    // The two that the inputs are of, and another one.
    type: fc.constantFrom('rollback', 'scale', 'restart'),
    requireApproval: fc.boolean(),
    approvers: fc.uniqueArray(names, { maxLength: 2 }),
    maxVersionsBack: bound,
    minReplicas: bound,
    maxReplicas: bound,
  });
  const policies = fc
    .record({
      service: fc.constantFrom('checkout', 'checkout', 'checkout', 'orders'),
      allowedActions: fc.uniqueArray(actions, { maxLength: 4, selector: (one) => one.type }),
      safetyChecks: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.constant([check]) },
      ),
      hash: fc.string(),
    })
    .map((some) => policy(some));
  const inputs: fc.Arbitrary<GuardInput> = fc
    .record({
      policies: fc.array(policies, { minLength: 1, maxLength: 3 }),
      runbook: fc.option(
        fc.record({ name: fc.constant('stuck'), groups: fc.uniqueArray(names, { maxLength: 2 }) }),
      ),
      teams: fc.constantFrom(['oncall', 'sre-leads', 'db', 'ghosts'], ['oncall', 'sre-leads']),
      versionsBack: bound,
      replicasAfter: bound,
      scales: fc.boolean(),
    })
    .map(({ versionsBack, replicasAfter, teams, scales, ...some }) =>
      input({
        ...(scales ? SCALE : {}),
        ...some,
        teams: teams.map(team),
        draft: draft({ versionsBack, replicasAfter }),
      }),
    );

  /** Nothing that was denied is allowed now, and who had to approve still has to. */
  function noMore(before: Verdict, after: Verdict): void {
    if (!after.allowed) return;
    expect(before.allowed).toBe(true);
    for (const requirement of before.approvals) expect(after.approvals).toContainEqual(requirement);
  }

  it('has inputs of both kinds to look at', () => {
    const verdicts = fc.sample(inputs, { numRuns: 500, seed: 7 }).map((some) => judge(some).allowed);
    expect(new Set(verdicts)).toEqual(new Set([true, false]));
  });

  // The first policy of a service is what allows anything at all.
  it('when a policy is added to those of a service', () => {
    fc.assert(
      fc.property(inputs, policies, (some, added) => {
        fc.pre(some.policies.some((one) => one.service === 'checkout'));
        noMore(judge(some), judge({ ...some, policies: [...some.policies, added] }));
      }),
      { numRuns: 2000 },
    );
  });

  it('when a policy breaks beside those that hold', () => {
    fc.assert(
      fc.property(inputs, fc.constantFrom('checkout', 'orders', null), (some, service) => {
        noMore(judge(some), judge({ ...some, brokenPolicies: [{ service, file: 'x.yaml', says: 'no' }] }));
      }),
    );
  });

  it('when an allowed action is taken away, or bounded closer', () => {
    fc.assert(
      fc.property(inputs, fc.nat(9), fc.nat(9), fc.boolean(), (some, which, entry, removes) => {
        const at = which % some.policies.length;
        const changed = some.policies.map((one, index) => {
          if (index !== at) return one;
          const place = entry % Math.max(1, one.allowedActions.length);
          const allowedActions = one.allowedActions.flatMap((allowed, position) => {
            if (position !== place) return [allowed];
            return removes ? [] : [{ ...allowed, maxVersionsBack: 0, minReplicas: 6, requireApproval: true }];
          });
          return { ...one, allowedActions };
        });
        noMore(judge(some), judge({ ...some, policies: changed }));
      }),
      { numRuns: 2000 },
    );
  });

  it('when a safety check, a protected namespace or a limit on teams is added', () => {
    fc.assert(
      fc.property(inputs, fc.nat(9), (some, which) => {
        const at = which % some.policies.length;
        const checked = some.policies.map((one, index) =>
          index === at ? { ...one, safetyChecks: [...one.safetyChecks, check] } : one,
        );
        noMore(judge(some), judge({ ...some, policies: checked }));
        noMore(judge(some), judge({ ...some, protectedNamespaces: ['shop'] }));
        noMore(judge(some), judge({ ...some, teams: some.teams.slice(1) }));
      }),
    );
  });
});
