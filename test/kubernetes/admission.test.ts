import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { command } from '../../src/cli/rbac.ts';
import { beltOf } from '../../src/core/admission.ts';
import { admissionPolicy } from '../../src/core/admission-policy.ts';
import { isJsonObject, type JsonObject } from '../../src/core/json.ts';
import type { ActionType, WriteOperation } from '../../src/core/operation.ts';
import type { FrozenRequest } from '../../src/core/plan.ts';
import type { AllowedAction, Policy } from '../../src/core/policy.ts';
import type { Runbook } from '../../src/core/runbook.ts';
import { ACTION_TYPES, WRITE_SPECS } from '../../src/core/write-operations.ts';
import type { PlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { type Admission, admit } from '../admission-cel.ts';
import { invoke, settingsOf } from '../cli/invoke.ts';
import { about, asAdmin, connectPlayground } from './fixture.ts';
import { prepareWorld, WRITE_LINES, writeOf } from './write-cases.ts';

const WRITER = 'system:serviceaccount:firstmate:firstmate-writer';

/** The same of other kinds. */
const MORE_LINES: { readonly [V in WriteOperation['verb']]?: readonly string[] } = {
  'rollout undo': [
    'kubectl rollout undo statefulset/orders-db -n shop',
    'kubectl rollout undo daemonset/agent -n shop',
  ],
  'rollout restart': [
    'kubectl rollout restart statefulset/orders-db -n shop',
    'kubectl rollout restart daemonset/agent -n shop',
  ],
};
/** Every line, with the type of action that it is. A patch may be a scale in other words. */
const LINES = [...Object.values(WRITE_LINES), ...Object.values(MORE_LINES)]
  .flat()
  .map((line): readonly [string, ActionType] => [
    line,
    WRITE_SPECS[writeOf(line, { pod: 'web-0' }).verb].actionType,
  ]);

/** What the runbooks name, all of it, and one policy allows. */
function catalog(
  types: readonly ActionType[],
  narrower: Partial<Policy> = {},
  bounds: Partial<AllowedAction> = {},
) {
  const runbook: Runbook = {
    name: 'all',
    title: 'All',
    owner: 'sre',
    file: 'all.yaml',
    hash: 'sha256:1',
    match: [],
    inputs: {},
    diagnose: [],
    hypotheses: [],
    actions: LINES.map(([line, type], index) => ({
      id: `${type}-${index}`,
      type,
      run: line.replace('{pod}', 'web-0'),
      validate: null,
      rollback: 'none',
      approvals: [],
    })),
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
    ...narrower,
  };
  return { runbooks: [runbook], policies: [policy] };
}

const PLACES = { namespaces: [], isProtected: ['kube-system', 'firstmate'], tokens: [] };
function policyFor(
  types: readonly ActionType[],
  places: Partial<Parameters<typeof admissionPolicy>[1]> = {},
  ...more: [narrower?: Partial<Policy>, bounds?: Partial<AllowedAction>]
): JsonObject {
  const [policy] = admissionPolicy(beltOf(catalog(types, ...more)), { ...PLACES, ...places });
  if (policy === undefined) throw new Error('there is no policy');
  return policy;
}
const EVERYTHING = policyFor(ACTION_TYPES);

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

/** A cluster in which every line can be carried out, and firstmate connected to it. */
async function world() {
  const connected = await connectPlayground('bad-release');
  const { playground } = connected;
  await asAdmin(playground, 'POST', '/apis/apps/v1/namespaces/shop/daemonsets', AGENT);
  playground.advance(60_000);
  for (const path of ['statefulsets/orders-db', 'daemonsets/agent']) {
    const template = { metadata: { annotations: { 'example.com/release': '2' } } };
    await asAdmin(playground, 'PATCH', `/apis/apps/v1/namespaces/shop/${path}`, { spec: { template } });
  }
  const { pod } = await prepareWorld(playground);
  return { ...connected, pod };
}

/**
 * What admission control is asked about a line: each request that the rehearsal froze, with the object that the same
 * request gives as a dry run, which is how it looks before any controller has seen it.
 */
async function asked(
  { playground, rehearser, pod }: Awaited<ReturnType<typeof world>>,
  line: string,
): Promise<readonly Admission[]> {
  const rehearsal = await rehearser.rehearse(writeOf(line, { pod }), about());
  if (rehearsal.status !== 'ok') throw new Error(`${line}: ${rehearsal.says}`);
  const admissions: Admission[] = [];
  for (const request of rehearsal.draft.requests) admissions.push(await seen(playground, request));
  return admissions;
}

async function seen(playground: PlaygroundCluster, request: FrozenRequest): Promise<Admission> {
  const { group, namespace, resource, subResource, object: path } = placeOf(request.path);
  const place = { group, resource, namespace, username: WRITER, ...subResource };
  const before = objectOf(await asAdmin(playground, 'GET', path));
  switch (request.method) {
    case 'PATCH': {
      const dry = `${path}?dryRun=All`;
      const after = await asAdmin(playground, 'PATCH', dry, request.body, request.contentType);
      return { ...place, operation: 'UPDATE', object: objectOf(after), oldObject: before };
    }
    case 'DELETE':
      return { ...place, operation: 'DELETE', object: null, oldObject: before };
    case 'POST':
      return { ...place, operation: 'CREATE', object: objectOf(request.body), oldObject: null };
  }
}

function placeOf(path: string) {
  const [, api = '', ...parts] = path.split('/');
  const [group, below] = api === 'api' ? ['', parts.slice(1)] : [parts[0] ?? '', parts.slice(2)];
  const [namespace, rest] = below[0] === 'namespaces' ? [below[1], below.slice(2)] : [undefined, below];
  const [resource = '', , sub] = rest;
  const subResource = sub === undefined ? {} : { subResource: sub };
  return { group, namespace, resource, subResource, object: path.replace(/\/eviction$/, '') };
}

function objectOf(answer: unknown): JsonObject {
  if (!isJsonObject(answer)) throw new Error('no object');
  return answer;
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

/** How many of those below nothing ever allows: the others may be what another type of action is there for. */
const POWERS = 9;

/** What a patch of a workload may not do: power over the node, other identities, and fields of others. */
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
    /of metadata only/,
  ],
  [
    'another owner',
    (o) => {
      o.metadata.ownerReferences = [{ kind: 'Job', name: 'x' }];
    },
    /of metadata only/,
  ],
  [
    'a finalizer',
    (o) => {
      o.metadata.finalizers = ['x/y'];
    },
    /of metadata only/,
  ],
  [
    'an annotation of others',
    (o) => {
      o.metadata.annotations = { ...o.metadata.annotations, 'example.com/owner': 'eve' };
    },
    /of metadata.annotations only/,
  ],
  [
    'another selector',
    (o) => {
      o.spec.selector = { matchLabels: { app: 'other' } };
    },
    /of spec only/,
  ],
  [
    'a selector taken away',
    (o) => {
      delete o.spec.selector;
    },
    /of spec only/,
  ],
  [
    'a longer history',
    (o) => {
      o.spec.revisionHistoryLimit = 99;
    },
    /of spec only/,
  ],
];

