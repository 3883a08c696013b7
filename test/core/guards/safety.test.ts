import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../../src/core/actor.ts';
import { SAFE_LABEL } from '../../../src/core/automatic.ts';
import { parseCommand } from '../../../src/core/command/parse.ts';
import type { GuardInput } from '../../../src/core/guards/guard.ts';
import { judge } from '../../../src/core/guards.ts';
import { objectName } from '../../../src/core/kube.ts';
import { actionTypeOf, type WriteOperation } from '../../../src/core/operation.ts';
import type { Draft } from '../../../src/core/plan.ts';
import type { AllowedAction } from '../../../src/core/policy.ts';
import {
  type BudgetFacts,
  known,
  type Owner,
  type SafetyFacts,
  unknown,
  type WorkloadFacts,
} from '../../../src/core/safety/facts.ts';
import { AT, at, makePlan } from '../../make.ts';
import { allIsWell, workload } from '../../safety-facts.ts';

type Diff = Draft['diff'][number];

function write(line: string): WriteOperation {
  const parsed = parseCommand(line);
  if (parsed.verdict === 'refuse' || parsed.verdict === 'read') throw new Error(parsed.reason);
  return parsed.operation;
}

function target(kind: string, name: string): Draft['targets'][number] {
  const ref = { cluster: 'prod', apiVersion: 'v1', kind, namespace: kind === 'Node' ? null : 'shop', name };
  return { ref, uid: `uid-${name}`, reviewed: {} };
}

type Change = {
  readonly line: string;
  readonly targets: Draft['targets'];
  readonly diff: readonly Diff[];
  readonly path?: string;
};

const DEPLOYMENT = [target('Deployment', 'checkout')];
const on = (
  path: string,
  before: Diff['before'],
  after: Diff['after'],
  kind = 'Deployment',
  name = 'checkout',
): Diff => ({
  object: objectName({ kind, namespace: 'shop', name }),
  path,
  before,
  after,
});
const IMAGE = 'spec.template.spec.containers[checkout].image';
const RESTARTED = 'spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt';

const undo: Change = {
  line: 'kubectl rollout undo deployment/checkout -n shop',
  targets: DEPLOYMENT,
  diff: [on(IMAGE, 'checkout:2', 'checkout:1')],
};
const restart: Change = {
  line: 'kubectl rollout restart deployment/checkout -n shop',
  targets: DEPLOYMENT,
  diff: [on(RESTARTED, undefined, AT)],
};
const scale = (before: number, after: number): Change => ({
  line: `kubectl scale deployment/checkout -n shop --replicas=${after}`,
  targets: DEPLOYMENT,
  diff: [on('spec.replicas', before, after)],
});
const restartSet: Change = {
  line: 'kubectl rollout restart statefulset/db -n shop',
  targets: [target('StatefulSet', 'db')],
  diff: [on(RESTARTED, undefined, AT, 'StatefulSet', 'db')],
};
const undoSet: Change = { ...restartSet, line: 'kubectl rollout undo statefulset/db -n shop' };
const scaleSet: Change = {
  line: 'kubectl scale statefulset/db -n shop --replicas=2',
  targets: [target('StatefulSet', 'db')],
  diff: [on('spec.replicas', 3, 2, 'StatefulSet', 'db')],
};
const removing = (name: string): Change => ({
  line: `kubectl delete pod ${name} -n shop`,
  targets: [target('Pod', name)],
  diff: [on('', 'Running', undefined, 'Pod', name)],
});
const deletePod = removing('checkout-1');
const resume: Change = {
  line: 'kubectl rollout resume deployment/checkout -n shop',
  targets: DEPLOYMENT,
  diff: [on('spec.paused', true, undefined)],
};
const label = (before: string | undefined): Change => ({
  line: 'kubectl label deployment/checkout -n shop tier=web',
  targets: DEPLOYMENT,
  diff: [on('metadata.labels.tier', before, 'web')],
});
const labelPod: Change = {
  line: 'kubectl label pod/checkout-1 -n shop tier=web',
  targets: [target('Pod', 'checkout-1')],
  diff: [on('metadata.labels.tier', undefined, 'web', 'Pod', 'checkout-1')],
};
const relabelPod: Change = {
  line: 'kubectl label pod/checkout-1 -n shop app=aside --overwrite',
  targets: [target('Pod', 'checkout-1')],
  diff: [on('metadata.labels.app', 'checkout', 'aside', 'Pod', 'checkout-1')],
};
const partition = (before: number, after: number | undefined): Change => ({
  line: 'kubectl patch statefulset/db -n shop --type=merge -p \'{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}\'',
  targets: [target('StatefulSet', 'db')],
  diff: [on('spec.updateStrategy.rollingUpdate.partition', before, after, 'StatefulSet', 'db')],
});
/** Two pods leave a node by eviction. */
const drain: Change = {
  line: 'kubectl delete pod checkout-1 -n shop',
  targets: [target('Pod', 'checkout-1'), target('Pod', 'checkout-2')],
  diff: [
    on('', 'Running', undefined, 'Pod', 'checkout-1'),
    on('', 'Running', undefined, 'Pod', 'checkout-2'),
  ],
  path: '/api/v1/namespaces/shop/pods/checkout-1/eviction',
};

