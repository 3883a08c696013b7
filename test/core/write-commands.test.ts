import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/core/command/command-line.ts';
import { checkTemplate, fillCommand } from '../../src/core/command/fill.ts';
import { parseArgv, parseCommand } from '../../src/core/command/parse.ts';
import { isImage } from '../../src/core/image.ts';

const PATCH_DEPLOYMENT = 'kubectl patch deployment web -n web';
const CONTAINERS = '{"spec":{"template":{"spec":{"containers":[';

type Accepted = readonly [line: string, verdict: 'mutate' | 'destructive', operation: object];
type Refused = readonly [line: string, code: string];

/** What each writing verb takes, and what it makes of it. */
const ACCEPTED: readonly Accepted[] = [
  ['kubectl rollout pause deploy/web -n web', 'mutate', { verb: 'rollout pause', name: 'web' }],
  ['kubectl rollout resume deployment web -n web', 'mutate', { verb: 'rollout resume', namespace: 'web' }],
  [
    'kubectl set image ds/agent agent=ghcr.io/acme/agent:2 init=busybox -n web',
    'mutate',
    {
      verb: 'set image',
      images: [
        { container: 'agent', image: 'ghcr.io/acme/agent:2' },
        { container: 'init', image: 'busybox' },
      ],
    },
  ],
  [
    `kubectl set image deployment web web=registry:5000/a/b@sha256:${'ab'.repeat(32)} -n web`,
    'mutate',
    { images: [{ container: 'web', image: `registry:5000/a/b@sha256:${'ab'.repeat(32)}` }] },
  ],
  [
    'kubectl set resources sts/db -n web --containers=db --limits memory=1Gi,cpu=500m --requests=cpu=0.5',
    'mutate',
    { container: 'db', limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '0.5' } },
  ],
  ['kubectl set resources deploy web -n web --limits=cpu=1', 'mutate', { container: null, requests: {} }],
  ['kubectl cordon n1.example', 'mutate', { verb: 'cordon', name: 'n1.example', namespace: null }],
  ['kubectl uncordon node/n1', 'mutate', { verb: 'uncordon', name: 'n1' }],
  [
    'kubectl drain n1 --ignore-daemonsets',
    'destructive',
    { verb: 'drain', timeoutSeconds: 300, deleteEmptyDirData: false, force: false, graceSeconds: null },
  ],
  [
    'kubectl drain no/n1 --ignore-daemonsets --delete-emptydir-data --force --timeout=2m --grace-period=30',
    'destructive',
    { timeoutSeconds: 120, deleteEmptyDirData: true, force: true, graceSeconds: 30 },
  ],
  ['kubectl delete pod web-0 -n web --wait=false', 'destructive', { verb: 'delete pod', name: 'web-0' }],
  ['kubectl delete pod web-0 -n web --force', 'destructive', { graceSeconds: 0 }],
  ['kubectl delete pod web-0 -n web --grace-period=0 --force', 'destructive', { graceSeconds: 0 }],
  ['kubectl delete pod web-0 -n web --grace-period=5', 'destructive', { graceSeconds: 5 }],
  ['kubectl delete job.batch/backfill -n web', 'destructive', { verb: 'delete job', name: 'backfill' }],
  [
    'kubectl label po web-0 tier=gold app- -n web --overwrite',
    'mutate',
    {
      overwrite: true,
      changes: [
        { key: 'app', value: null },
        { key: 'tier', value: 'gold' },
      ],
    },
  ],
  ['kubectl label node n1 acme.example/rack=7', 'mutate', { namespace: null, overwrite: false }],
  [
    "kubectl annotate deploy/web 'acme.example/note=held: see it' -n web",
    'mutate',
    { changes: [{ key: 'acme.example/note', value: 'held: see it' }] },
  ],
  ['kubectl annotate deploy/web note= -n web', 'mutate', { changes: [{ key: 'note', value: '' }] }],
  [
    'kubectl patch hpa web -n web --type=merge -p {"spec":{"maxReplicas":12}}',
    'mutate',
    { verb: 'patch', changes: [{ path: '/spec/maxReplicas', value: 12 }] },
  ],
  ['kubectl patch hpa web -n web -p {"spec":{"minReplicas":0}}', 'destructive', { verb: 'patch' }],
  ['kubectl patch hpa web -n web --patch={"spec":{"maxReplicas":0}}', 'destructive', { verb: 'patch' }],
  [
    'kubectl patch hpa web -n web --type=json -p [{"op":"replace","path":"/spec/minReplicas","value":0}]',
    'destructive',
    { changes: [{ path: '/spec/minReplicas', value: 0 }] },
  ],
  ['kubectl patch cj report -n web -p {"spec":{"suspend":true}}', 'mutate', {}],
  [
    `${PATCH_DEPLOYMENT} -p '${CONTAINERS}{"name":"app","resources":{"limits":{"memory":"1Gi","cpu":null}}}]}}}}'`,
    'mutate',
    {
      changes: [
        { path: '/spec/template/spec/containers/[app]/resources/limits/cpu', value: null },
        { path: '/spec/template/spec/containers/[app]/resources/limits/memory', value: '1Gi' },
      ],
    },
  ],
  // The same change is the same operation, however it is written.
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":4}}`, 'mutate', { verb: 'scale', replicas: 4 }],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":0}}`, 'destructive', { verb: 'scale', replicas: 0 }],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":-0}}`, 'destructive', { verb: 'scale', replicas: 0 }],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":0e5}}`, 'destructive', { verb: 'scale', replicas: 0 }],
  [
    `${PATCH_DEPLOYMENT} --subresource=scale --type=merge -p {"spec":{"replicas":0}}`,
    'destructive',
    { verb: 'scale' },
  ],
  [
    'kubectl patch sts/db -n web --type=json -p [{"op":"replace","path":"/spec/replicas","value":0}]',
    'destructive',
    { verb: 'scale', replicas: 0 },
  ],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"paused":true}}`, 'mutate', { verb: 'rollout pause' }],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"paused":false}}`, 'mutate', { verb: 'rollout resume' }],
];

