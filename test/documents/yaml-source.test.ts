import { describe, expect, it } from 'vitest';
import { faultLine } from '../../src/core/catalog.ts';
import { MAX_BYTES, placeOf, placeWithin, readYaml } from '../../src/documents/yaml-source.ts';

const lines = (text: string) => readYaml(text, 'x.yaml').faults.map(faultLine);

describe('reading YAML', () => {
  it('refuses a text that is too large before it is parsed', () => {
    expect(lines(`a: ${'x'.repeat(MAX_BYTES)}`)).toEqual([
      'x.yaml:1:1: error: the file is larger than 1024 KiB',
    ]);
  });

  it('refuses aliases that would grow without end', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    const { sources, faults } = readYaml(`l0: &l0 [x]\n${levels.join('\n')}\n`, 'x.yaml');
    expect(sources).toEqual([]);
    expect(faults.map(faultLine)).toEqual([expect.stringContaining('alias')]);
  });

  it('survives nesting that is deeper than any stack', () => {
    expect(lines('['.repeat(200_000))).not.toEqual([]);
  });

  it.each([
    ['a key twice', 'a: 1\na: 2\n', 'x.yaml:2:1: error: YAML: Map keys must be unique'],
    ['an unknown tag', 'a: !thing 1\n', 'x.yaml:1:4: error: YAML: Unresolved tag: !thing'],
    [
      'an alias of nothing',
      'a: *nothing\n',
      'x.yaml:1:4: error: YAML: Unresolved alias (the anchor must be set before the alias): nothing',
    ],
  ])('refuses %s', (_what, text, line) => {
    expect(lines(text)).toEqual([line]);
  });

  it('gives no prototype to a document that asks for one', () => {
    const { sources } = readYaml('__proto__: { polluted: true }\n', 'x.yaml');
    expect(Object.getPrototypeOf(sources[0]?.value)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('leaves empty documents out', () => {
    expect(readYaml('---\n---\na: 1\n---\n', 'x.yaml').sources.length).toBe(1);
  });

  it('finds places of values, through aliases too, and of characters within a text', () => {
    const [source] = readYaml('a: &x\n  b: "one two"\nc: *x\nd: >-\n  folded\n  text\n', 'x.yaml').sources;
    if (source === undefined) throw new Error('no document');
    expect(placeOf(source, ['a', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 6 });
    expect(placeOf(source, ['c', 'b'])).toEqual({ file: 'x.yaml', line: 2, column: 6 });
    expect(placeOf(source, ['a', 'nothing', 3])).toEqual({ file: 'x.yaml', line: 2, column: 3 });
    expect(placeWithin(source, ['a', 'b'], 5)).toEqual({ file: 'x.yaml', line: 2, column: 11 });
    expect(placeWithin(source, ['d'], 5)).toEqual({ file: 'x.yaml', line: 4, column: 4 });
  });
});
