import { parse } from '@bufbuild/cel';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { command } from '../../src/cli/rbac.ts';
import { beltOf } from '../../src/core/admission.ts';
import { admissionPolicy } from '../../src/core/admission-policy.ts';
import { shapeFault } from '../../src/core/condition-shape.ts';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import { apiPath, DAEMON_SET, DEPLOYMENT, type KindRef, POD, STATEFUL_SET } from '../../src/core/kinds.ts';
import { ACTION_TYPES, type ActionType, REGISTRY, type WriteOperation } from '../../src/core/operation.ts';
import type { AllowedAction, Policy } from '../../src/core/policy.ts';
import type { Runbook } from '../../src/core/runbook.ts';
import { type Admission, admit } from '../admission-cel.ts';
import { invoke, settingsOf } from '../cli/invoke.ts';
import { about, approve, asAdmin, connectPlayground } from './fixture.ts';

const WRITER = 'system:serviceaccount:firstmate:firstmate-writer';
const LINES: { readonly [T in ActionType]: readonly string[] } = {
  rollback: ['deployment', 'statefulset', 'daemonset'].map(
    (kind) => `kubectl rollout undo ${kind}/{{ name }} -n {{ namespace }}`,
  ),
  restart: ['deployment', 'statefulset', 'daemonset'].map(
    (kind) => `kubectl rollout restart ${kind}/{{ name }} -n {{ namespace }}`,
  ),
  scale: ['deployment', 'statefulset'].map(
    (kind) => `kubectl scale ${kind}/{{ name }} -n {{ namespace }} --replicas=3`,
  ),
  delete_pod: ['kubectl delete pod {{ name }} -n {{ namespace }}'],
};

/** What the runbooks name and one policy allows. */
function catalog(types: readonly ActionType[], bounds: Partial<AllowedAction> = {}) {
  const runbook: Runbook = {
    name: 'all',
    title: 'All',
    owner: 'sre',
    file: 'all.yaml',
    hash: 'sha256:1',
    match: [],
    inputs: {
      namespace: { from: 'labels.namespace', type: 'namespace', optional: false },
      name: { from: 'labels.name', type: 'name', optional: false },
    },
    diagnose: [],
    hypotheses: [],
    actions: ACTION_TYPES.flatMap((type) =>
      LINES[type].map((run, index) => ({
        id: `${type}-${index}`,
        type,
        run,
        validate: null,
        rollback: 'none',
        approvals: [],
      })),
    ),
  };
  const policy: Policy = {
    service: 'checkout',
    file: 'p.yaml',
    hash: 'sha256:2',
    allowedActions: types.map((type) => ({
      type,
      requireApproval: true,
      approvers: ['sre'],
      maxVersionsBack: null,
      minReplicas: null,
      maxReplicas: null,
      ...bounds,
    })),
    safetyChecks: [],
    incidentTag: null,
  };
  return { runbooks: [runbook], policies: [policy] };
}

const PLACES = { namespaces: [], isProtected: ['kube-system', 'firstmate'], tokens: [] };
function policyFor(
  types: readonly ActionType[],
  places: Partial<Parameters<typeof admissionPolicy>[1]> = {},
  bounds: Partial<AllowedAction> = {},
): JsonObject {
  const [policy] = admissionPolicy(beltOf(catalog(types, bounds)), { ...PLACES, ...places });
  if (policy === undefined) throw new Error('there is no policy');
  return policy;
}
const EVERYTHING = policyFor(ACTION_TYPES);

const named = (kind: KindRef, name: string) => ({ kind, name, namespace: 'shop' });
const CASES: readonly (readonly [string, WriteOperation])[] = [
  [DEPLOYMENT, 'checkout'] as const,
  [STATEFUL_SET, 'orders-db'] as const,
  [DAEMON_SET, 'agent'] as const,
].flatMap(([kind, name]): readonly (readonly [string, WriteOperation])[] => [
  [`rollout undo ${kind.kind}`, { verb: 'rollout undo', ...named(kind, name), toRevision: null }],
  [`rollout restart ${kind.kind}`, { verb: 'rollout restart', ...named(kind, name) }],
  ...(kind === DAEMON_SET
    ? []
    : [
        [
          `scale ${kind.kind}`,
          { verb: 'scale', ...named(kind, name), replicas: 5, currentReplicas: null },
        ] as const,
      ]),
]);
const DELETE_POD: readonly [string, WriteOperation] = [
  'delete pod Pod',
  { verb: 'delete pod', name: '', namespace: 'shop' },
];

