import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { command } from '../../src/cli/rbac.ts';
import { demoSettings } from '../../src/config.ts';
import type { Policy } from '../../src/core/policy.ts';
import { type Access, leastAccess } from '../../src/core/rbac.ts';
import { rbacManifest } from '../../src/core/rbac-manifest.ts';
import type { Runbook, RunbookAction } from '../../src/core/runbook.ts';
import type { Settings } from '../../src/core/settings.ts';
import { loadCatalog } from '../../src/documents/catalog.ts';

const ROOT = join(import.meta.dirname, '../..');
const shipped = await loadCatalog({
  runbooks: join(ROOT, 'runbooks'),
  policies: join(ROOT, 'policies'),
  services: join(ROOT, 'services'),
});

type Document = {
  kind: string;
  metadata: { name: string; namespace?: string };
  rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  roleRef?: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace: string }[];
};

function documents(text: string): Document[] {
  return parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  });
}

function action(run: string, type: RunbookAction['type']): RunbookAction {
  return { id: 'act', type, run, validate: null, rollback: 'none', approvals: [] };
}

function runbook(changes: Partial<Runbook>): Runbook {
  return {
    name: 'stuck',
    title: 'Stuck',
    owner: 'sre',
    file: 'stuck.yaml',
    hash: 'sha256:1',
    match: [],
    inputs: {
      namespace: { from: 'labels.namespace', type: 'namespace', optional: false },
      name: { from: 'labels.pod', type: 'name', optional: false },
    },
    diagnose: [],
    hypotheses: [],
    actions: [],
    ...changes,
  };
}

function diagnose(...lines: string[]): Runbook['diagnose'] {
  return lines.map((run, index) => ({ id: `s${index}`, run, check: null, when: null, timeoutMs: 1000 }));
}

function policy(...types: RunbookAction['type'][]): Policy {
  const one = {
    requireApproval: true,
    approvers: ['sre'],
    maxVersionsBack: null,
    minReplicas: null,
    maxReplicas: null,
  };
  return {
    service: 'checkout',
    file: 'policies/checkout.yaml',
    hash: 'sha256:2',
    allowedActions: types.map((type) => ({ type, ...one })),
    safetyChecks: [],
    incidentTag: null,
  };
}

/** `apps/deployments: patch`. */
function told(rules: Access['reading']): string[] {
  return rules.map(
    ({ group, resource, verbs }) => `${group === '' ? '' : `${group}/`}${resource}: ${verbs.join(' ')}`,
  );
}

/** What the safety checks look at, whatever the change. */
const SAFETY_READS = [
  'pods: get',
  'apps/daemonsets: get',
  'apps/deployments: get',
  'apps/replicasets: get',
  'apps/statefulsets: get',
  'batch/jobs: get',
  'policy/poddisruptionbudgets: list',
];
const FROM_GIT = [
  'argoproj.io/applications: list',
  'helm.toolkit.fluxcd.io/helmreleases: get',
  'kustomize.toolkit.fluxcd.io/kustomizations: get',
];

/** Each verb on a line of its own, once. */
function one(rules: readonly string[]): string[] {
  const lines = rules.flatMap((rule) => {
    const [resource, verbs = ''] = rule.split(': ');
    return verbs.split(' ').map((verb) => `${resource}: ${verb}`);
  });
  return [...new Set(lines)].toSorted();
}

describe('the rights that the shipped documents need', () => {
  const access = leastAccess(shipped);

  it('are these reads', () => {
    expect(told(access.reading)).toEqual([
      'events: list',
      'nodes: list',
      'pods: get list',
      'pods/log: get',
      'apps/daemonsets: get list',
      'apps/deployments: get list',
      'apps/replicasets: get list',
      'apps/statefulsets: get list',
      'argoproj.io/applications: list',
      'batch/jobs: get',
      'helm.toolkit.fluxcd.io/helmreleases: get',
      'kustomize.toolkit.fluxcd.io/kustomizations: get',
      'policy/poddisruptionbudgets: list',
    ]);
  });

  it('are one write, named with the runbooks and policies behind it', () => {
    expect(told(access.writing)).toEqual(['apps/deployments: patch']);
    expect(access.writing[0]?.because).toContain(
      'deployment-rollout-stuck, action undo (policies: catalog, checkout, orders)',
    );
    expect(access.leftOut).toEqual([]);
  });
});