const NONE: AllowedAction = {
  type: 'rollback',
  requireApproval: true,
  approvers: ['oncall'],
  maxVersionsBack: null,
  minReplicas: null,
  maxReplicas: null,
};

type Judged = {
  readonly safety?: Partial<SafetyFacts>;
  readonly minReplicas?: number;
  readonly checks?: object[];
  /** The place and the policy let firstmate act alone. */
  readonly alone?: true;
  readonly glass?: GuardInput['breakGlass'];
};

function judged(change: Change, { safety = {}, minReplicas, checks = [], alone, glass }: Judged = {}) {
  const operation = write(change.line);
  const type = actionTypeOf(operation);
  if (type === null) throw new Error('a change was expected');
  const plan = makePlan();
  const [request] = plan.requests;
  if (request === undefined) throw new Error('a plan has a request');
  const draft: Draft = {
    ...plan,
    targets: change.targets,
    diff: change.diff,
    requests: [{ ...request, path: change.path ?? request.path }],
    facts: { ...plan.facts, versionsBack: 1 },
  };
  const input: GuardInput = {
    operation,
    actionType: type,
    draft,
    runbook: null,
    policies: [
      {
        service: 'checkout',
        file: 'policies/checkout.yaml',
        hash: 'sha256:1',
        allowedActions: [
          { ...NONE, type, minReplicas: minReplicas ?? null, requireApproval: alone !== true },
        ],
        safetyChecks: checks.map((settings) => ({
          name: 'must_not_reduce_availability_below',
          settings: { ...settings },
        })),
        incidentTag: null,
      },
    ],
    brokenPolicies: [],
    service: 'checkout',
    protectedNamespaces: [],
    teams: [{ name: 'oncall', slackGroup: null, members: [], oncall: null }],
    cluster: 'prod',
    environment: alone === true ? { name: 'test', mode: 'auto' } : null,
    now: AT,
    requestedBy: FIRSTMATE,
    shapedByPeople: false,
    confidence: 'high',
    breakGlass: glass ?? null,
    facts: {
      changesLastHour: 0,
      namespaces: { shop: { labels: alone === true ? { [SAFE_LABEL]: 'true' } : {} } },
      incident: {},
      service: {},
    },
    safety: allIsWell(safety),
  };
  return judge(input);
}

/** What one safety rule said: `denies`, `warns`, `allows`, with its words; silent when it said nothing. */
function spoke(rule: string, change: Change, about: Judged = {}): readonly [string, string] {
  const verdict = judged(change, about);
  const found = verdict.rules.find((one) => one.rule === `safety.${rule}`);
  if (found === undefined) return ['silent', ''];
  if (found.denies) expect(verdict.allowed).toBe(false);
  return [found.denies ? 'denies' : found.warns ? 'warns' : 'allows', found.says];
}

type Row = readonly [string, Change, Judged, string, RegExp | ''];