function hasTemplate(object: JsonObject | null): boolean {
  const { template } = Object(object?.spec);
  return template !== undefined;
}

/** What of the above is what a type of action is there for. */
const ITS_OWN: { readonly [T in ActionType]?: readonly string[] } = {
  label: ['another label'],
  annotate: ['an annotation of others'],
  patch: ['a longer history'],
};

const one = (admissions: readonly Admission[]): Admission => {
  const [first] = admissions;
  if (first === undefined) throw new Error('nothing was asked');
  return first;
};
const RESTART = 'kubectl rollout restart deployment/checkout -n shop';
const SCALE = 'kubectl scale deployment/checkout -n shop --replicas=5';

describe('the admission policy of the writing identity', () => {
  it('admits every request of every write of the registry, by its own type and among all', async () => {
    // One of the pods that the drain would evict lives in kube-system.
    const places = { isProtected: ['firstmate'] };
    const all = policyFor(ACTION_TYPES, places);
    const connected = await world();
    for (const [line, type] of LINES) {
      const admissions = await asked(connected, line);
      expect(admissions.length, line).toBeGreaterThan(0);
      for (const admission of admissions) {
        expect(admit(all, admission), line).toEqual({ status: 'admitted' });
        expect(admit(policyFor([type], places), admission), line).toEqual({ status: 'admitted' });
      }
    }
  });

  it('denies on top of each what firstmate never writes', async () => {
    const connected = await world();
    let tried = 0;
    for (const [line, type] of LINES) {
      const admission = one(await asked(connected, line));
      if (admission.operation !== 'UPDATE' || !hasTemplate(admission.object)) continue;
      tried += 1;
      for (const [what, change, message] of NEVER) {
        const verdict = admit(policyFor([type]), tampered(admission, change));
        const expected = ITS_OWN[type]?.includes(what) ? 'admitted' : 'denied';
        expect(verdict, `${line}: ${what}`).toMatchObject({ status: expected });
        if (type !== 'rollback') continue;
        expect(verdict, `${line}: ${what}`).toMatchObject({
          messages: expect.arrayContaining([expect.stringMatching(message)]),
        });
      }
      // Where everything is allowed, power over the node and another identity are still not.
      for (const [what, change] of NEVER.slice(0, POWERS))
        expect(admit(EVERYTHING, tampered(admission, change)), what).toMatchObject({ status: 'denied' });
    }
    expect(tried).toBeGreaterThan(10);
  });

  it('admits a restart, and no other change of the pods, where policies allow only restarts', async () => {
    const restarts = policyFor(['restart']);
    const rollbacks = policyFor(['restart', 'rollback']);
    const admission = one(await asked(await world(), RESTART));
    for (const change of [
      (o: Loose) => {
        container(o).image = 'registry.example/evil:1';
      },
      (o: Loose) => {
        container(o).env = [{ name: 'A', value: 'b' }];
      },
      (o: Loose) => {
        spec(o).containers.push({ name: 'x', image: 'x' });
      },
      (o: Loose) => {
        o.spec.template.metadata.labels.added = 'x';
      },
      (o: Loose) => {
        o.spec.template.metadata.annotations['example.com/x'] = 'y';
      },
    ]) {
      expect(admit(restarts, tampered(admission, change))).toMatchObject({ status: 'denied' });
      // A rollback may bring back any earlier template.
      expect(admit(rollbacks, tampered(admission, change))).toEqual({ status: 'admitted' });
    }
  });

  it('admits images where images may be set, resources where those may, and nothing else of a container', async () => {
    const admission = one(await asked(await world(), RESTART));
    const image = tampered(admission, (o) => {
      container(o).image = 'registry.example/shop/checkout:9';
    });
    const resources = tampered(admission, (o) => {
      container(o).resources = { limits: { memory: '1Gi' } };
    });
    const command = tampered(admission, (o) => {
      container(o).command = ['sh'];
    });
    const verdicts = (type: ActionType) =>
      [image, resources, command].map((one) => admit(policyFor(['restart', type]), one).status);
    expect(verdicts('set_image')).toEqual(['admitted', 'denied', 'denied']);
    expect(verdicts('set_resources')).toEqual(['denied', 'admitted', 'denied']);
    expect(verdicts('patch')).toEqual(['denied', 'admitted', 'denied']);
  });

  it('keeps replicas within what policies allow, and a scale away from the pods', async () => {
    const scales = policyFor(['scale'], {}, {}, { minReplicas: 2, maxReplicas: 10 });
    const admission = one(await asked(await world(), SCALE));
    const to = (replicas: number) =>
      admit(
        scales,
        tampered(admission, (o) => {
          o.spec.replicas = replicas;
        }),
      ).status;
    expect([0, 1, 2, 10, 11].map(to)).toEqual(['denied', 'denied', 'admitted', 'admitted', 'denied']);
    const image = tampered(admission, (o) => {
      container(o).image = 'registry.example/evil:1';
    });
    expect(admit(scales, image)).toMatchObject({ status: 'denied' });
  });

  it('lets a rollback pass that leaves replicas alone which policies would not allow', async () => {
    const policy = policyFor(['rollback', 'scale'], {}, {}, { minReplicas: 20 });
    const admission = one(await asked(await world(), 'kubectl rollout undo deployment/checkout -n shop'));
    expect(admit(policy, admission)).toEqual({ status: 'admitted' });
  });

  it('admits the way back of what runbooks name, where policies allow it', async () => {
    const cordon = one(await asked(await world(), 'kubectl cordon node-b'));
    const back = { ...cordon, object: cordon.oldObject, oldObject: cordon.object };
    expect(admit(policyFor(['cordon', 'uncordon']), back)).toEqual({ status: 'admitted' });
    const labelled = tampered(cordon, (o) => {
      o.metadata.labels = { zone: 'x' };
    });
    expect(admit(policyFor(['cordon', 'uncordon']), labelled)).toMatchObject({ status: 'denied' });
  });

  it('keeps reserved labels and annotations from people and runbooks', async () => {
    const label = one(
      await asked(await world(), 'kubectl label deployment orders tier=gold team=x -n shop --overwrite'),
    );
    for (const key of [
      'kubernetes.io/x',
      'pod-security.kubernetes.io/enforce',
      'a.k8s.io/b',
      'firstmate.dev/c',
    ]) {
      const reserved = tampered(label, (o) => {
        o.metadata.labels = { ...o.metadata.labels, [key]: 'y' };
      });
      expect(admit(EVERYTHING, reserved), key).toMatchObject({ status: 'denied' });
    }
  });

  it('denies what no runbook and policy lead to, of every kind', async () => {
    const admission = one(await asked(await world(), RESTART));
    expect(admit(policyFor([]), admission)).toMatchObject({ status: 'denied' });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } };
    for (const other of [
      { ...admission, operation: 'CREATE' as const, oldObject: null },
      { ...admission, operation: 'DELETE' as const, object: null },
      { ...admission, subResource: 'scale' },
      { ...admission, resource: 'controllerrevisions' },
      { ...admission, group: '', resource: 'pods', subResource: 'exec', operation: 'CONNECT' as const },
      { ...admission, group: '', resource: 'secrets', object: secret, oldObject: secret },
      {
        ...admission,
        group: '',
        resource: 'serviceaccounts',
        subResource: 'token',
        operation: 'CREATE' as const,
      },
      { ...admission, group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
    ])
      expect(admit(EVERYTHING, other)).toMatchObject({
        status: 'denied',
        messages: expect.arrayContaining(['no runbook and policy of firstmate lead to such a request']),
      });
  });

  it('keeps to the namespaces of the command line, of the policies, and out of protected ones', async () => {
    const admission = one(await asked(await world(), RESTART));
    const at = (policy: JsonObject, namespace: string) => admit(policy, { ...admission, namespace }).status;
    expect(admit(EVERYTHING, { ...admission, namespace: 'kube-system' })).toMatchObject({
      messages: ['the namespace is protected, and no policy names it'],
    });
    const pay = policyFor(ACTION_TYPES, { namespaces: ['pay'] });
    expect([at(pay, 'shop'), at(pay, 'pay')]).toEqual(['denied', 'admitted']);
    const teams = policyFor(ACTION_TYPES, {}, { namespaces: ['team-*', 'kube-system'] });
    expect(['team-a', 'kube-system', 'a-team-a', 'shop', 'firstmate'].map((name) => at(teams, name))).toEqual(
      ['admitted', 'admitted', 'denied', 'denied', 'denied'],
    );
  });

  it('denies the delete of a pod that nobody would make anew', async () => {
    const admission = one(await asked(await world(), 'kubectl delete pod {pod} -n shop'));
    const alone = structuredClone(admission.oldObject ?? {});
    delete Object(alone.metadata).ownerReferences;
    expect(admit(EVERYTHING, { ...admission, oldObject: alone })).toMatchObject({
      messages: [expect.stringContaining('nothing would make the pod anew')],
    });
  });

  it('concerns the writing identity alone, minted ones too, and lets it ask what it may do', async () => {
    const admission = one(await asked(await world(), RESTART));
    const user = 'system:serviceaccount:ops:mate';
    expect(admit(policyFor([]), { ...admission, username: user })).toEqual({ status: 'not_matched' });
    const minted = policyFor([], { tokens: [{ namespace: 'ops', serviceAccount: 'mate' }] });
    expect(admit(minted, { ...admission, username: user })).toMatchObject({ status: 'denied' });
    const review = { operation: 'CREATE', group: 'authorization.k8s.io', username: WRITER } as const;
    for (const policy of [EVERYTHING, policyFor([], { namespaces: ['pay'] })])
      expect(
        admit(policy, { ...review, resource: 'selfsubjectaccessreviews', object: {}, oldObject: null }),
      ).toEqual({ status: 'admitted' });
  });

  it('calls no function that CEL itself does not have', () => {
    const { matchConditions, variables, validations } = Object(EVERYTHING.spec);
    const texts: string[] = [...matchConditions, ...variables, ...validations].map(
      ({ expression }) => expression,
    );
    const called = texts.flatMap((text) =>
      [...text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').matchAll(/(\w+)\(/g)].map((match) => match[1]),
    );
    const own = ['all', 'exists', 'has', 'matches', 'size'];
    expect([...new Set(called)].filter((name) => name !== 'in').toSorted()).toEqual(own);
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