describe('least access', () => {
  it('follows the commands: logs, metrics and what describe looks at', () => {
    const steps = diagnose(
      'kubectl logs {{ name }} -n {{ namespace }} --tail=5',
      'kubectl top pods -n {{ namespace }}',
      'kubectl describe node {{ name }}',
    );
    const { reading } = leastAccess({ runbooks: [runbook({ diagnose: steps })], policies: [] });
    expect(told(reading)).toEqual([
      'events: list',
      'nodes: get',
      'pods: get',
      'pods/log: get',
      'metrics.k8s.io/pods: list',
    ]);
  });

  it('names paths beside the resources, and nothing for what everybody may ask', () => {
    const steps = diagnose(
      'kubectl get --raw=/readyz?verbose',
      'kubectl get --raw=/livez',
      'kubectl get --raw=/readyz',
      'kubectl auth can-i delete pods -n {{ namespace }}',
      'kubectl api-resources',
    );
    const access = leastAccess({ runbooks: [runbook({ diagnose: steps })], policies: [] });
    expect(access.reading).toEqual([]);
    expect(access.readingPaths).toEqual([
      { path: '/livez', because: ['stuck'] },
      { path: '/readyz', because: ['stuck'] },
    ]);
    expect(documents(rbacManifest(access, [])).find(({ rules }) => rules !== undefined)?.rules).toEqual([
      { nonResourceURLs: ['/livez'], verbs: ['get'] },
      { nonResourceURLs: ['/readyz'], verbs: ['get'] },
    ]);
  });

  it("names the cluster's own kinds by the plural and the group that the document says", () => {
    const steps = diagnose(
      'kubectl get certificates.cert-manager.io -n {{ namespace }}',
      'kubectl describe widgets.v1.example.com {{ name }} -n {{ namespace }}',
    );
    const { reading } = leastAccess({ runbooks: [runbook({ diagnose: steps })], policies: [] });
    expect(told(reading)).toEqual([
      'events: list',
      'cert-manager.io/certificates: list',
      'example.com/widgets: get',
    ]);
  });

  it('reads for a validation as it does for a diagnostic step', () => {
    const undo = {
      ...action('kubectl rollout undo deployment/{{ name }} -n {{ namespace }}', 'rollback'),
      validate: {
        run: 'kubectl get statefulsets,hpa -n {{ namespace }}',
        check: null,
        withinMs: 1000,
      },
    };
    const { reading } = leastAccess({ runbooks: [runbook({ actions: [undo] })], policies: [] });
    expect(told(reading)).toEqual(['apps/statefulsets: list', 'autoscaling/horizontalpodautoscalers: list']);
  });

  it.each([
    ['kubectl delete pod {{ name }} -n {{ namespace }}', 'delete_pod', ['pods: delete'], ['pods: get']],
    [
      'kubectl rollout restart daemonset/{{ name }} -n {{ namespace }}',
      'restart',
      ['apps/daemonsets: patch'],
      ['pods: list', 'apps/controllerrevisions: list', 'apps/daemonsets: get'],
    ],
    [
      'kubectl scale statefulset/{{ name }} -n {{ namespace }} --replicas=3',
      'scale',
      ['apps/statefulsets: patch'],
      [
        'pods: list',
        'apps/controllerrevisions: list',
        'apps/statefulsets: get',
        'autoscaling/horizontalpodautoscalers: list',
        ...FROM_GIT,
      ],
    ],
    [
      'kubectl drain {{ name }} --ignore-daemonsets',
      'drain',
      ['nodes: patch', 'pods/eviction: create'],
      ['nodes: get list', 'pods: list'],
    ],
    [
      'kubectl delete job {{ name }} -n {{ namespace }}',
      'delete_job',
      ['batch/jobs: delete'],
      ['batch/jobs: get', ...FROM_GIT],
    ],
    [
      'kubectl patch hpa {{ name }} -n {{ namespace }} -p \'{"spec":{"maxReplicas":9}}\'',
      'patch',
      ['autoscaling/horizontalpodautoscalers: patch'],
      ['autoscaling/horizontalpodautoscalers: get list', ...FROM_GIT],
    ],
    [
      'kubectl label node {{ name }} maintenance=planned',
      'label',
      ['nodes: patch'],
      ['nodes: get', ...FROM_GIT],
    ],
  ] as const)('lets the writer do only what the action does: %s', (run, type, writes, reads) => {
    const access = leastAccess({
      runbooks: [runbook({ actions: [action(run, type)] })],
      policies: [policy(type)],
    });
    expect(told(access.writing)).toEqual(writes);
    expect(one(told(access.reading))).toEqual(one([...reads, ...SAFETY_READS]));
  });

  it('reads nothing for the safety checks where a node is only taken out of use', () => {
    const runbooks = [runbook({ actions: [action('kubectl cordon {{ name }}', 'cordon')] })];
    expect(told(leastAccess({ runbooks, policies: [policy('cordon')] }).reading)).toEqual(['nodes: get']);
  });

  it('grants nothing for an action that no policy allows, nor for a policy that no runbook uses, and says so', () => {
    const remove = action('kubectl delete pod {{ name }} -n {{ namespace }}', 'delete_pod');
    const access = leastAccess({
      runbooks: [runbook({ actions: [remove] })],
      policies: [policy('rollback', 'restart', 'scale')],
    });
    expect(access.writing).toEqual([]);
    expect(access.leftOut).toEqual(['stuck, action act: no policy allows delete_pod']);
    expect(rbacManifest(access, [])).toContain('# Not granted: stuck, action act');
  });

  it('lets the reader see the labels of namespaces only where a policy may do without people', () => {
    const asking = policy('rollback');
    const [entry] = asking.allowedActions;
    if (entry === undefined) throw new Error('the policy allows something');
    const leaving = { ...asking, allowedActions: [{ ...entry, requireApproval: false }] };
    expect(told(leastAccess({ runbooks: [], policies: [leaving] }).reading)).toEqual(['namespaces: get']);
    expect(
      told(
        leastAccess({
          runbooks: [],
          policies: [{ ...asking, allowedActions: [{ ...entry, requireApproval: true }] }],
        }).reading,
      ),
    ).toEqual([]);
  });

  it('grants nothing for a line that the grammar refuses', () => {
    const steps = diagnose('kubectl get secrets -n {{ namespace }}', 'kubectl exec {{ name }} -- id');
    const access = leastAccess({ runbooks: [runbook({ diagnose: steps })], policies: [] });
    expect(access).toEqual({ reading: [], readingPaths: [], writing: [], leftOut: [] });
  });

  it('never grants Secrets, wildcards or more than reading and changing, whatever can be said', () => {
    const everything = runbook({
      diagnose: diagnose(
        'kubectl get all -A',
        'kubectl get pods,nodes,configmaps,events,services,jobs,cronjobs,hpa,pdb,ingresses,pvc -A',
        'kubectl describe deployment {{ name }} -n {{ namespace }}',
        'kubectl events -A',
        'kubectl top nodes',
      ),
      actions: [
        action('kubectl delete pod {{ name }} -n {{ namespace }}', 'delete_pod'),
        action('kubectl rollout undo deployment/{{ name }} -n {{ namespace }}', 'rollback'),
      ],
    });
    const access = leastAccess({ runbooks: [everything], policies: [policy('delete_pod', 'rollback')] });
    const text = rbacManifest(access, []);
    expect(text).not.toMatch(/secret|\*/i);
    expect(access.reading.length).toBeGreaterThan(5);
    expect(new Set(access.reading.flatMap(({ verbs }) => verbs))).toEqual(new Set(['get', 'list']));
    expect(told(access.writing)).toEqual(['pods: delete', 'apps/deployments: patch']);
  });
});