const REFUSED: readonly Refused[] = [
  ['kubectl rollout pause sts/db -n web', 'kind_not_for_verb'],
  ['kubectl rollout resume deployment/web', 'namespace_required'],
  ['kubectl rollout pause deployment -l app=web -n web', 'unknown_flag'],
  ['kubectl set image deployment/web *=evil:1 -n web', 'bulk'],
  ['kubectl set image deployment --all *=evil:1 -n web', 'bulk'],
  ['kubectl set image deployment/web -n web', 'change_required'],
  ['kubectl set image deployment/web web=a web=b -n web', 'repeated_flag'],
  ['kubectl set image deployment/web web= -n web', 'bad_value'],
  ['kubectl set image deployment/web web=Evil/X -n web', 'bad_value'],
  ['kubectl set image deployment/web web=https://evil.example/x -n web', 'bad_value'],
  ['kubectl set image deployment/web web=a:1 other -n web', 'bad_value'],
  ['kubectl set image pod/web-0 web=a:1 -n web', 'kind_not_for_verb'],
  ['kubectl set image -f x.yaml web=a:1', 'forbidden_flag'],
  ['kubectl set image deployment/web web=a:1 -n web --local', 'unknown_flag'],
  ['kubectl set env deploy/web --list --resolve', 'unknown_verb'],
  ['kubectl set subject clusterrolebinding admin --user=eve', 'unknown_verb'],
  ['kubectl set serviceaccount deployment web admin -n web', 'unknown_verb'],
  ['kubectl set selector svc web app=x -n web', 'unknown_verb'],
  ['kubectl set resources deploy web -n web', 'change_required'],
  ['kubectl set resources deploy web -n web --limits=gpu=1', 'bad_value'],
  ['kubectl set resources deploy web -n web --limits=cpu=-1', 'bad_value'],
  ['kubectl set resources deploy web -n web --limits=cpu=1,cpu=2', 'bad_value'],
  ['kubectl set resources deploy web -n web -c=* --limits=cpu=1', 'bad_value'],
  ['kubectl cordon', 'name_required'],
  ['kubectl cordon n1 n2', 'too_many_names'],
  ['kubectl cordon pod/web-0', 'kind_not_for_verb'],
  ['kubectl cordon -l role=worker', 'unknown_flag'],
  ['kubectl uncordon n1 -n web', 'unknown_flag'],
  ['kubectl drain n1', 'ignore_daemonsets_required'],
  ['kubectl drain n1 --ignore-daemonsets=false', 'ignore_daemonsets_required'],
  ['kubectl drain n1 --ignore-daemonsets --disable-eviction', 'forced'],
  ['kubectl drain n1 --ignore-daemonsets --grace-period=0', 'bad_value'],
  ['kubectl drain n1 --ignore-daemonsets --timeout=0s', 'bad_value'],
  ['kubectl drain --ignore-daemonsets --selector=role=worker', 'unknown_flag'],
  ['kubectl drain n1 --ignore-daemonsets --pod-selector=app=web', 'unknown_flag'],
  ['kubectl drain n1 n2 --ignore-daemonsets', 'too_many_names'],
  ['kubectl delete pod web-0 -n web --grace-period=0', 'forced'],
  ['kubectl delete pod web-0 -n web --force --grace-period=10', 'conflicting_flags'],
  ['kubectl delete pod --all -n web', 'bulk'],
  ['kubectl delete pod web-0 -n web --cascade=orphan', 'forced'],
  ['kubectl delete job backfill -n web --force', 'forced'],
  ['kubectl delete job a b -n web', 'too_many_names'],
  ['kubectl delete cronjob report -n web', 'kind_not_for_verb'],
  ['kubectl delete namespace web', 'kind_not_for_verb'],
  ['kubectl delete secret db -n web', 'kind_secret'],
  ['kubectl delete crd widgets.example.com', 'kind_crd'],
  ['kubectl delete --raw /api/v1/namespaces/web/pods/web-0', 'forbidden_flag'],
  ['kubectl label pod web-0 -n web', 'change_required'],
  ['kubectl label pods --all a=b -n web', 'bulk'],
  ['kubectl label pods -l app=web a=b -n web', 'unknown_flag'],
  ['kubectl label pod web-0 a=b a- -n web', 'repeated_flag'],
  ['kubectl label pod web-0 a=b=c -n web', 'bad_value'],
  ['kubectl label pod web-0 a=b c -n web', 'bad_value'],
  ['kubectl label pod web-0 kubernetes.io/role=x -n web', 'reserved_key'],
  ['kubectl label node n1 node-role.kubernetes.io/control-plane-', 'reserved_key'],
  ['kubectl label node n1 topology.k8s.io/zone=a', 'reserved_key'],
  ['kubectl label deploy web firstmate.dev/safe-for-auto=true -n web', 'reserved_key'],
  ['kubectl annotate deploy web argocd.argoproj.io/tracking-id- -n web', 'reserved_key'],
  ['kubectl annotate deploy web kustomize.toolkit.fluxcd.io/reconcile=disabled -n web', 'reserved_key'],
  ['kubectl annotate deploy web meta.helm.sh/release-name=web -n web', 'reserved_key'],
  ['kubectl label namespace web team=x', 'kind_not_for_verb'],
  ['kubectl label secret db a=b -n web', 'kind_secret'],
  ['kubectl annotate sa default a=b -n web', 'kind_rbac'],
  ['kubectl annotate deploy web kubectl.kubernetes.io/last-applied-configuration- -n web', 'reserved_key'],
  ['kubectl annotate deploy web deployment.kubernetes.io/revision=1 -n web', 'reserved_key'],
  ['kubectl annotate deploy web /x=1 -n web', 'bad_value'],
  ['kubectl annotate -f x.yaml a=b', 'forbidden_flag'],
  [`${PATCH_DEPLOYMENT}`, 'change_required'],
  [`${PATCH_DEPLOYMENT} -p {}`, 'change_required'],
  [`${PATCH_DEPLOYMENT} -p {"spec": {"replicas": 3}}`, 'bad_json'],
  [`${PATCH_DEPLOYMENT} -p spec:`, 'bad_json'],
  [`${PATCH_DEPLOYMENT} -p null`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} --patch-file=x.json`, 'forbidden_flag'],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":"0"}}`, 'bad_value'],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":null}}`, 'bad_value'],
  [`${PATCH_DEPLOYMENT} -p {"spec":null}`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"replicas":3,"minReadySeconds":1}}`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p {"spec":{"$patch":"replace"}}`, 'shell_metacharacter'],
  [`${PATCH_DEPLOYMENT} -p '{"spec":{"$patch":"replace"}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '{"spec":{"template":{"spec":{"hostNetwork":true}}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '{"spec":{"template":{"spec":{"serviceAccountName":"x"}}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '{"spec":{"template":{"spec":{"volumes":[]}}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '{"metadata":{"labels":{"a":"b"}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '{"status":{"replicas":0}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '{"__proto__":{"replicas":0}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '${CONTAINERS}{"name":"a","image":"evil"}]}}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '${CONTAINERS}{"name":"a","command":["sh"]}]}}}}'`, 'field_not_allowed'],
  [
    `${PATCH_DEPLOYMENT} -p '${CONTAINERS}{"name":"a","securityContext":{"privileged":true}}]}}}}'`,
    'field_not_allowed',
  ],
  [`${PATCH_DEPLOYMENT} -p '${CONTAINERS}{"name":"a","$patch":"delete"}]}}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} -p '${CONTAINERS}{"resources":{}}]}}}}'`, 'bad_value'],
  [`${PATCH_DEPLOYMENT} --type=merge -p '${CONTAINERS}]}}}}'`, 'field_not_allowed'],
  [`${PATCH_DEPLOYMENT} --type=json -p []`, 'change_required'],
  [`${PATCH_DEPLOYMENT} --type=json -p {"op":"remove"}`, 'bad_value'],
  [
    `${PATCH_DEPLOYMENT} --type=json -p [{"op":"replace","path":"/spec","value":{"replicas":0}}]`,
    'field_not_allowed',
  ],
  [
    `${PATCH_DEPLOYMENT} --type=json -p [{"op":"move","from":"/spec/a","path":"/spec/replicas"}]`,
    'bad_value',
  ],
  [
    `${PATCH_DEPLOYMENT} --type=json -p [{"op":"remove","path":"/spec/template/spec/containers/0"}]`,
    'field_not_allowed',
  ],
  [
    `${PATCH_DEPLOYMENT} --type=json -p [{"op":"add","path":"/spec/template/spec/containers/-","value":{}}]`,
    'field_not_allowed',
  ],
  [`${PATCH_DEPLOYMENT} --subresource=status -p {"spec":{"replicas":1}}`, 'bad_value'],
  [`${PATCH_DEPLOYMENT} --subresource=scale -p {"spec":{"minReadySeconds":1}}`, 'field_not_allowed'],
  ['kubectl patch hpa web -n web -p {"spec":{"scaleTargetRef":{"name":"x"}}}', 'field_not_allowed'],
  ['kubectl patch pod web-0 -n web -p {"spec":{}}', 'kind_not_for_verb'],
  ['kubectl patch node n1 -p {"spec":{"unschedulable":true}}', 'kind_not_for_verb'],
  ['kubectl patch secret db -n web -p {}', 'kind_secret'],
  ['kubectl patch clusterrolebinding x --type=json -p []', 'kind_rbac'],
];