function table(rule: string, rows: readonly Row[]): void {
  describe(`safety.${rule}`, () => {
    it.each(rows)('%s', (_name, change, about, outcome, says) => {
      const [did, said] = spoke(rule, change, about);
      expect([did, said]).toEqual([outcome, says === '' ? '' : expect.stringMatching(says)]);
    });
  });
}

const facts = (...workloads: WorkloadFacts[]): Partial<SafetyFacts> => ({ workloads: known(workloads) });
const budget = (changes: Partial<BudgetFacts> = {}): BudgetFacts => ({
  name: 'shop/checkout',
  disruptionsAllowed: 0,
  currentHealthy: 3,
  expectedPods: 3,
  minAvailable: 3,
  maxUnavailable: null,
  covers: ['Deployment shop/checkout', 'Pod shop/checkout-1', 'Pod shop/checkout-2'],
  ...changes,
});
const pod = (name = 'checkout-1', ready = true) => ({
  name: `Pod shop/${name}`,
  ready,
  workload: 'Deployment shop/checkout',
});
const db = (changes: Partial<WorkloadFacts> = {}): Partial<SafetyFacts> =>
  facts(
    workload({
      name: 'StatefulSet shop/db',
      replaces: { how: 'by_number', maxUnavailable: 1 },
      volumes: { claims: ['data'], deletedWhenScaled: false },
      ...changes,
    }),
  );
const WHY = unknown('the cluster is away');

it('nothing is said against a change where all is well', () => {
  for (const change of [undo, restart, scale(3, 4)]) {
    expect(judged(change).rules.filter((rule) => rule.denies || rule.warns)).toEqual([]);
  }
});

it('what a check warns of waits for people, also where firstmate may act alone', () => {
  expect(judged(undo, { alone: true }).automatic).toBe(true);
  const owner: Owner = { by: 'controller', name: 'Kafka x', object: 'Deployment shop/checkout' };
  const verdict = judged(undo, { alone: true, safety: { owners: known([owner]) } });
  expect(verdict.allowed).toBe(true);
  expect(verdict.automatic).toBeUndefined();
  expect(verdict.rules.at(-1)?.says).toMatch(/^people are asked: Kafka x manages/);
});

it('a broken glass lifts none of them', () => {
  const glass = {
    by: { enterprise: null, team: 'T1', user: 'UADA' },
    name: 'ada',
    reason: 'checkout is down',
    until: at(600),
    teams: ['oncall'],
  };
  const safety = { removed: known([pod()]), budgets: known([budget()]) };
  const verdict = judged(deletePod, { glass, safety });
  expect(verdict.rules.filter((rule) => rule.denies).map(({ rule }) => rule)).toEqual([
    'safety.pdb_headroom',
  ]);
});

it('every fact that cannot be read denies the changes that it concerns', () => {
  const blind: SafetyFacts = {
    workloads: WHY,
    removed: WHY,
    budgets: WHY,
    autoscalers: WHY,
    owners: WHY,
    drain: WHY,
    slos: [],
  };
  const denials = (change: Change) =>
    judged(change, { safety: blind }).rules.flatMap((rule) =>
      rule.denies ? [rule.rule.replace('safety.', '')] : [],
    );
  const ALWAYS = ['pdb_headroom', 'replicas_left', 'stateful_volumes', 'rollout_under_way'];
  expect(denials(undo)).toEqual([...ALWAYS, 'gitops_owner']);
  expect(denials(restart)).toEqual(ALWAYS);
  expect(denials(scale(3, 2))).toEqual([...ALWAYS, 'autoscaler', 'gitops_owner']);
  expect(denials(deletePod)).toEqual(ALWAYS);
  expect(denials(drain)).toEqual([
    'pdb_headroom',
    'replicas_left',
    'node_capacity',
    'stateful_volumes',
    'rollout_under_way',
  ]);
  for (const rule of judged(undo, { safety: blind }).rules.filter((one) => one.denies))
    expect(rule.says).toContain('the cluster is away');
});

