import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { printTemplate, valuesAt } from '../../src/core/jsonpath/evaluate.ts';
import { sortedBy } from '../../src/core/jsonpath/sort.ts';
import { MAX_TEMPLATE, parsePath, parseTemplate } from '../../src/core/jsonpath/template.ts';

const PODS: Json = {
  kind: 'List',
  items: [
    {
      kind: 'Pod',
      metadata: { name: 'web-10', labels: { app: 'web', 'app.kubernetes.io/name': 'shop' } },
      status: { phase: 'Running', restarts: 0, ready: true, note: '<a & b>' },
      ports: [80, 443, 9090],
    },
    {
      kind: 'Pod',
      metadata: { name: 'web-9', labels: { app: 'api' } },
      status: { phase: 'Failed', restarts: 12, ready: false, note: null },
      ports: [],
    },
  ],
};

function printed(template: string): string {
  const parsed = parseTemplate(template);
  if ('fault' in parsed) return `template: ${parsed.fault}`;
  const text = printTemplate(parsed, PODS);
  return typeof text === 'string' ? text : `value: ${text.fault}`;
}

describe('a JSONPath template prints as kubectl does', () => {
  it.each([
    ['{.kind}', 'List'],
    ['{.items[*].metadata.name}', 'web-10 web-9'],
    ['names: {.items[0].metadata.name}, {.items[-1].metadata.name}!', 'names: web-10, web-9!'],
    ['{range .items[*]}{.metadata.name}={.status.restarts}{"\\n"}{end}', 'web-10=0\nweb-9=12\n'],
    ['{range .items[*]}{range .ports[*]}<{@}>{end};{end}', '<80><443><9090>;;'],
    ['{.items[?(@.status.phase=="Failed")].metadata.name}', 'web-9'],
    [`{"it's "}{.kind}{'"'}`, `it's List"`],
    ["{.items[?(@.status.phase != 'Failed')].metadata.name}", 'web-10'],
    ['{.items[?(@.status.restarts>=12)].metadata.name}', 'web-9'],
    ['{.items[?(@.status.ready==true)].metadata.name}', 'web-10'],
    ['{.items[?(@.metadata.labels.nope)].metadata.name}|{.items[?(@.status.ready)].kind}', '|Pod Pod'],
    ['{.items[0].ports[0:2]} {.items[0].ports[::2]} {.items[0].ports[1:]}', '80 443 80 9090 443 9090'],
    ['{.items[0].ports[-1]} {.items[0].ports[:-1]} {.items[1].ports[:]}', '9090 80 443 '],
    ['{.items[0].metadata.labels}', '{"app":"web","app.kubernetes.io/name":"shop"}'],
    ['{.items[0].metadata.labels.app\\.kubernetes\\.io/name}', 'shop'],
    ["{.items[0].metadata.labels['app\\.kubernetes\\.io/name']}", 'shop'],
    ["{.items[0]['metadata.name','kind']}", 'web-10 Pod'],
    ['{.items[0].metadata.labels.*}', 'web shop'],
    ['{.items[*]..name}', 'web-10 web-9'],
    ['{..phase}', 'Running Failed'],
    ['{.items[*].status.note}', '<a & b> null'],
    [
      '{.items[0].status}',
      '{"note":"\\u003ca \\u0026 b\\u003e","phase":"Running","ready":true,"restarts":0}',
    ],
    ['[{.nope}{.items.nope}{.kind.nope}{.constructor}{.__proto__}]', '[]'],
    ['{"{"}{.kind}{\'}\'}', '{List}'],
    ['{ .kind }{3}{true}', 'List3true'],
  ])('%s', (template, expected) => {
    expect(printed(template)).toBe(expected);
  });

  it.each([
    ['{.items[2].kind}', 'value: an index lies outside of a list of 2'],
    ['{.items[0].ports[3:4]}', 'value: an index lies outside of a list of 3'],
    ['{.kind[0]}', 'value: a list is asked for where there is none'],
    ['{.kind[?(@.x)]}', 'value: a list is asked for where there is none'],
    ['{.items[?(@.status.restarts=="12")].kind}', 'value: a filter cannot compare a number with a string'],
    ['{.items[?(@.status.ready>true)].kind}', 'value: a filter cannot compare a boolean with a boolean'],
    ['{.items[?(@.ports[*]==80)].kind}', 'value: a filter compares two values at a time'],
    ['{..*..*..*..*..*..*}', 'value: the template looks at too much; narrow it'],
  ])('fails at %s', (template, expected) => {
    const value = expected.includes('too much') ? nested(40) : PODS;
    const parsed = parseTemplate(template);
    const text = 'fault' in parsed ? parsed : printTemplate(parsed, value);
    expect(typeof text === 'string' ? text : `value: ${text.fault}`).toBe(expected);
  });

  it.each([
    '',
    'text alone',
    '.items',
    '{}',
    '{ }',
    '{.items',
    '{.items[}',
    '{.items[0}',
    '{.items["a"]}',
    '{.items[1:2:0]}',
    '{.items[a]}',
    '{.items[?(@.a)}',
    '{.items[?(@.a=~"b")]}',
    '{.items[?(@.a=="b" && @.c=="d")]}',
    '{.items[?(@.a=="b" || @.c)]}',
    '{.items[?(@.a[?(@.b)])]}',
    '{.a .b}',
    '{.a,.b}',
    '{a}',
    '{length(.a)}',
    '{.a | b}',
    '{$x}',
    '{"a}',
    '{"\\x41"}',
    '{end}',
    '{range .a}',
    '{range .a}{.b}',
    '{range}{end}',
    `{.${'a'.repeat(MAX_TEMPLATE)}}`,
  ])('does not take %j', (template) => {
    expect(printed(template)).toMatch(/^template: /);
  });

  it('ends for every text, and throws at none', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '.',
        '..',
        '*',
        '[',
        ']',
        '[*]',
        '[?(',
        ')]',
        '@',
        '$',
        '==',
        '"',
        "'",
        '\\',
        ',',
        ':',
        '0',
        '-1',
      ],
      ...[
        'range ',
        'end',
        'items',
        'kind',
        ' ',
        'metadata',
        '{end}',
        '{range .items[*]}',
        '{.items[*]}',
        '{..*}',
      ],
    );
    const texts = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(typeof printed(text)).toBe('string');
        const path = parsePath(text);
        if (!('fault' in path)) expect(valuesAt(path, PODS)).toBeDefined();
      }),
      { numRuns: 3000 },
    );
  });
});