describe('the writing verbs', () => {
  it.each(ACCEPTED)('takes %s as %s', (line, verdict, operation) => {
    expect(parseCommand(line)).toMatchObject({ verdict, operation });
  });

  it.each(REFUSED)('refuses %s with %s', (line, code) => {
    expect(parseCommand(line)).toMatchObject({ verdict: 'refuse', code });
  });

  it('says what is wrong with JSON that was taken apart by blanks', () => {
    expect(parseCommand(`${PATCH_DEPLOYMENT} -p {"spec": {"replicas": 3}}`).reason).toBe(
      'the JSON after -p is not whole: put it in single quotes, as one word',
    );
  });

  it('reads a patch alike in each of its three types', () => {
    const types = [
      `--type=merge -p '{"spec":{"minReadySeconds":5}}'`,
      `--type=strategic -p '{"spec":{"minReadySeconds":5}}'`,
      `--type=json -p '[{"op":"add","path":"/spec/minReadySeconds","value":5}]'`,
    ].map((rest) => parseCommand(`${PATCH_DEPLOYMENT} ${rest}`));
    expect(types[1]).toEqual(types[0]);
    expect(types[2]).toEqual(types[0]);
  });

  it('keeps the quotes of an argv apart from those of a line', () => {
    const patch = '{"spec":{"minReadySeconds":5}}';
    const parsed = parseArgv(['kubectl', 'patch', 'deploy', 'web', '-n', 'web', '-p', patch]);
    expect(parsed.verdict === 'refuse' ? parsed.reason : commandLine(parsed.operation)).toBe(
      `kubectl patch deployment/web -n web --type=strategic -p '${patch}'`,
    );
    const note = parseArgv(['kubectl', 'annotate', 'deploy', 'web', "note=it's", '-n', 'web']);
    const line = note.verdict === 'refuse' ? note.reason : commandLine(note.operation);
    expect(line).toBe(`kubectl annotate deployment/web 'note=it'"'"'s' -n web`);
    expect(parseCommand(line)).toEqual(note);
  });
});

