import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkTemplate, fillCommand, type InputValue } from '../../src/core/command/fill.ts';
import { parseArgv } from '../../src/core/command/parse.ts';
import type { InputType } from '../../src/core/runbook.ts';

const UNDO = 'kubectl rollout undo deployment/{{ deployment }} -n {{ namespace }}';
const inputs: { readonly [name: string]: InputType } = {
  namespace: 'namespace',
  deployment: 'name',
  selector: 'selector',
  count: 'integer',
};

function fill(template: string, values: { readonly [name: string]: string }) {
  const typed = Object.entries(values).map(([name, value]): [string, InputValue] => [
    name,
    { type: inputs[name] ?? 'name', value },
  ]);
  return fillCommand(template, Object.fromEntries(typed));
}

describe('filling a command', () => {
  it.each([
    [UNDO, { deployment: 'web', namespace: 'shop' }, ['rollout', 'undo', 'deployment/web', '-n', 'shop']],
    [
      'kubectl get pods web-{{count}} --namespace={{ namespace }}',
      { count: '0', namespace: 'shop' },
      ['get', 'pods', 'web-0', '--namespace=shop'],
    ],
    [
      'kubectl get pods -A -l {{ selector }}',
      { selector: 'tier in (a, b),!x' },
      ['get', 'pods', '-A', '-l', 'tier in (a, b),!x'],
    ],
    [
      "kubectl get pods -A -l 'app={{ deployment }},tier=web'",
      { deployment: 'web' },
      ['get', 'pods', '-A', '-l', 'app=web,tier=web'],
    ],
  ])('puts values into %s', (template, values, words) => {
    expect(fill(template, values)).toEqual({ argv: ['kubectl', ...words] });
  });

  it.each([
    ['a flag', '--all'],
    ['more words', 'web -n kube-system'],
    ['another kind', 'x/../secrets'],
    ['a list', 'web,db'],
    ['a path', '/etc/passwd'],
    ['an address', 'https://evil.example'],
    ['a shell', '$(id)'],
    ['a line feed', 'web\n--all'],
    ['a look-alike', 'w\u0435b'],
    ['a placeholder', '{{ namespace }}'],
    ['nothing', ''],
    ['capitals', 'Web'],
  ])('refuses %s as a name', (_, value) => {
    expect(fill(UNDO, { deployment: value, namespace: 'shop' })).toMatchObject({ verdict: 'refuse' });
    expect(fill(UNDO, { deployment: 'web', namespace: value })).toMatchObject({ verdict: 'refuse' });
  });

  it('says which value does not fit, and where', () => {
    expect(fill(UNDO, { deployment: 'web api', namespace: 'shop' })).toEqual({
      verdict: 'refuse',
      code: 'bad_value',
      reason: '"web api", the value of deployment, is not a name',
      column: 22,
    });
  });

  it('refuses a value that the place does not take although its type does', () => {
    const long = fill("kubectl get pods -A -l 'app={{ deployment }}'", { deployment: 'a'.repeat(100) });
    expect(long).toMatchObject({ code: 'bad_value' });
    expect(fill('kubectl logs web-0 -n x --tail={{ count }}', { count: '9000' })).toMatchObject({
      code: 'bad_value',
    });
  });

  it.each(['toString', 'constructor', 'valueOf', 'pod'])('knows no input called %s', (name) => {
    expect(fill(`kubectl get pods {{ ${name} }} -n shop`, { deployment: 'web' })).toMatchObject({
      verdict: 'refuse',
      code: 'unknown_placeholder',
      column: 18,
    });
  });

  it.each([
    ['kubectl {{ word }} pods -n x', 'get'],
    ['kubectl get {{ word }} -n x', 'pods'],
    ['kubectl get pods,{{ word }} -n x', 'services'],
    ['kubectl rollout {{ word }} deployment/web -n x', 'undo'],
    ['kubectl get pods -n x -o {{ word }}', 'yaml'],
    ['{{ word }} get pods -n x', 'kubectl'],
  ])('has no place for a value in %s, even one that would make sense there', (template, value) => {
    expect(fill(template, { word: value })).toMatchObject({ code: 'bad_placeholder' });
  });

  it('never lets a value of any content change more than its own place', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('pods', 'secrets', 'web', '--all', '-A', 'a,b', 'a/b', 'a b', 'delete', '5'),
    );
    const templates = fc.constantFrom(UNDO, 'kubectl delete pod {{ deployment }} -n {{ namespace }}');
    fc.assert(
      fc.property(templates, value, value, (template, deployment, namespace) => {
        const filled = fill(template, { deployment, namespace });
        if (!('argv' in filled)) return;
        expect(filled.argv).toHaveLength(6);
        const parsed = parseArgv(filled.argv);
        expect(parsed).toMatchObject({ operation: { name: deployment, namespace } });
      }),
      { numRuns: 2000 },
    );
  });
});