const AGENT = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: { containers: [{ name: 'agent', image: 'registry.example/shop/agent:1.0.0' }] },
    },
  },
};

/** A cluster in which each workload has an earlier revision, and firstmate connected to it. */
async function world() {
  const connected = await connectPlayground('bad-release');
  const { playground } = connected;
  await asAdmin(playground, 'POST', '/apis/apps/v1/namespaces/shop/daemonsets', AGENT);
  playground.advance(60_000);
  for (const [kind, name] of [
    [STATEFUL_SET, 'orders-db'],
    [DAEMON_SET, 'agent'],
  ] as const) {
    const path = apiPath(kind, 'shop', name);
    const template = { metadata: { annotations: { 'example.com/release': '2' } } };
    await asAdmin(playground, 'PATCH', path, { spec: { template } });
  }
  playground.advance(60_000);
  return connected;
}

/** Carries an operation out, through rehearsal and the gate; gives the request as admission control saw it. */
async function written(
  connected: Awaited<ReturnType<typeof world>>,
  given: WriteOperation,
): Promise<Admission> {
  const { playground, rehearser, writer } = connected;
  const [kind, operation] =
    given.verb === 'delete pod'
      ? ([POD, { ...given, name: podOf(playground.snapshot(), 'checkout') }] as const)
      : ([given.kind, given] as const);
  const path = apiPath(kind, 'shop', operation.name);
  const before = objectOf(await asAdmin(playground, 'GET', path));
  const rehearsal = await rehearser.rehearse(operation, about());
  if (rehearsal.status !== 'ok') throw new Error(rehearsal.says);
  const { approved, plan } = approve(rehearsal.draft, operation);
  const [request] = plan.requests;
  const deletes = operation.verb === 'delete pod';
  // What the same request gives before any controller has seen it, which is when admission control looks.
  const dry = deletes
    ? null
    : await asAdmin(playground, 'PATCH', `${path}?dryRun=All`, request?.body, request?.contentType);
  const end = await writer.write(approved, 0, new AbortController().signal);
  expect(end).toMatchObject({ outcome: 'applied' });
  return {
    operation: deletes ? 'DELETE' : 'UPDATE',
    group: kind.group,
    resource: kind.resource,
    namespace: 'shop',
    username: WRITER,
    object: dry === null ? null : objectOf(dry),
    oldObject: before,
  };
}

function objectOf(answer: unknown): JsonObject {
  if (!isJsonObject(answer)) throw new Error('no object');
  return answer;
}

function podOf(snapshot: readonly unknown[], app: string): string {
  const pod = snapshot.find((one) => Object(one).kind === 'Pod' && Object(one).metadata.labels?.app === app);
  return Object(pod).metadata.name;
}

type Tampering = readonly [what: string, change: (object: Loose) => void, message: RegExp];
/** A workload as somebody who tampers sees it. */
type Loose = {
  metadata: { [field: string]: unknown; labels?: object; annotations?: object };
  spec: {
    [field: string]: unknown;
    replicas?: number;
    template: {
      metadata: { labels: { [key: string]: string }; annotations: { [key: string]: string } };
      spec: { [field: string]: unknown; containers: { [field: string]: unknown }[] };
    };
  };
};

function tampered(asked: Admission, change: (object: Loose) => void): Admission {
  const object = Object(structuredClone(asked.object));
  change(object);
  return { ...asked, object };
}

const spec = (object: Loose) => object.spec.template.spec;
function container(object: Loose): { [field: string]: unknown } {
  const [first] = spec(object).containers;
  if (first === undefined) throw new Error('no container');
  return first;
}