const slo = (availability: SafetyFacts['slos'][number]['availability']): Partial<SafetyFacts> => ({
  slos: [{ slo: 'checkout-availability', availability }],
});
const CHECK = { slo: 'checkout-availability', threshold: 99 };
table('slo', [
  ['is silent where no policy asks', undo, {}, 'silent', ''],
  ['allows at the threshold', undo, { checks: [CHECK], safety: slo(known(99)) }, 'allows', /is at 99 %/],
  [
    'denies below it',
    undo,
    { checks: [CHECK], safety: slo(known(98.9999)) },
    'denies',
    /is at 98.999 %, and nothing is changed below 99 %/,
  ],
  [
    'denies without an answer, and says why',
    undo,
    { checks: [CHECK], safety: slo(unknown('add an indicator')) },
    'denies',
    /add an indicator/,
  ],
  [
    'denies an objective that nobody asked for',
    undo,
    { checks: [{ slo: 'x', threshold: 1 }], safety: slo(known(100)) },
    'denies',
    /nobody asked for x/,
  ],
  [
    'denies without a threshold',
    undo,
    { checks: [{ slo: 'checkout-availability' }], safety: slo(known(100)) },
    'denies',
    /without slo and threshold/,
  ],
  [
    'one of two that does not hold denies',
    undo,
    { checks: [CHECK, { ...CHECK, threshold: 99.9 }], safety: slo(known(99.5)) },
    'denies',
    /99.9 %/,
  ],
]);