describe('the manifest', () => {
  const access = leastAccess(shipped);

  it('has two identities, each bound to its own role, and is the same every time', () => {
    const text = rbacManifest(access, []);
    expect(rbacManifest(leastAccess(shipped), [])).toBe(text);
    expect(documents(text).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Namespace firstmate',
      'ServiceAccount firstmate-reader',
      'ServiceAccount firstmate-writer',
      'ClusterRole firstmate-reader',
      'ClusterRole firstmate-writer',
      'ClusterRoleBinding firstmate-reader',
      'ClusterRoleBinding firstmate-writer',
    ]);
    for (const { metadata, roleRef, subjects } of documents(text).slice(5)) {
      expect(roleRef).toEqual({
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: metadata.name,
      });
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: metadata.name, namespace: 'firstmate' }]);
    }
  });

  it('says what the roles say', () => {
    const [reader, writer] = documents(rbacManifest(access, [])).filter(({ kind }) => kind === 'ClusterRole');
    const plain = (rules: Access['reading']) =>
      rules.map(({ group, resource, verbs }) => ({ apiGroups: [group], resources: [resource], verbs }));
    expect(reader?.rules).toEqual(plain(access.reading));
    expect(writer?.rules).toEqual(plain(access.writing));
  });

  it('binds the writer in the named namespaces alone, in order and once', () => {
    const bindings = documents(rbacManifest(access, ['shop', 'pay', 'shop'])).filter(
      ({ roleRef }) => roleRef?.name === 'firstmate-writer',
    );
    expect(bindings.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'RoleBinding pay',
      'RoleBinding shop',
    ]);
  });

  it('binds what changes nodes for the whole cluster, and nothing else', () => {
    const runs = [
      action('kubectl cordon {{ name }}', 'cordon'),
      action('kubectl delete pod {{ name }} -n {{ namespace }}', 'delete_pod'),
    ];
    const nodes = leastAccess({
      runbooks: [runbook({ actions: runs })],
      policies: [policy('cordon', 'delete_pod')],
    });
    const all = documents(rbacManifest(nodes, ['shop']));
    const rules = (name: string) =>
      all
        .filter(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === name)
        .map((one) => one.rules);
    expect(rules('firstmate-writer')).toEqual([
      [{ apiGroups: [''], resources: ['pods'], verbs: ['delete'] }],
    ]);
    expect(rules('firstmate-writer-nodes')).toEqual([
      [{ apiGroups: [''], resources: ['nodes'], verbs: ['patch'] }],
    ]);
    const bound = all.filter(
      ({ kind, subjects }) => /Binding$/.test(kind) && subjects?.[0]?.name === 'firstmate-writer',
    );
    expect(bound.map(({ kind, roleRef }) => `${kind} ${roleRef?.name}`)).toEqual([
      'RoleBinding firstmate-writer',
      'ClusterRoleBinding firstmate-writer-nodes',
    ]);
  });

  it('lets the reader mint the tokens of one service account where that is set, and else none', () => {
    const kinds = (text: string) => documents(text).map(({ kind }) => kind);
    expect(kinds(rbacManifest(access, []))).not.toContain('Role');
    const token = { namespace: 'firstmate', serviceAccount: 'firstmate-writer' };
    const [role, binding] = documents(rbacManifest(access, [], [token])).slice(-2);
    expect(role).toMatchObject({
      kind: 'Role',
      metadata: { namespace: 'firstmate' },
      rules: [
        {
          apiGroups: [''],
          resources: ['serviceaccounts/token'],
          resourceNames: ['firstmate-writer'],
          verbs: ['create'],
        },
      ],
    });
    expect(binding).toMatchObject({
      kind: 'RoleBinding',
      metadata: { namespace: 'firstmate' },
      roleRef: { kind: 'Role', name: role?.metadata.name },
      subjects: [{ name: 'firstmate-reader', namespace: 'firstmate' }],
    });
  });

  it('has no rules where nothing is needed, and is still YAML', () => {
    const text = rbacManifest(leastAccess({ runbooks: [], policies: [] }), []);
    expect(documents(text).find(({ kind }) => kind === 'ClusterRole')?.rules).toEqual([]);
  });

  it('keeps what a document is called inside its comment', () => {
    const steps = diagnose('kubectl get nodes');
    const hostile = runbook({ name: 'x\n  - apiGroups: ["*"]', diagnose: steps });
    const text = rbacManifest(leastAccess({ runbooks: [hostile], policies: [] }), []);
    const reader = documents(text).find(({ kind }) => kind === 'ClusterRole');
    expect(reader?.rules).toEqual([{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }]);
  });
});