describe('checking a template', () => {
  it('gives its class, its type of action and the inputs that it uses', () => {
    expect(checkTemplate(UNDO, inputs)).toMatchObject({
      class: 'mutate',
      actionType: 'rollback',
      operation: { verb: 'rollout undo' },
      inputs: ['deployment', 'namespace'],
    });
    expect(checkTemplate('kubectl top nodes', inputs)).toMatchObject({
      class: 'read',
      actionType: null,
      inputs: [],
    });
  });

  it('calls a scale to an input destructive, since the input may be zero', () => {
    const to = (replicas: string) =>
      checkTemplate(`kubectl scale deploy/web -n x --replicas=${replicas}`, inputs);
    expect(to('{{ count }}')).toMatchObject({ class: 'destructive' });
    expect(to('3')).toMatchObject({ class: 'mutate' });
    expect(checkTemplate('kubectl logs web-0 -n x --tail={{ count }}', inputs)).toMatchObject({
      class: 'read',
    });
  });

  it.each([
    ['{{ deployment }} get pods -n x', 1],
    ['kubectl {{ deployment }} pods -n x', 9],
    ['kubectl get {{ deployment }} -n x', 13],
    ['kubectl get pods,{{ deployment }} -n x', 13],
    ['kubectl get {{ deployment }}/web -n x', 13],
    ['kubectl get pods --{{ deployment }}=web -n x', 18],
    ['kubectl get pods -{{ deployment }} -n x', 18],
    ['kubectl get pods -n x -o {{ deployment }}', 26],
    ['kubectl events -n x --for={{ deployment }}', 21],
    ['kubectl get pods -n x {{ selector }}', 23],
    ['kubectl get pods -n x -l app={{ selector }}', 26],
    ['kubectl get pods -n x -l app=web,{{ selector }}', 26],
    ['kubectl get pods -n x -l {{ selector }},app=web', 26],
    ['kubectl logs web-0 -n x --tail={{ deployment }}', 25],
    ['kubectl rollout {{ deployment }} deployment/web -n x', 17],
    ['kubectl get pods -n x {{ deployment', 23],
    ['kubectl get pods -n x {{}}', 23],
    ['kubectl get pods -n x {{ a.b }}', 23],
    ['kubectl get pods -n x }}', 23],
  ])('finds no place for the placeholder in %s', (template, column) => {
    expect(checkTemplate(template, inputs)).toMatchObject({ verdict: 'refuse', column });
  });

  it('refuses what it refuses without placeholders, at the same place', () => {
    expect(checkTemplate('kubectl get secrets -n {{ namespace }}', inputs)).toMatchObject({
      code: 'kind_secret',
      column: 13,
    });
    expect(checkTemplate('kubectl delete pod', inputs)).toMatchObject({ code: 'name_required' });
    expect(checkTemplate('etcdctl endpoint health', inputs)).toMatchObject({
      code: 'not_kubectl',
      column: 1,
    });
  });
});

describe("the cluster's own kinds in a document", () => {
  it('say their group, so that a slip of the pen is no kind of some cluster', () => {
    expect(checkTemplate('kubectl get pds -n shop', {})).toMatchObject({ code: 'kind_unknown', column: 13 });
    expect(checkTemplate('kubectl describe pods,x -n shop', {})).toMatchObject({ verdict: 'refuse' });
    expect(checkTemplate('kubectl get widgets.example.com -n shop', {})).toMatchObject({ class: 'read' });
  });

  it.each([
    'kubectl get {{ deployment }} -n shop',
    'kubectl get {{ deployment }}.example.com -n shop',
    'kubectl get widgets.{{ deployment }}.com -n shop',
    'kubectl get pods,widgets.{{ deployment }}.com -n shop',
    'kubectl describe widgets.example.{{ deployment }} -n shop',
    'kubectl get widgets.{{ deployment }}.com/a -n shop',
    'kubectl get --raw=/{{ deployment }}',
    'kubectl auth can-i {{ deployment }} pods -n shop',
    'kubectl auth can-i get {{ deployment }} -n shop',
  ])('take no value in the place of a kind, a verb or a path: %s', (template) => {
    expect(checkTemplate(template, inputs)).toMatchObject({ verdict: 'refuse' });
    for (const deployment of ['pods', 'example', 'readyz', 'get']) {
      expect(fill(template, { deployment })).toMatchObject({ verdict: 'refuse' });
    }
  });

  it('takes a value within a template of JSONPath, which can be no more than a part of it', () => {
    const template = `kubectl get pods -n shop -o jsonpath='{.items[?(@.metadata.name=="{{ deployment }}")].status}'`;
    expect(fill(template, { deployment: 'web' })).toMatchObject({
      argv: expect.arrayContaining(['jsonpath={.items[?(@.metadata.name=="web")].status}']),
    });
    expect(fill(template, { deployment: 'web")]}{.x' })).toMatchObject({ verdict: 'refuse' });
  });
});