table('pdb_headroom', [
  ['is silent without budgets', deletePod, { safety: { removed: known([pod()]) } }, 'silent', ''],
  [
    'denies a pod that serves without headroom',
    deletePod,
    { safety: { removed: known([pod()]), budgets: known([budget()]) } },
    'denies',
    /shop\/checkout lets 0 pods go now, and this takes 1/,
  ],
  [
    'allows it with headroom',
    deletePod,
    { safety: { removed: known([pod()]), budgets: known([budget({ disruptionsAllowed: 1 })]) } },
    'allows',
    /lets 1 pod go/,
  ],
  [
    'lets a pod go that does not serve',
    deletePod,
    { safety: { removed: known([pod('checkout-1', false)]), budgets: known([budget()]) } },
    'allows',
    /not touched/,
  ],
  [
    'lets a rollout pass that takes nobody away',
    undo,
    { safety: { budgets: known([budget()]) } },
    'allows',
    /not touched/,
  ],
  [
    'denies a rollout that takes one',
    restart,
    {
      safety: {
        ...facts(workload({ replaces: { how: 'rolling', maxUnavailable: 1 } })),
        budgets: known([budget()]),
      },
    },
    'denies',
    /takes 1/,
  ],
  [
    'counts the pods that are away already',
    restart,
    {
      safety: {
        ...facts(workload({ available: 2, replaces: { how: 'rolling', maxUnavailable: 1 } })),
        budgets: known([budget()]),
      },
    },
    'allows',
    /not touched/,
  ],
  [
    'denies Recreate',
    restart,
    {
      safety: {
        ...facts(workload({ replaces: { how: 'at_once' } })),
        budgets: known([budget({ disruptionsAllowed: 2 })]),
      },
    },
    'denies',
    /takes 3/,
  ],
  [
    'denies while the budget is not counted yet',
    deletePod,
    { safety: { removed: known([pod()]), budgets: known([budget({ disruptionsAllowed: null })]) } },
    'denies',
    /older than its spec/,
  ],
  [
    'denies scaling below minAvailable',
    scale(3, 2),
    { safety: { budgets: known([budget()]) } },
    'denies',
    /takes 1: it asks for 3 ready then, and 2 would be left\. Take fewer away, or change minAvailable \(3\)/,
  ],
  [
    'lets a budget of shares shrink with the workload',
    scale(4, 2),
    {
      safety: {
        ...facts(workload({ desired: 4, ready: 4, available: 4 })),
        budgets: known([
          budget({ minAvailable: '50%', currentHealthy: 4, expectedPods: 4, disruptionsAllowed: 2 }),
        ]),
      },
    },
    'allows',
    /takes 2/,
  ],
  [
    'lets maxUnavailable shrink with the workload',
    scale(10, 5),
    {
      safety: {
        ...facts(workload({ desired: 10, ready: 10, available: 10 })),
        budgets: known([
          budget({
            minAvailable: null,
            maxUnavailable: 1,
            currentHealthy: 10,
            expectedPods: 10,
            disruptionsAllowed: 1,
          }),
        ]),
      },
    },
    'allows',
    /takes 5/,
  ],
  [
    'denies a StatefulSet that goes on to the next pod whoever is down',
    restartSet,
    {
      safety: {
        ...db({ ready: 2, available: 2 }),
        budgets: known([budget({ covers: ['StatefulSet shop/db'] })]),
      },
    },
    'denies',
    /takes 1/,
  ],
  [
    'lets a StatefulSet go back when all that was updated is down',
    undoSet,
    {
      safety: {
        ...db({ ready: 2, available: 2, updated: 1, rollout: 'going' }),
        budgets: known([budget({ covers: ['StatefulSet shop/db'] })]),
      },
    },
    'allows',
    /not touched/,
  ],
  [
    'denies going back where an updated pod serves',
    undoSet,
    {
      safety: {
        ...db({ ready: 2, available: 2, updated: 2, rollout: 'going' }),
        budgets: known([budget({ covers: ['StatefulSet shop/db'] })]),
      },
    },
    'denies',
    /takes 1/,
  ],
  [
    'denies resuming where that takes one',
    resume,
    {
      safety: {
        ...facts(workload({ rollout: 'paused', replaces: { how: 'rolling', maxUnavailable: 1 } })),
        budgets: known([budget()]),
      },
    },
    'denies',
    /takes 1/,
  ],
  [
    'a pod that only gets a label goes nowhere',
    labelPod,
    { safety: { removed: known([pod()]), budgets: known([budget()]) } },
    'silent',
    '',
  ],
  [
    'a pod that loses the label by which it was found is gone for those who look for it',
    relabelPod,
    { safety: { removed: known([pod()]), budgets: known([budget()]) } },
    'denies',
    /takes 1/,
  ],
  [
    'a lower partition lets a release reach pods',
    partition(2, 1),
    { safety: { ...db(), budgets: known([budget({ covers: ['StatefulSet shop/db'] })]) } },
    'denies',
    /takes 1/,
  ],
  [
    'no partition at all is the lowest',
    partition(2, undefined),
    { safety: { ...db(), budgets: known([budget({ covers: ['StatefulSet shop/db'] })]) } },
    'denies',
    /takes 1/,
  ],
  [
    'a higher partition holds a release back',
    partition(1, 2),
    { safety: { ...db(), budgets: known([budget({ covers: ['StatefulSet shop/db'] })]) } },
    'silent',
    '',
  ],
  [
    'a drain needs room for one at a time',
    drain,
    {
      safety: {
        removed: known([pod(), pod('checkout-2')]),
        budgets: known([budget({ disruptionsAllowed: 1 })]),
        drain: known({ nodes: ['n1'], moving: [], free: [] }),
      },
    },
    'allows',
    /takes 1/,
  ],
  ...(
    [
      [
        'a drain without headroom would never end, and what would give some is said',
        {},
        'waiting does not help, as it keeps 3 of 3 pods: scale Deployment shop/checkout up by 1, or change minAvailable (3) of the budget, then press Refresh',
      ],
      [
        'one whose budget lets nobody go however many there are is not mended by more pods',
        { minAvailable: null, maxUnavailable: 0 },
        'waiting does not help, as it keeps 3 of 3 pods: change maxUnavailable (0) of the budget, then press Refresh',
      ],
      [
        'a share of all is not mended by more pods either',
        { minAvailable: '100%' },
        'waiting does not help, as it keeps 3 of 3 pods: change minAvailable (100%) of the budget, then press Refresh',
      ],
      [
        'one whose pods are on their way has to wait for them',
        { minAvailable: 2, currentHealthy: 2 },
        'wait until 3 of its 3 pods are ready (2 are), then press Refresh',
      ],
    ] as const
  ).map(([name, changes, says]): Row => {
    const safety = {
      removed: known([pod(), pod('checkout-2')]),
      budgets: known([budget(changes)]),
      drain: known({ nodes: ['n1'], moving: [], free: [] }),
    };
    const whole = `PodDisruptionBudget shop/checkout lets 0 pods go now, and this takes 1: ${says}`;
    return [name, drain, { safety }, 'denies', new RegExp(`^${whole.replaceAll(/[()%]/g, '\\$&')}$`)];
  }),
]);