/** So deep that every `..` multiplies. */
function nested(depth: number): Json {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

describe('--sort-by', () => {
  const order = (values: readonly Json[], path = '.v') => {
    const parsed = parsePath(path);
    if ('fault' in parsed) return parsed;
    return sortedBy(values, parsed, (value) => ({ v: value }));
  };

  it.each<[string, Json[], Json[]]>([
    ['numbers by size', [10, 9, 2.5], [2.5, 9, 10]],
    ['texts by their characters', ['web-9', 'web-10', 'web-1'], ['web-1', 'web-10', 'web-9']],
    ['quantities by size', ['1Gi', '900Mi', '2k', '100m'], ['100m', '2k', '900Mi', '1Gi']],
    [
      'times by the clock',
      ['2026-03-14T02:07:00Z', '2026-03-02T02:07:30Z'],
      ['2026-03-02T02:07:30Z', '2026-03-14T02:07:00Z'],
    ],
    ['what is null first', ['b', null, 'a'], [null, 'a', 'b']],
  ])('puts %s', (_, values, expected) => {
    expect(order(values)).toEqual(expected);
  });

  it('keeps equal ones as they came, and puts what has no value first', () => {
    const items = [{ n: 1, v: 'b' }, { n: 2, v: 'a' }, { n: 3 }, { n: 4, v: 'a' }];
    const parsed = parsePath('v');
    const sorted =
      'fault' in parsed ? [] : sortedBy(items, parsed, ({ v }) => (v === undefined ? {} : { v }));
    expect(Array.isArray(sorted) ? sorted.map(({ n }: { n: number }) => n) : sorted).toEqual([3, 2, 4, 1]);
  });

  it('says when there is no order', () => {
    expect(order(['a'], '.nope')).toEqual({ fault: 'none of the objects has a value there' });
    expect(order([{ a: 1 }, { a: 2 }])).toHaveProperty('fault');
    expect(order(['a', 1])).toHaveProperty('fault');
    expect(order([true, false])).toHaveProperty('fault');
    expect(order([])).toEqual([]);
  });

  it.each(['metadata.name', '.metadata.name', '{metadata.name}', '{.metadata.name}'])(
    'takes the path %s',
    (path) => {
      expect(parsePath(path)).toEqual([
        { kind: 'field', name: 'metadata' },
        { kind: 'field', name: 'name' },
      ]);
    },
  );

  it.each(['', '{}', '{.a}{.b}', '{.a', 'a b', ' a', 'a[', '.a[?(@.b=~c)]'])(
    'does not take the path %j',
    (path) => {
      expect(parsePath(path)).toHaveProperty('fault');
    },
  );
});