/** What no patch of a workload may do, whatever runbooks and policies say. */
const NEVER: readonly Tampering[] = [
  [
    'another service account',
    (o) => {
      spec(o).serviceAccountName = 'admin';
    },
    /service account/,
  ],
  [
    'a token mounted',
    (o) => {
      spec(o).automountServiceAccountToken = true;
    },
    /service account/,
  ],
  [
    'the network of the node',
    (o) => {
      spec(o).hostNetwork = true;
    },
    /namespaces/,
  ],
  [
    'the processes of the node',
    (o) => {
      spec(o).hostPID = true;
    },
    /namespaces/,
  ],
  [
    'the memory of the node',
    (o) => {
      spec(o).hostIPC = true;
    },
    /namespaces/,
  ],
  [
    'a privileged container',
    (o) => {
      container(o).securityContext = { privileged: true };
    },
    /privileged/,
  ],
  [
    'a capability',
    (o) => {
      container(o).securityContext = { capabilities: { add: ['SYS_ADMIN'] } };
    },
    /privileged/,
  ],
  [
    'a privileged container in front',
    (o) => {
      spec(o).initContainers = [{ name: 'x', image: 'x', securityContext: { privileged: true } }];
    },
    /privileged/,
  ],
  [
    'a path of the node',
    (o) => {
      spec(o).volumes = [{ name: 'root', hostPath: { path: '/' } }];
    },
    /path of the node/,
  ],
  [
    'another label',
    (o) => {
      o.metadata.labels = { ...o.metadata.labels, app: 'other' };
    },
    /labels/,
  ],
  [
    'another owner',
    (o) => {
      o.metadata.ownerReferences = [{ kind: 'Job', name: 'x' }];
    },
    /labels, owners/,
  ],
  [
    'a finalizer',
    (o) => {
      o.metadata.finalizers = ['x/y'];
    },
    /finalizers/,
  ],
  [
    'an annotation of others',
    (o) => {
      o.metadata.annotations = { ...o.metadata.annotations, 'example.com/owner': 'eve' };
    },
    /annotations/,
  ],
  [
    'another selector',
    (o) => {
      o.spec.selector = { matchLabels: { app: 'other' } };
    },
    /of the spec only/,
  ],
  [
    'a longer history',
    (o) => {
      o.spec.revisionHistoryLimit = 99;
    },
    /of the spec only/,
  ],
];