table('replicas_left', [
  ['says how many go on', deletePod, { safety: { removed: known([pod()]) } }, 'allows', /2 of 3 pods/],
  [
    'denies taking the last that serves',
    deletePod,
    { safety: { ...facts(workload({ ready: 1, available: 1 })), removed: known([pod()]) } },
    'denies',
    /no pod of Deployment shop\/checkout would go on serving \(1 of 3 do now\)/,
  ],
  [
    'warns where there is one pod by design',
    deletePod,
    { safety: { ...facts(workload({ desired: 1, ready: 1, available: 1 })), removed: known([pod()]) } },
    'warns',
    /until the next pod is ready/,
  ],
  [
    'warns where the strategy is Recreate',
    restart,
    { safety: facts(workload({ replaces: { how: 'at_once' } })) },
    'warns',
    /until the next pod is ready/,
  ],
  [
    'does not blame a change for what is down already',
    undo,
    { safety: facts(workload({ ready: 0, available: 0 })) },
    'allows',
    /0 of 3/,
  ],
  ['denies stopping a workload', scale(3, 0), {}, 'denies', /min_replicas: 0/],
  [
    'warns where the policy says that it may be stopped',
    scale(3, 0),
    { minReplicas: 0 },
    'warns',
    /no pod is left/,
  ],
]);

const room = (name: string, memory: number, cpu = 1000) => ({ name, cpu, memory, pods: 10 });
const leaving = (free: readonly ReturnType<typeof room>[]): Judged => ({
  safety: {
    removed: known([pod(), pod('checkout-2')]),
    drain: known({
      nodes: ['n1'],
      moving: [
        { name: 'Pod shop/checkout-1', cpu: 100, memory: 600, pods: 1 },
        { name: 'Pod shop/checkout-2', cpu: 100, memory: 300, pods: 1 },
      ],
      free,
    }),
  },
});
table('node_capacity', [
  ['is silent for what drains nothing', deletePod, { safety: { removed: known([pod()]) } }, 'silent', ''],
  ['allows what fits', drain, leaving([room('n2', 1000)]), 'allows', /2 pods of n1 fit on 1 other nodes/],
  [
    'denies what does not, and names it',
    drain,
    leaving([room('n2', 700)]),
    'denies',
    /no other node has room for Pod shop\/checkout-2 /,
  ],
  ['a sum is not a place', drain, leaving([room('n2', 500), room('n3', 500)]), 'denies', /checkout-1/],
  ['looks at CPU too', drain, leaving([room('n2', 5000, 150)]), 'denies', /no other node/],
  ['denies without any other node', drain, leaving([]), 'denies', /checkout-1, Pod shop\/checkout-2/],
  [
    'denies where the node is not known',
    drain,
    { safety: { removed: known([pod()]) } },
    'denies',
    /not known/,
  ],
]);

table('stateful_volumes', [
  ['is silent for a Deployment', restart, {}, 'silent', ''],
  [
    'warns that pods keep data',
    restartSet,
    { safety: db() },
    'warns',
    /keep data on volumes, .*StatefulSet shop\/db \(data\)/,
  ],
  [
    'denies taking a second member away',
    restartSet,
    { safety: db({ ready: 2, available: 2 }) },
    'denies',
    /2 of its 3 pods are ready/,
  ],
  [
    'lets a half-finished update be taken back',
    undoSet,
    { safety: db({ ready: 2, available: 2, rollout: 'going' }) },
    'warns',
    /keep data/,
  ],
  [
    'denies scaling that deletes volumes',
    scaleSet,
    { safety: db({ volumes: { claims: ['data'], deletedWhenScaled: true } }) },
    'denies',
    /deletes volumes \(data\)/,
  ],
  [
    'lets the member that is down be deleted',
    removing('db-2'),
    {
      safety: {
        ...db({ ready: 2, available: 2 }),
        removed: known([{ name: 'Pod shop/db-2', ready: false, workload: 'StatefulSet shop/db' }]),
      },
    },
    'warns',
    /keep data/,
  ],
  [
    'denies deleting one that serves while another is down',
    removing('db-1'),
    {
      safety: {
        ...db({ ready: 2, available: 2 }),
        removed: known([{ name: 'Pod shop/db-1', ready: true, workload: 'StatefulSet shop/db' }]),
      },
    },
    'denies',
    /another away/,
  ],
]);