describe('templates of changes', () => {
  const inputs = { n: 'integer', name: 'name' } as const;

  it('take a value inside of JSON, and none for a field', () => {
    const template = `kubectl patch hpa {{ name }} -n web -p '{"spec":{"maxReplicas":{{ n }}}}'`;
    expect(checkTemplate(template, inputs)).toMatchObject({ class: 'destructive', actionType: 'patch' });
    const filled = fillCommand(template, {
      n: { type: 'integer', value: '12' },
      name: { type: 'name', value: 'web' },
    });
    expect(filled).toEqual({
      argv: ['kubectl', 'patch', 'hpa', 'web', '-n', 'web', '-p', '{"spec":{"maxReplicas":12}}'],
    });
    expect(
      checkTemplate(`kubectl patch hpa web -n web -p '{"spec":{"{{ name }}":1}}'`, inputs),
    ).toMatchObject({ code: 'bad_placeholder' });
  });
});

describe('an image', () => {
  it.each([
    'nginx',
    'library/nginx:1',
    'registry.example/shop/web:1',
    'localhost/web',
    'registry:5000/web',
    `a__b/c-d.e@sha256:${'f'.repeat(64)}`,
  ])('%s is one', (image) => {
    expect(isImage(image)).toBe(true);
  });

  it.each([
    '',
    'a b',
    'UPPER',
    'a/../b',
    '/a',
    'a:',
    'a@sha256:12',
    'user@host/x',
    'a?b',
    'a//b',
    'http://a/b',
  ])('%j is none', (text) => {
    expect(isImage(text)).toBe(false);
  });
});