describe('the admission policy of the writing identity', () => {
  it('has a case here for each write of the registry', () => {
    const writes = REGISTRY.filter(({ actionType }) => actionType !== null);
    expect([...CASES, DELETE_POD].map(([name]) => name).toSorted()).toEqual(
      writes.flatMap(({ verb, kinds }) => kinds.map(({ kind }) => `${verb} ${kind}`)).toSorted(),
    );
  });

  it.each([...CASES, DELETE_POD])('admits what firstmate writes: %s', async (_, operation) => {
    const asked = await written(await world(), operation);
    expect(admit(EVERYTHING, asked)).toEqual({ status: 'admitted' });
  });

  it.each(CASES.filter(([, { verb }]) => verb !== 'scale'))(
    'denies whatever firstmate never writes, on top of it: %s',
    async (_, operation) => {
      const asked = await written(await world(), operation);
      for (const [what, change, message] of NEVER) {
        const verdict = admit(EVERYTHING, tampered(asked, change));
        expect(verdict, what).toMatchObject({
          status: 'denied',
          messages: expect.arrayContaining([expect.stringMatching(message)]),
        });
      }
    },
  );

  it('admits a restart, and no other change of the pods, where policies allow only restarts', async () => {
    const restarts = policyFor(['restart']);
    const connected = await world();
    const asked = await written(connected, { verb: 'rollout restart', ...named(DEPLOYMENT, 'checkout') });
    expect(admit(restarts, asked)).toEqual({ status: 'admitted' });
    for (const change of [
      (o: Loose) => {
        container(o).image = 'registry.example/evil:1';
      },
      (o: Loose) => {
        container(o).env = [{ name: 'A', value: 'b' }];
      },
      (o: Loose) => {
        o.spec.template.metadata.labels.added = 'x';
      },
      (o: Loose) => {
        o.spec.template.metadata.annotations['example.com/x'] = 'y';
      },
    ]) {
      expect(admit(restarts, tampered(asked, change))).toMatchObject({ status: 'denied' });
      // A rollback may bring back any earlier template.
      expect(admit(EVERYTHING, tampered(asked, change))).toEqual({ status: 'admitted' });
    }
    const scaled = tampered(asked, (o) => {
      o.spec.replicas = 0;
    });
    expect(admit(restarts, scaled)).toMatchObject({ messages: [expect.stringMatching(/only template/)] });
  });

  it('keeps replicas within what policies allow, and a scale away from the pods', async () => {
    const scales = policyFor(['scale'], {}, { minReplicas: 2, maxReplicas: 10 });
    const asked = await written(await world(), {
      verb: 'scale',
      ...named(DEPLOYMENT, 'checkout'),
      replicas: 5,
      currentReplicas: null,
    });
    const to = (replicas: number) =>
      admit(
        scales,
        tampered(asked, (o) => {
          o.spec.replicas = replicas;
        }),
      ).status;
    expect([0, 1, 2, 10, 11].map(to)).toEqual(['denied', 'denied', 'admitted', 'admitted', 'denied']);
    const image = tampered(asked, (o) => {
      container(o).image = 'registry.example/evil:1';
    });
    expect(admit(scales, image)).toMatchObject({ status: 'denied' });
  });

  it('lets the autoscaler keep replicas that policies would not allow: a rollback does not touch them', async () => {
    const policy = policyFor(['rollback', 'scale'], {}, { minReplicas: 20 });
    const asked = await written(await world(), {
      verb: 'rollout undo',
      ...named(DEPLOYMENT, 'checkout'),
      toRevision: null,
    });
    expect(admit(policy, asked)).toEqual({ status: 'admitted' });
  });

  it('denies what no runbook and policy lead to, in every namespace and of every kind', async () => {
    const asked = await written(await world(), { verb: 'rollout restart', ...named(DEPLOYMENT, 'checkout') });
    const none = policyFor([]);
    expect(admit(none, asked)).toMatchObject({ status: 'denied' });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } };
    for (const other of [
      { ...asked, operation: 'CREATE' as const, oldObject: null },
      { ...asked, operation: 'DELETE' as const, object: null },
      { ...asked, subResource: 'scale' },
      { ...asked, resource: 'replicasets' },
      { ...asked, group: '', resource: 'pods', subResource: 'exec', operation: 'CONNECT' as const },
      { ...asked, group: '', resource: 'secrets', object: secret, oldObject: secret },
      {
        ...asked,
        group: '',
        resource: 'serviceaccounts',
        subResource: 'token',
        operation: 'CREATE' as const,
      },
      { ...asked, group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
    ])
      expect(admit(EVERYTHING, other)).toMatchObject({
        status: 'denied',
        messages: expect.arrayContaining(['no runbook and policy of firstmate lead to such a request']),
      });
  });

  it('denies protected namespaces, and all others where some are named', async () => {
    const asked = await written(await world(), { verb: 'rollout restart', ...named(DEPLOYMENT, 'checkout') });
    const messages = ['the namespace is protected'];
    expect(admit(EVERYTHING, { ...asked, namespace: 'kube-system' })).toEqual({ status: 'denied', messages });
    const pay = policyFor(ACTION_TYPES, { namespaces: ['pay'] });
    expect(admit(pay, asked)).toMatchObject({ status: 'denied' });
    expect(admit(pay, { ...asked, namespace: 'pay' })).toEqual({ status: 'admitted' });
  });

  it('denies the delete of a pod that nobody would make anew', async () => {
    const asked = await written(await world(), DELETE_POD[1]);
    const alone = structuredClone(asked.oldObject ?? {});
    delete Object(alone.metadata).ownerReferences;
    expect(admit(EVERYTHING, { ...asked, oldObject: alone })).toMatchObject({
      messages: [expect.stringContaining('no controller')],
    });
  });

  it('concerns the writing identity alone, minted ones too, and lets it ask what it may do', async () => {
    const asked = await written(await world(), DELETE_POD[1]);
    const user = 'system:serviceaccount:ops:mate';
    expect(admit(policyFor([]), { ...asked, username: user })).toEqual({ status: 'not_matched' });
    const minted = policyFor([], { tokens: [{ namespace: 'ops', serviceAccount: 'mate' }] });
    expect(admit(minted, { ...asked, username: user })).toMatchObject({ status: 'denied' });
    const review = { operation: 'CREATE', group: 'authorization.k8s.io', username: WRITER } as const;
    for (const policy of [EVERYTHING, policyFor([], { namespaces: ['pay'] })])
      expect(
        admit(policy, { ...review, resource: 'selfsubjectaccessreviews', object: {}, oldObject: null }),
      ).toEqual({ status: 'admitted' });
  });

  it('stays within what CEL itself has', () => {
    const names = new Set(['object', 'oldObject', 'request', 'variables']);
    const { matchConditions, variables, validations } = Object(EVERYTHING.spec);
    for (const { expression } of [...matchConditions, ...variables, ...validations])
      expect(shapeFault(parse(expression), names), expression).toMatchObject({ ok: true });
  });
});

describe('firstmate rbac --admission', () => {
  it('prints the policy and its binding, of the loaded documents', async () => {
    const settings = settingsOf({ protectedNamespaces: ['kube-system'] });
    const { code, out } = await invoke(command, ['--admission', '--namespace', 'shop'], settings);
    expect(code).toBe(0);
    const [policy, binding, ...more] = parseAllDocuments(out).map((document) => document.toJS());
    expect(more).toEqual([]);
    expect(policy).toMatchObject({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*/*'] }],
        },
      },
    });
    expect(binding).toMatchObject({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: policy.metadata.name, validationActions: ['Deny', 'Audit'] },
    });
  });
});