const rollout = (state: WorkloadFacts['rollout']): Judged => ({
  safety: { ...facts(workload({ rollout: state })), removed: known([pod()]) },
});
table('rollout_under_way', [
  ['is silent when none is', restart, {}, 'silent', ''],
  [
    'denies a second one',
    restart,
    rollout('going'),
    'denies',
    /a rollout of Deployment shop\/checkout is under way/,
  ],
  ['denies fewer replicas meanwhile', scale(3, 2), rollout('going'), 'denies', /under way/],
  ['lets more replicas come', scale(3, 4), rollout('going'), 'silent', ''],
  ['going back ends it', undo, rollout('going'), 'allows', /ends with this/],
  ['going back ends one that is stuck', undo, rollout('stuck'), 'allows', /ends with this/],
  ['warns where a stuck one is not taken back', restart, rollout('stuck'), 'warns', /is stuck/],
  ['is silent about a pause that this ends', resume, rollout('paused'), 'silent', ''],
  ['warns where a paused one takes nothing', restart, rollout('paused'), 'warns', /is paused/],
  ['warns when a pod goes meanwhile', deletePod, rollout('going'), 'warns', /under way/],
]);

const hpa = { name: 'shop/checkout', workload: 'Deployment shop/checkout', min: 2, max: 5 };
table('autoscaler', [
  ['is silent for what does not scale', undo, { safety: { autoscalers: known([hpa]) } }, 'silent', ''],
  [
    'denies what it would take back',
    scale(3, 4),
    { safety: { autoscalers: known([hpa]) } },
    'denies',
    /keeps Deployment shop\/checkout between 2 and 5/,
  ],
  [
    'is silent where it minds another workload',
    scale(3, 4),
    { safety: { autoscalers: known([{ ...hpa, workload: 'Deployment shop/orders' }]) } },
    'silent',
    '',
  ],
]);

const git = (selfHeal: Extract<Owner, { by: 'git' }>['selfHeal']): Judged => ({
  safety: {
    owners: known([
      {
        by: 'git',
        name: 'Argo CD application argocd/shop',
        object: 'Deployment shop/checkout',
        selfHeal,
        source: { repository: 'https://git.example/apps', path: 'shop/prod' },
      },
    ]),
  },
});
table('gitops_owner', [
  ['is silent where nobody owns it', undo, {}, 'silent', ''],
  [
    'denies with self-heal, and says what to write in Git',
    undo,
    git(known(true)),
    'denies',
    /Change it in Git: path shop\/prod of https:\/\/git.example\/apps, field spec.template.spec.containers\[checkout\].image, value checkout:1$/,
  ],
  [
    'denies where nobody can see it',
    scale(3, 4),
    git(unknown('403')),
    'denies',
    /counts as yes: 403\).*field spec.replicas, value 4$/,
  ],
  [
    'warns without self-heal',
    scale(3, 4),
    git(known(false)),
    'warns',
    /next sync takes this back.*field spec.replicas, value 4$/,
  ],
  [
    'denies a label that Git speaks of',
    label('db'),
    git(known(true)),
    'denies',
    /metadata.labels.tier, value web/,
  ],
  ['lets a label be that Git does not speak of', label(undefined), git(known(true)), 'silent', ''],
  ['leaves restarts possible', restart, git(known(true)), 'silent', ''],
  [
    'leaves deleting pods possible',
    deletePod,
    { safety: { ...git(known(true)).safety, removed: known([pod()]) } },
    'silent',
    '',
  ],
  [
    'warns of a controller that nobody knows',
    undo,
    {
      safety: {
        owners: known([{ by: 'controller', name: 'Kafka events', object: 'Deployment shop/checkout' }]),
      },
    },
    'warns',
    /Kafka events manages/,
  ],
]);
