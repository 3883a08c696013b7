import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', 'src');

type Import = { readonly from: string; readonly to: string; readonly names: string };

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(?:type\s+)?([^'";]*?)\s*from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;

const imports: readonly Import[] = files.flatMap((file) =>
  [...(texts.get(file) ?? '').matchAll(IMPORT)].map((match) => ({
    from: file,
    to: match[2] ?? match[3] ?? match[4] ?? '',
    names: match[1] ?? '',
  })),
);

/** Relative imports as files under src; the others are packages. */
const inside = imports.flatMap(({ from, to, names }) =>
  to.startsWith('.')
    ? [
        {
          from,
          to: normalize(join(dirname(from), to))
            .split(sep)
            .join('/'),
          names,
        },
      ]
    : [],
);
const packages = imports.filter(({ to }) => !to.startsWith('.'));

function room(file: string): string {
  const first = file.split('/')[0] ?? '';
  return first === file ? file : first;
}

const MAY_IMPORT: { readonly [room: string]: readonly string[] } = {
  core: ['core'],
  flow: ['core', 'flow'],
  documents: ['core', 'documents'],
  kubernetes: ['core', 'kubernetes'],
  prometheus: ['core', 'prometheus'],
  investigator: ['core', 'investigator'],
  store: ['core', 'store'],
  ingest: ['core', 'flow', 'ingest'],
  slack: ['core', 'flow', 'slack'],
  console: ['core', 'flow', 'console'],
  playground: ['playground'],
  'config.ts': ['core', 'documents'],
  'app.ts': [
    'core',
    'flow',
    'documents',
    'kubernetes',
    'prometheus',
    'investigator',
    'store',
    'ingest',
    'slack',
    'console',
    'config.ts',
  ],
  'commands.ts': ['core', 'flow', 'documents', 'kubernetes', 'slack', 'store'],
  cli: ['core', 'cli', 'app.ts', 'commands.ts', 'config.ts'],
  'main.ts': ['cli'],
};
const STARTS_THE_PLAYGROUND = new Set(['cli/demo.ts', 'cli/playground.ts', 'cli/replay.ts']);

describe('the house', () => {
  it('has imports to look at', () => {
    expect(inside.length).toBeGreaterThan(100);
  });

  it('lets each room import only its neighbours', () => {
    const wrong = inside.filter(({ from, to }) => {
      if (STARTS_THE_PLAYGROUND.has(from) && room(to) === 'playground') return false;
      return !(MAY_IMPORT[room(from)] ?? []).includes(room(to));
    });
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('has no cycle', () => {
    const arrows = new Map<string, string[]>();
    for (const { from, to } of inside) arrows.set(from, [...(arrows.get(from) ?? []), to]);
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at !== -1) {
        cycles.push([...path.slice(at), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const next of arrows.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('reads the environment in config.ts alone', () => {
    const readers = files.filter((file) =>
      /process\s*\.\s*env|process\[|from 'node:process'/.test(texts.get(file) ?? ''),
    );
    expect(readers.filter((file) => file !== 'config.ts')).toEqual([]);
  });

  it('starts no program', () => {
    const wrong = packages.filter(({ to }) => /^(node:)?child_process$/.test(to) || to === 'node:vm');
    expect(wrong.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it("keeps client-node's own senders out, which would go past the gate", () => {
    const senders = /\b(makeApiClient|Log|Watch|Metrics|Exec|Attach|Cp|PortForward|KubernetesObjectApi)\b/;
    const wrong = packages.filter(({ from, to, names }) => {
      if (to !== '@kubernetes/client-node') return false;
      return senders.test(names) || /\bmakeApiClient\s*\(/.test(texts.get(from) ?? '');
    });
    expect(wrong.map(({ from, names }) => `${from}: ${names}`)).toEqual([]);
  });

  it('keeps clocks and dice out of the core', () => {
    const wrong = files.filter(
      (file) =>
        room(file) === 'core' &&
        /\bDate\.now\(|new Date\(\)|Math\.random\(|randomUUID|setTimeout|setInterval/.test(
          texts.get(file) ?? '',
        ),
    );
    expect(wrong).toEqual([]);
  });

  it('has no barrel files, no utils and no base classes', () => {
    expect(files.filter((file) => /(^|\/)(index|utils?|helpers?|common)\.ts$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\babstract class\b/.test(texts.get(file) ?? ''))).toEqual([]);
  });
});