describe('firstmate rbac', () => {
  const settings = demoSettings({
    database: 'unused.db',
    cluster: { name: 'c', kubeconfig: 'unused' },
    slack: { botToken: 'unused', appToken: 'unused', apiUrl: 'unused' },
  });

  const run = (...namespace: string[]) => runWith(settings, ...namespace);

  async function runWith(configured: Settings, ...namespace: string[]): Promise<string> {
    let out = '';
    const code = await command.run({
      values: { namespace },
      positionals: [],
      io: {
        out: (text) => {
          out += text;
        },
        err: () => undefined,
        async *stdin() {},
        interactive: false,
      },
      settings: async () => configured,
      stop: new AbortController().signal,
    });
    expect(code).toBe(0);
    return out;
  }

  it('prints the manifest of the configured documents', async () => {
    expect(await run()).toBe(rbacManifest(leastAccess(shipped), []));
    expect(await run('shop')).toBe(rbacManifest(leastAccess(shipped), ['shop']));
  });

  it('grants the minting that firstmate.yaml asks for, each service account once', async () => {
    const writeToken = { namespace: 'firstmate', serviceAccount: 'firstmate-writer', minutes: 10 };
    const clusters = ['a', 'b'].flatMap((name) =>
      settings.clusters.map((cluster) => ({ ...cluster, name, writeToken })),
    );
    expect(await runWith({ ...settings, clusters })).toBe(
      rbacManifest(leastAccess(shipped), [], [writeToken]),
    );
  });

  it.each(['kube-system', 'firstmate', 'Shop', 'shop\n  - x', ''])(
    'does not take --namespace %j',
    async (namespace) => {
      await expect(run(namespace)).rejects.toThrow(/^--namespace: /);
    },
  );
});
