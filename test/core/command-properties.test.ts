import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandArgv, commandLine } from '../../src/core/command/command-line.ts';
import { parseArgv, parseCommand } from '../../src/core/command/parse.ts';
import { tokenise } from '../../src/core/command/tokenise.ts';
import { classOf, type Operation } from '../../src/core/operation.ts';
import { operations } from './operation-arbitrary.ts';

/** All flags that any verb takes; whatever else starts with a dash must keep a line from being accepted. */
const TAKEN =
  /^(?:-[nlopc](?:[^-].*)?|-A(?:=.*)?|--(?:namespace|all-namespaces|selector|field-selector|output|no-headers|sort-by|show-labels|raw|subresource|api-group|namespaced|container|all-containers|previous|timestamps|tail|since|for|types|containers|revision|to-revision|timeout|watch|replicas|current-replicas|overwrite|limits|requests|type|patch|ignore-daemonsets|delete-emptydir-data|grace-period|force)(?:=.*)?)$/;
const NASTY = [
  ...[
    '--server=https://evil.example',
    '-s',
    '--token=x',
    '--as=admin',
    '--as',
    '--kubeconfig=/root/.kube/config',
  ],
  ...[
    '-f',
    '--filename=x.yaml',
    '-k',
    '--raw=/api',
    '--template=x',
    '--context',
    '--watch',
    '-w',
    '--follow',
  ],
  ...[
    '--all',
    '--now',
    '--cascade=orphan',
    '--disable-eviction',
    '--patch-file=x.json',
    '--subresource=status',
    '--dry-run=none',
    '-v=9',
    '--v=9',
    '--nam=web',
    '--',
    '-',
  ],
  ...[
    '--tls_server_name=x',
    '-Aw',
    '-nweb',
    '-n=web',
    '-n',
    '-A',
    '-o',
    '-l',
    '',
    '*',
    '/etc/passwd',
    '../x',
  ],
  ...['secrets', 'secret/db', 'pods,secrets', 'SECRET', 'roles', 'crd', 'pods/log', 'https://evil.example'],
  ...[
    'exec',
    'delete',
    'get',
    'scale',
    'rollout',
    'undo',
    'kubectl',
    'web',
    'pods',
    'deploy/web',
    '--replicas=0',
  ],
  ...[
    'a;b',
    '$(id)',
    '`id`',
    'a|b',
    'a&b',
    '>x',
    '\u2014server',
    'web\u0000',
    '\u202eweb',
    'we\u200bb',
    'a\nb',
    '\t',
  ],
];
const word = fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'grapheme', maxLength: 12 }));

const FREE = /^(?:set image|annotate|patch)$/;

function sane(argv: readonly string[]): void {
  const parsed = parseArgv(argv);
  if (parsed.verdict === 'refuse') return;
  expect(argv[0]).toBe('kubectl');
  for (const text of argv) {
    expect(text).toMatch(/^[ -~]+$/);
    if (text.startsWith('-')) expect(text).toMatch(TAKEN);
    // An image has a colon and an annotation any text; a patch is JSON, whose fields the grammar names. What a template
    // of JSONPath says stays in it.
    if (!FREE.test(parsed.operation.verb) && !isTemplate(text) && !isRawPath(text))
      expect(text).not.toMatch(/\/\/|^\/|=\/|(?:^|[/=])\.\.?(?:\/|$)|\\|:/);
  }
  expect(kindsOf(parsed.operation)).not.toMatch(/secret|"roles?\b|crd/i);
  expect(parsed.verdict).toBe(classOf(parsed.operation));
  // Nothing was lost on the way: the same operation is said again in our own words, and taken back.
  expect(parseArgv(commandArgv(parsed.operation))).toEqual(parsed);
}

const isTemplate = (text: string): boolean => /^(?:(?:-o|--output)=)?jsonpath=/.test(text);
const isRawPath = (text: string): boolean =>
  /^(?:--raw=)?\/(?:(?:readyz|livez|healthz)(?:\?verbose)?|version)$/.test(text);

/** Whatever of an operation says a kind; a pod may well be called `secrets`. */
function kindsOf(operation: Operation): string {
  return JSON.stringify(operation, (key, value) =>
    /^names?$|^namespace$|elector$|^jsonpath$|^sortBy$/.test(key) ? '' : value,
  );
}

describe('the grammar, held against random input', () => {
  it('gives every operation back that it writes', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        const parsed = parseCommand(commandLine(operation));
        expect(parsed).toMatchObject({ verdict: classOf(operation) });
        expect('operation' in parsed ? parsed.operation : null).toEqual(operation);
        expect(parseArgv(commandArgv(operation))).toEqual(parsed);
      }),
      { numRuns: 1000 },
    );
  });

  it('writes lines that a shell would split into the same words', () => {
    fc.assert(
      fc.property(operations, (operation) => {
        const words = tokenise(commandLine(operation), { placeholders: false }).map(({ text }) => text);
        expect(words).toEqual(commandArgv(operation));
      }),
    );
  });

  it('accepts no good command into which something refused was put', () => {
    const spoiled = fc
      .tuple(operations, fc.array(fc.tuple(word, fc.nat(20)), { maxLength: 3 }))
      .map(([operation, extra]) =>
        extra.reduce(
          (argv, [text, at]) => argv.toSpliced(at % (argv.length + 1), 0, text),
          [...commandArgv(operation)],
        ),
      );
    fc.assert(fc.property(spoiled, sane), { numRuns: 5000 });
  });

  it('accepts no random words that hold a refused flag, a path, an address or a Secret', () => {
    const words = fc
      .tuple(
        fc.constantFrom(
          ...['get', 'logs', 'describe', 'top', 'events', 'scale', 'delete', 'label', 'annotate', 'patch'],
          ...['drain', 'cordon', 'set'],
        ),
        fc.array(word, { maxLength: 6 }),
      )
      .map(([verb, rest]) => ['kubectl', verb, ...rest]);
    fc.assert(fc.property(words, sane), { numRuns: 5000 });
  });

  it('never throws, whatever the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        expect(parseCommand(text).verdict).toBe('refuse');
        expect(typeof parseCommand(`kubectl get ${text}`).reason).toBe('string');
      }),
      { numRuns: 2000 },
    );
  });
});
