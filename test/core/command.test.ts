import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine } from '../../src/core/command/command-line.ts';
import { parseArgv, parseCommand } from '../../src/core/command/parse.ts';
import { KINDS, resolveKind } from '../../src/core/kinds.ts';

type Case = { readonly input: string; readonly kind: string; readonly expect: string };
const corpus = (name: string): readonly Case[] =>
  readFileSync(join(import.meta.dirname, '../fixtures/guard', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);

function codeOf(line: string): string {
  const parsed = parseCommand(line);
  return parsed.verdict === 'refuse' ? parsed.code : parsed.verdict;
}

/** The grammar takes some; that a namespace is protected is said by the rule for that (see guard.test.ts). */
const isProtected = ({ input, kind }: Case): boolean =>
  kind === 'protected' || input === 'kubectl delete pod web-0 -n kube-system';

describe('the corpora', () => {
  const cases = [...corpus('legit'), ...corpus('attacks')].filter((one) => !isProtected(one));

  it.each(cases)('gives $expect for $input', ({ input, expect: verdict }) => {
    expect(parseCommand(input).verdict).toBe(verdict);
  });

  it('gives every refusal a sentence', () => {
    for (const { input } of cases) expect(parseCommand(input).reason).toMatch(/\w+ \w+/);
  });
});

describe('words', () => {
  it.each([
    ['kubectl get pods -n web; rm x', 'shell_metacharacter', 24],
    ['kubectl get pods -n web | sh', 'shell_metacharacter', 25],
    ['kubectl get pods "$(id)"', 'shell_metacharacter', 19],
    ["kubectl get pods -l 'a", 'unbalanced_quote', 21],
    ['kubectl get pods\tweb', 'control_character', 17],
    ['kubectl get pods -n web\r', 'control_character', 24],
    ['kubectl get p\u043Eds -n web', 'non_ascii', 14],
    ['kubectl get pods -n web\u200b', 'non_ascii', 24],
    ['kubectl get pods -n \u202eweb', 'non_ascii', 21],
    [`kubectl get pods -n web ${' '.repeat(4096)}`, 'too_long', 1],
    ["kubectl get pods '' -n web", 'empty_word', 18],
    ['', 'empty', 1],
    ['   ', 'empty', 1],
  ])('refuses %j with %s', (line, code, column) => {
    expect(parseCommand(line)).toMatchObject({ verdict: 'refuse', code, column });
  });

  it('takes quotes as a shell does', () => {
    expect(parseCommand(`kubectl get pods -n 'we'"b" -l 'tier in (a, b)'`)).toMatchObject({
      operation: { namespace: 'web', selector: 'tier in (a, b)' },
    });
  });

  it('takes a backslash in double quotes as a shell does', () => {
    const jsonpath = String.raw`{.items[?(@.kind=="a")].metadata.labels.x\.y}{"\n"}`;
    const plain = parseCommand(`kubectl get deploy -n web -o jsonpath='${jsonpath}'`);
    expect(plain.verdict).toBe('read');
    const quoted = String.raw`"{.items[?(@.kind==\"a\")].metadata.labels.x\.y}{\"\n\"}"`;
    expect(parseCommand(`kubectl get deploy -n web -o jsonpath=${quoted}`)).toEqual(plain);
    const doubled = String.raw`"{.items[?(@.kind==\"a\")].metadata.labels.x\\.y}{\"\\n\"}"`;
    expect(parseCommand(`kubectl get deploy -n web -o jsonpath=${doubled}`)).toEqual(plain);
  });

  it.each([
    ['kubectl get pods -n "web\\', 'unbalanced_quote'],
    [String.raw`kubectl get pods -n "web\"`, 'unbalanced_quote'],
    [String.raw`kubectl get pods -n "\$(id)"`, 'shell_metacharacter'],
    [`kubectl get pods -n "\\\`id\`"`, 'shell_metacharacter'],
    [String.raw`kubectl get pods\ -n web`, 'shell_metacharacter'],
    [String.raw`kubectl get pods -n \"web\"`, 'shell_metacharacter'],
    [String.raw`kubectl get pods -n "we\b"`, 'bad_value'],
  ])('refuses %s with %s', (line, code) => {
    expect(codeOf(line)).toBe(code);
  });

  it('takes the same words when they are apart already, where a metacharacter is only a wrong character', () => {
    const parsed = parseCommand('kubectl get pods -n web -l app=web');
    expect(parseArgv(['kubectl', 'get', 'pods', '-n', 'web', '-l', 'app=web'])).toEqual(parsed);
    expect(parseArgv(['kubectl', 'get', 'pods', '-n', 'web; id'])).toMatchObject({ code: 'bad_value' });
    expect(parseArgv(['kubectl', 'get', 'pods', '-n', 'web\n'])).toMatchObject({ code: 'control_character' });
    expect(parseArgv(['kubectl', 'get', ...Array.from({ length: 400 }, () => 'some-names')])).toMatchObject({
      code: 'too_long',
    });
  });

  it.each([
    '/usr/bin/kubectl get pods -n web',
    'KUBECTL get pods -n web',
    'k get pods -n web',
    'oc get pods -n web',
  ])('takes no other word for kubectl: %s', (line) => {
    expect(codeOf(line)).toBe('not_kubectl');
  });
});

describe('flags', () => {
  it.each([
    ['kubectl get pods -n web -n web', 'repeated_flag'],
    ['kubectl get pods -n web --namespace=web', 'repeated_flag'],
    ['kubectl -n web get pods --namespace=kube-system', 'repeated_flag'],
    ['kubectl get pods -n', 'missing_value'],
    ['kubectl get pods -n -A', 'flag_like_value'],
    ['kubectl get pods --namespace=-A', 'flag_like_value'],
    ['kubectl get pods -n=', 'bad_value'],
    ['kubectl get pods -Aw', 'short_flag_cluster'],
    ['kubectl logs web-0 -pnweb', 'short_flag_cluster'],
    ['kubectl rollout status deploy/web -n web -wf', 'short_flag_cluster'],
    ['kubectl get pods -namespace', 'short_flag_cluster'],
    ['kubectl get pods -n web -output=json', 'short_flag_cluster'],
    ['kubectl get pods -n-A', 'flag_like_value'],
    ['kubectl get pods -nweb -nweb', 'repeated_flag'],
    ['kubectl -nweb get pods -n web', 'repeated_flag'],
    ['kubectl -nweb rollout -nweb status deploy/web', 'repeated_flag'],
    ['kubectl get pods -shttps://evil.example -n web', 'forbidden_flag'],
    ['kubectl rollout -shttps://evil.example status deploy/web -n web', 'unknown_flag'],
    ['kubectl rollout --server=x status deploy/web -n web', 'forbidden_flag'],
    ['kubectl rollout status deploy/web -n web --watch', 'bad_value'],
    ['kubectl rollout status deploy/web -n web --watch false', 'bad_value'],
    ['kubectl rollout status deploy/web -n web -w', 'bad_value'],
    ['kubectl delete pod web-0 -n web --wait', 'bad_value'],
    ['kubectl api-resources --namespaced false', 'unexpected_word'],
    ['kubectl get pods -- web -n web', 'double_dash'],
    ['kubectl get pods - -n web', 'unknown_flag'],
    ['kubectl get pods --all_namespaces', 'unknown_flag'],
    ['kubectl get pods --All-Namespaces', 'unknown_flag'],
    ['kubectl get pods --constructor -n web', 'unknown_flag'],
    ['kubectl get pods --previous -n web', 'unknown_flag'],
    ['kubectl get pods --all-namespaces=yes', 'bad_value'],
    ['kubectl get pods -A -n web', 'conflicting_flags'],
    ['kubectl logs -f web-0 -n web', 'forbidden_flag'],
    ['kubectl logs --follow web-0 -n web', 'unbounded'],
    ['kubectl rollout status deployment/web -n web --watch=true', 'bad_value'],
    ['kubectl delete job web-0 -n web --force', 'forced'],
    ['kubectl delete pod web-0 -n web --now', 'forced'],
    ['kubectl delete pod web-0 -n web --grace-period=0', 'forced'],
    ['kubectl delete pod --all -n web', 'bulk'],
    ['kubectl delete pod -l app=web -n web', 'unknown_flag'],
    ['kubectl scale deployment -l app=web --replicas=1 -n web', 'unknown_flag'],
    ['kubectl get pods --request-timeout=0 -n web', 'forbidden_flag'],
  ])('refuses %s with %s', (line, code) => {
    expect(codeOf(line)).toBe(code);
  });

  it('takes flags in any place and in each of the plain spellings', () => {
    const parsed = parseCommand('kubectl get pods -n web -o wide -l app=web');
    for (const line of [
      'kubectl -n web get -o=wide --selector app=web pods',
      'kubectl --namespace=web get pods --output=wide -l app=web',
      'kubectl get --namespace web --all-namespaces=false pods -o wide -l=app=web',
      'kubectl -nweb get pods -owide -lapp=web',
    ]) {
      expect(parseCommand(line)).toEqual(parsed);
    }
  });

  it('takes the namespace between the two words of a verb', () => {
    const parsed = parseCommand('kubectl rollout undo deploy/web -n web');
    for (const line of ['-n web', '-n=web', '-nweb', '--namespace=web', '--namespace web']) {
      expect(parseCommand(`kubectl rollout ${line} undo deploy/web`)).toEqual(parsed);
    }
  });
});

describe('a refusal of what is often asked for', () => {
  it.each([
    ['kubectl explain pod.spec', 'kubectl get … -o yaml'],
    ['kubectl cluster-info', '--raw=/readyz?verbose'],
    ['kubectl api-versions', 'kubectl api-resources'],
    ['kubectl wait --for=condition=ready pod/web-0 -n web', 'kubectl rollout status'],
    ['kubectl diff -f x.yaml', 'a change shows its own diff'],
    ['kubectl taint node n1 key=value:NoSchedule', 'kubectl cordon'],
    ['kubectl rollout list -n web', 'status, history, undo, restart, pause and resume'],
    ['kubectl set env deploy/web A=b -n web', 'set takes image and resources'],
    ['kubectl auth whoami', 'auth takes can-i'],
    ['kubectl auth can-i --list -n web', 'auth can-i get pods'],
    ['kubectl get all -n web', 'deployments,pods,services'],
    ['kubectl get pods -n web -o custom-columns=A:.metadata.name', "jsonpath='{…}'"],
    ['kubectl get nodes -L pool', '--show-labels'],
    ['kubectl logs web-0 app -n web', '-c'],
    ['kubectl logs web-0 -n web --since-time=2026-01-01T00:00:00Z', '--since'],
    ['kubectl logs -l app=web -n web --prefix', '--all-containers, --previous'],
    ['kubectl version --client', "tells the server's version"],
    ['kubectl delete pod -l app=web -n web', 'a selector may mean many'],
    ['kubectl drain n1 --ignore-daemonsets --delete-local-data', '--delete-emptydir-data'],
    ['kubectl rollout status deploy/web -n web -w', 'leave --watch away'],
    [
      'kubectl patch deploy web -n web -p {"spec":{"template":{"spec":{"containers":[{"name":"a","image":"b"}]}}}}',
      'kubectl set image',
    ],
    ['kubectl patch deploy web -n web -p {"metadata":{"labels":{"a":"b"}}}', 'kubectl label'],
    [
      'kubectl patch deploy web -n web -p {"spec":{"template":{"metadata":{"annotations":{"a":"b"}}}}}',
      'kubectl rollout restart',
    ],
  ])('of %s says %s', (line, instead) => {
    const { verdict, reason } = parseCommand(line);
    expect(verdict).toBe('refuse');
    expect(reason).toContain(instead);
  });
});

describe('kinds', () => {
  it.each([
    'deploy',
    'deployment',
    'deployments',
    'Deployment',
    'DEPLOY',
    'deploy.apps',
    'deployments.v1.apps',
  ])('takes %s for a Deployment', (spelled) => {
    const plain = parseCommand('kubectl get deployments web -n web');
    expect(parseCommand(`kubectl get ${spelled}/web -n web`)).toEqual(plain);
    expect(parseCommand(`kubectl get ${spelled} web -n web`)).toEqual(plain);
  });

  it.each([
    ['secrets', 'kind_secret'],
    ['Secret', 'kind_secret'],
    ['secrets.v1.', 'kind_secret'],
    ['secret.anything.example', 'kind_secret'],
    ['pods,SECRETS', 'kind_secret'],
    ['sa', 'kind_rbac'],
    ['clusterroles.rbac.authorization.k8s.io', 'kind_rbac'],
    ['mutatingwebhookconfigurations', 'kind_admission'],
    ['crd', 'kind_crd'],
    ['csr', 'kind_token'],
    ['secrets.v1.example.com', 'kind_secret'],
    ['externalsecrets.external-secrets.io', 'kind_secret'],
    ['anything.rbac.authorization.k8s.io', 'kind_rbac'],
    ['anything.v1beta1.rbac.authorization.k8s.io', 'kind_rbac'],
    ['anything.v1.apiextensions.k8s.io', 'kind_crd'],
    ['anything.admissionregistration.k8s.io', 'kind_admission'],
    ['anything.authentication.k8s.io', 'kind_token'],
    ['anything.certificates.k8s.io', 'kind_token'],
    ['widgets.example', 'kind_unknown'],
    ['widgets.', 'kind_unknown'],
    ['widgets..com', 'kind_unknown'],
    ['widgets.example.com.', 'kind_unknown'],
    ['web-0', 'kind_unknown'],
    ['widgets:x', 'kind_unknown'],
    ['po,', 'kind_unknown'],
    ['ingresses.v1beta1.networking.k8s.io', 'kind_unknown'],
    ['all', 'kind_unknown'],
    ['pods.metrics.k8s.io', 'kind_unknown'],
    ['deploy.v1beta1.apps', 'kind_unknown'],
    ['deploy.', 'kind_unknown'],
    ['pods.', 'kind_unknown'],
    ['pods.v1', 'kind_unknown'],
    ['pods,', 'kind_unknown'],
    ['__proto__', 'kind_unknown'],
  ])('refuses %s with %s', (spelled, code) => {
    expect(codeOf(`kubectl get ${spelled} -n web`)).toBe(code);
    expect(codeOf(`kubectl describe ${spelled} -n web`)).toBe(code);
  });

  it.each<[string, object]>([
    ['Widgets', { asked: 'widgets', group: null, version: null }],
    ['widget.EXAMPLE.com', { asked: 'widget', group: 'example.com', version: null }],
    ['widgets.v1beta1.example.com', { asked: 'widgets', group: 'example.com', version: 'v1beta1' }],
    // Another group's kind of the same name as one of Kubernetes' own.
    ['services.serving.knative.dev', { asked: 'services', group: 'serving.knative.dev', version: null }],
  ])('leaves it to the cluster what %s is, for reading alone', (spelled, kind) => {
    expect(parseCommand(`kubectl get ${spelled} -n web`)).toMatchObject({ operation: { kinds: [kind] } });
    expect(parseCommand(`kubectl describe ${spelled} a -n web`)).toMatchObject({ operation: { kind } });
    for (const line of [
      `kubectl delete ${spelled} a -n web`,
      `kubectl scale ${spelled}/a --replicas=1 -n web`,
      `kubectl rollout undo ${spelled}/a -n web`,
      `kubectl events --for=${spelled}/a -n web`,
      `kubectl auth can-i get ${spelled} -n web`,
    ]) {
      expect(codeOf(line)).toBe('kind_unknown');
    }
  });

  it('needs no namespace for a kind of which nobody knows yet whether it lives in one', () => {
    expect(parseCommand('kubectl get widgets')).toMatchObject({ operation: { namespace: null } });
    expect(parseCommand('kubectl get widgets -A')).toEqual(parseCommand('kubectl get widgets'));
    expect(parseCommand('kubectl get widgets a -n web')).toMatchObject({ operation: { namespace: 'web' } });
    expect(codeOf('kubectl get widgets,pods')).toBe('namespace_required');
    expect(codeOf('kubectl get widgets a -A')).toBe('conflicting_flags');
  });

  it('finds each kind by its kind, its plural and its full form, and no name twice', () => {
    for (const kind of KINDS) {
      for (const spelled of [kind.kind, kind.resource, `${kind.resource}.${kind.version}.${kind.group}`]) {
        expect(resolveKind(spelled)).toEqual({ status: 'known', kind });
      }
    }
    expect(new Set(KINDS.map((kind) => `${kind.group}/${kind.resource}`)).size).toBe(KINDS.length);
  });
});

describe('where and what', () => {
  it.each([
    ['kubectl get pods', 'namespace_required'],
    ['kubectl get nodes,pods', 'namespace_required'],
    ['kubectl logs web-0', 'namespace_required'],
    ['kubectl top pods', 'namespace_required'],
    ['kubectl events', 'namespace_required'],
    ['kubectl rollout undo deployment/web', 'namespace_required'],
    ['kubectl scale deployment/web --replicas=2', 'namespace_required'],
    ['kubectl delete pod web-0', 'namespace_required'],
    ['kubectl delete pod web-0 -A', 'unknown_flag'],
    ['kubectl get pods web-0 -A', 'conflicting_flags'],
    ['kubectl get pods web-0 -l app=web -n web', 'conflicting_flags'],
    ['kubectl describe pod/web-0 deploy/web -n web', 'mixed_kinds'],
    ['kubectl delete pod/web-0 deploy/web -n web', 'mixed_kinds'],
    ['kubectl get pod/web-0 secret/web -n web', 'kind_secret'],
    ['kubectl get pod/web-0 web -n web', 'bad_value'],
    [`kubectl get pods ${Array.from({ length: 33 }, (_, at) => `p${at}`).join(' ')} -n web`, 'unbounded'],
    [`kubectl get ${Array.from({ length: 17 }, (_, at) => `kind${at}`).join(',')} -n web`, 'unbounded'],
    ['kubectl get pods/web-0/log -n web', 'bad_value'],
    ['kubectl get -n web', 'kind_required'],
    ['kubectl get pods -n Web', 'bad_value'],
    ['kubectl get pods web_0 -n web', 'bad_value'],
    [`kubectl get pods -n ${'a'.repeat(64)}`, 'bad_value'],
    ['kubectl get pods -o jsonpath -n web', 'bad_value'],
    ['kubectl get pods -o jsonpath-file=x -n web', 'bad_value'],
    ['kubectl get pods -o jsonpath-as-json={.items} -n web', 'bad_value'],
    ['kubectl get pods -o custom-columns=A:.x -n web', 'bad_value'],
    ['kubectl get pods -o go-template={{.x}} -n web', 'bad_value'],
    ['kubectl get pods -o jsonpath= -n web', 'bad_jsonpath'],
    ['kubectl get pods -o jsonpath=.items -n web', 'bad_jsonpath'],
    ['kubectl get pods -o jsonpath={.items -n web', 'bad_jsonpath'],
    ['kubectl get pods --sort-by={.items[} -n web', 'bad_jsonpath'],
    ['kubectl get pods --sort-by=a --sort-by=b -n web', 'repeated_flag'],
    ['kubectl get pods -o name --show-labels -n web', 'conflicting_flags'],
    ['kubectl get pods -o json --show-labels -n web', 'conflicting_flags'],
    ['kubectl get secrets -o jsonpath={.items} -n web', 'kind_secret'],
    ['kubectl get --raw=/', 'forbidden_path'],
    ['kubectl get --raw /metrics', 'forbidden_path'],
    ['kubectl get --raw /api/v1/secrets', 'forbidden_path'],
    ['kubectl get --raw=/readyz/etcd', 'forbidden_path'],
    ['kubectl get --raw=/readyz/', 'forbidden_path'],
    ['kubectl get --raw=//readyz', 'forbidden_path'],
    ['kubectl get --raw=/READYZ', 'forbidden_path'],
    ['kubectl get --raw=/readyz/../api/v1/secrets', 'forbidden_path'],
    ['kubectl get --raw=/readyz%2f..', 'forbidden_path'],
    ['kubectl get --raw=/readyz?verbose=true', 'forbidden_path'],
    ['kubectl get --raw=/readyz?exclude=etcd', 'forbidden_path'],
    ['kubectl get --raw=/version?verbose', 'forbidden_path'],
    ['kubectl get --raw=https://evil.example/readyz', 'forbidden_path'],
    ['kubectl get --raw', 'missing_value'],
    ['kubectl get --raw=/readyz --raw=/livez', 'repeated_flag'],
    ['kubectl get --raw=/readyz -f x', 'forbidden_flag'],
    ['kubectl get pods --raw=/readyz', 'unexpected_word'],
    ['kubectl get pods -n --raw=/readyz', 'unknown_flag'],
    ['kubectl get --ra=/readyz', 'unknown_flag'],
    ['kubectl describe --raw=/readyz', 'forbidden_flag'],
    ['kubectl auth', 'unknown_verb'],
    ['kubectl auth reconcile -f x.yaml', 'unknown_verb'],
    ['kubectl auth whoami', 'unknown_verb'],
    ['kubectl auth can-i', 'kind_required'],
    ['kubectl auth can-i --list -n web', 'unknown_flag'],
    ['kubectl auth can-i get pods --as=admin -n web', 'forbidden_flag'],
    ['kubectl auth can-i get pods', 'namespace_required'],
    ['kubectl auth can-i get secrets -n web', 'kind_secret'],
    ['kubectl auth can-i escalate pods -n web', 'bad_value'],
    ['kubectl auth can-i * pods -n web', 'bad_value'],
    ['kubectl auth can-i get * -n web', 'kind_unknown'],
    ['kubectl auth can-i get /logs', 'kind_unknown'],
    ['kubectl auth can-i create pods --subresource=exec -n web', 'bad_value'],
    ['kubectl version --client', 'unknown_flag'],
    ['kubectl version -o name', 'bad_value'],
    ['kubectl version x', 'unexpected_word'],
    ['kubectl api-resources --cached', 'unknown_flag'],
    ['kubectl api-resources --api-group=a/b', 'bad_value'],
    ['kubectl top pods -n web --sort-by=name', 'bad_value'],
    ['kubectl get pods -o name --no-headers -n web', 'conflicting_flags'],
    ['kubectl describe pods,nodes -n web', 'mixed_kinds'],
    ['kubectl describe pods a b -n web', 'too_many_names'],
    ['kubectl logs -n web', 'name_required'],
    ['kubectl logs web-0 app -n web', 'unexpected_word'],
    ['kubectl logs cj/web -n web', 'kind_not_for_verb'],
    ['kubectl logs web-0 -n web --tail=-1', 'flag_like_value'],
    ['kubectl logs web-0 -n web --tail=0x10', 'bad_value'],
    ['kubectl logs web-0 -n web --tail=010', 'bad_value'],
    ['kubectl logs web-0 -n web --tail=5001', 'bad_value'],
    ['kubectl logs web-0 -n web --since=1.5h', 'bad_value'],
    ['kubectl logs web-0 -n web --since=0s', 'bad_value'],
    ['kubectl logs web-0 -n web -c app --all-containers', 'conflicting_flags'],
    ['kubectl top', 'kind_required'],
    ['kubectl top secrets -n web', 'kind_required'],
    ['kubectl top nodes --containers', 'conflicting_flags'],
    ['kubectl events --for=web-0 -n web', 'bad_value'],
    ['kubectl events --for=secret/db -n web', 'kind_secret'],
    ['kubectl events --types=Bad -n web', 'bad_value'],
    ['kubectl rollout', 'unknown_verb'],
    ['kubectl rollout -n web', 'unknown_verb'],
    ['kubectl rollout undo deployment -n web', 'name_required'],
    ['kubectl rollout undo deployment a b -n web', 'too_many_names'],
    ['kubectl rollout undo pod/web-0 -n web', 'kind_not_for_verb'],
    ['kubectl rollout undo deployment/web -n web --to-revision=0', 'bad_value'],
    ['kubectl scale rs/web --replicas=2 -n web', 'kind_not_for_verb'],
    ['kubectl scale deployment/web -n web', 'replicas_required'],
    ['kubectl scale deployment/web --replicas=-1 -n web', 'flag_like_value'],
    ['kubectl delete pod -n web', 'name_required'],
    ['kubectl delete pod web-0 web-1 -n web', 'too_many_names'],
    ['kubectl delete pod,deployment web -n web', 'mixed_kinds'],
    ['kubectl delete deployment web -n web', 'kind_not_for_verb'],
    ['kubectl exec web-0 -n web', 'forbidden_verb'],
    ['kubectl Get pods -n web', 'unknown_verb'],
    ['kubectl help', 'unknown_verb'],
    ['kubectl constructor', 'unknown_verb'],
  ])('refuses %s with %s', (line, code) => {
    expect(codeOf(line)).toBe(code);
  });

  it.each<[string, 'read' | 'mutate' | 'destructive', object]>([
    ['kubectl get nodes -n web', 'read', { namespace: null }],
    ['kubectl get pods -A', 'read', { namespace: null }],
    ['kubectl get pods a b -n web', 'read', { names: ['a', 'b'] }],
    ['kubectl get pod/a pods/b -n web', 'read', { names: ['a', 'b'] }],
    [
      'kubectl get po/a deploy.v1.apps/b Pod/a svc/c -n web',
      'read',
      {
        names: [],
        kinds: [{ kind: 'Pod' }, { kind: 'Deployment' }, { kind: 'Service' }],
        objects: [{ name: 'a' }, { name: 'b' }, { name: 'c' }],
      },
    ],
    [
      `kubectl get pods -n web -o jsonpath='{range .items[?(@.status.phase!="Running")]}{.metadata.name}{"\\n"}{end}'`,
      'read',
      { output: 'jsonpath' },
    ],
    ['kubectl get ev -n web --sort-by=.lastTimestamp', 'read', { sortBy: '.lastTimestamp' }],
    ['kubectl get pods -A --show-labels --no-headers', 'read', { showLabels: true, noHeaders: true }],
    ['kubectl get --raw=/readyz?verbose', 'read', { verb: 'get --raw', path: '/readyz', verbose: true }],
    ['kubectl get --raw /livez', 'read', { verb: 'get --raw', path: '/livez', verbose: false }],
    [
      'kubectl auth can-i patch deploy/web -n web',
      'read',
      { action: 'patch', name: 'web', namespace: 'web', subresource: null },
    ],
    ['kubectl auth can-i get pods --subresource=log -A', 'read', { subresource: 'log', namespace: null }],
    ['kubectl auth can-i list nodes', 'read', { namespace: null }],
    ['kubectl version -o yaml', 'read', { output: 'yaml' }],
    ['kubectl api-resources --api-group= --namespaced=false', 'read', { group: '', namespaced: false }],
    ['kubectl top pods -A --sort-by=memory', 'read', { sortBy: 'memory' }],
    [
      'kubectl get ev -n web --field-selector involvedObject.name=web-0,type!=Normal',
      'read',
      { output: 'table' },
    ],
    ['kubectl logs web-0 -n web', 'read', { tail: 200, sinceSeconds: null, previous: false }],
    [
      'kubectl logs -l app=web --all-containers -n web --since=1h30m',
      'read',
      { target: null, sinceSeconds: 5400 },
    ],
    ['kubectl logs web-0 -p -n web', 'read', { previous: true }],
    ['kubectl events -n web --for pod/web-0 --types=warning', 'read', { types: ['Warning'] }],
    ['kubectl top node n1', 'read', { what: 'nodes', name: 'n1', namespace: null }],
    ['kubectl rollout status sts/db -n web --watch=false', 'read', { name: 'db' }],
    ['kubectl rollout undo deployment web -n web', 'mutate', { toRevision: null }],
    ['kubectl scale deployment/web --replicas=1 -n web', 'mutate', { replicas: 1, currentReplicas: null }],
    ['kubectl scale --replicas=0 --current-replicas=1 sts/db -n web', 'destructive', { replicas: 0 }],
    ['kubectl delete po/web-0 -n web', 'destructive', { name: 'web-0', namespace: 'web' }],
  ])('takes %s as %s', (line, verdict, operation) => {
    expect(parseCommand(line)).toMatchObject({ verdict, operation });
  });

  it('writes the short forms out', () => {
    const lines = [
      [
        "kubectl get po -l 'tier in (a,b)' -A -o wide",
        "kubectl get pods -A '--selector=tier in (a,b)' -o wide",
      ],
      [
        'kubectl logs deploy/web -n web --since=15m',
        'kubectl logs deployment/web -n web --tail=200 --since=900s',
      ],
      [
        `kubectl get pods -n web -o jsonpath='{.items[*].x}' --sort-by=.a`,
        `kubectl get pods -n web -o 'jsonpath={.items[*].x}' --sort-by=.a`,
      ],
      [
        `kubectl get pods -n web -o jsonpath="{.items['a']}"`,
        `kubectl get pods -n web -o 'jsonpath={.items['"'"'a'"'"']}'`,
      ],
      ['kubectl get --raw=/readyz?verbose', `kubectl get --raw '/readyz?verbose'`],
      ['kubectl auth can-i get po/a -n web', 'kubectl auth can-i get pods/a -n web'],
      ['kubectl scale --replicas=4 sts db -n web', 'kubectl scale statefulset/db -n web --replicas=4'],
    ];
    for (const [line = '', written] of lines) {
      const parsed = parseCommand(line);
      expect(parsed.verdict === 'refuse' ? parsed : commandLine(parsed.operation)).toBe(written);
    }
  });
});

describe('selectors', () => {
  it.each([
    ['-l', 'app=web,tier!=db'],
    ['-l', 'app==web'],
    ['-l', '!app'],
    ['-l', 'app=, tier'],
    ['-l', 'app.kubernetes.io/name=web'],
    ['-l', 'tier notin (a,b),app'],
    ['--field-selector', 'status.phase!=Running,spec.nodeName='],
    ['--field-selector', 'metadata.name==web-0'],
  ])('takes %s %s', (flag, value) => {
    expect(parseArgv(['kubectl', 'get', 'pods', '-n', 'web', flag, value]).verdict).toBe('read');
  });

  it.each([
    ['-l', ','],
    ['-l', 'app=web,'],
    ['-l', 'app=a=b'],
    ['-l', 'app in a,b'],
    ['-l', 'app in (a,(b))'],
    ['-l', 'app in (a)) or x'],
    ['-l', 'app=a b'],
    ['-l', '/name=web'],
    ['-l', 'a/b/c=web'],
    ['-l', `app=${'x'.repeat(64)}`],
    ['--field-selector', ''],
    ['--field-selector', 'data.password=x'],
    ['--field-selector', 'spec.nodeName=a/b'],
    ['--field-selector', 'involvedObject.apiVersion=apps/v1/x'],
    ['--field-selector', 'involvedObject.fieldPath=spec.containers{'],
  ])('refuses %s %s', (flag, value) => {
    expect(parseArgv(['kubectl', 'get', 'pods', '-n', 'web', flag, value])).toMatchObject({
      code: 'bad_value',
    });
  });
});
