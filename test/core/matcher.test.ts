import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matches, parseMatchers, printMatchers } from '../../src/core/matcher.ts';

const matchersOf = (text: string) => {
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new Error(`${parsed.column}: ${parsed.says}`);
  return parsed.matchers;
};

describe('a line of matchers', () => {
  it.each([
    ['foo="bar"', [{ label: 'foo', op: '=', value: 'bar' }]],
    ['foo=bar', [{ label: 'foo', op: '=', value: 'bar' }]],
    ['foo = bar', [{ label: 'foo', op: '=', value: 'bar' }]],
    ['{foo!="bar"}', [{ label: 'foo', op: '!=', value: 'bar' }]],
    [
      '{foo=~"a|b", bar!~"c.*",}',
      [
        { label: 'foo', op: '=~', value: 'a|b' },
        { label: 'bar', op: '!~', value: 'c.*' },
      ],
    ],
    ['"my label"="x"', [{ label: 'my label', op: '=', value: 'x' }]],
    ['größe=ü', [{ label: 'größe', op: '=', value: 'ü' }]],
    [String.raw`a="q\"b\\c\n"`, [{ label: 'a', op: '=', value: 'q"b\\c\n' }]],
    [String.raw`a=~"\d+\.x"`, [{ label: 'a', op: '=~', value: String.raw`\d+\.x` }]],
    ['a=""', [{ label: 'a', op: '=', value: '' }]],
    ['a="b, c=d"', [{ label: 'a', op: '=', value: 'b, c=d' }]],
  ])('%s', (text, matchers) => {
    expect(matchersOf(text)).toEqual(matchers);
  });

  it.each([
    ['', 1, 'at least one matcher'],
    ['{}', 1, 'at least one matcher'],
    ['foo', 4, 'one of = != =~ !~'],
    ['foo=', 5, 'a value'],
    ['="bar"', 1, 'a label name'],
    ['foo="bar', 5, 'not closed'],
    ['foo="bar" x="y"', 11, '","'],
    ['{foo="bar"', 11, 'or "}"'],
    ['{foo="bar"} x', 13, 'nothing may follow'],
    ['foo="bar",,', 11, 'a label name'],
    ['foo=~"("', 6, 'RE2'],
    ['foo=~"(?=a)"', 6, 'RE2'],
    [String.raw`foo=~"(a)\1"`, 6, 'RE2'],
    ['foo=~"a)|(b"', 6, 'RE2'],
    [`foo=~"${'a'.repeat(501)}"`, 6, 'longer than 500'],
    [`foo="${'a'.repeat(2000)}"`, 2000, 'longer than 2000'],
  ])('refuses %s and says where', (text, column, says) => {
    expect(parseMatchers(text)).toEqual({ ok: false, column, says: expect.stringContaining(says) });
  });

  it('is printed so that it is read back the same, whatever names and values it has', () => {
    const word = fc.string({ unit: 'binary', minLength: 0, maxLength: 12 });
    const matcher = fc.record({
      label: fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      op: fc.constantFrom('=' as const, '!=' as const),
      value: word,
    });
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 5 }), (matchers) => {
        expect(matchersOf(printMatchers(matchers))).toEqual(matchers);
        expect(matchersOf(`{${printMatchers(matchers)}}`)).toEqual(matchers);
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab="~!{},\\n\' (|)*+?[]'), maxLength: 40 }),
        (text) => {
          expect(typeof parseMatchers(text).ok).toBe('boolean');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('matching', () => {
  it.each([
    ['a="x"', { a: 'x' }, true],
    ['a="x"', { a: 'xy' }, false],
    ['a=~"x"', { a: 'xy' }, false],
    ['a=~"x.*"', { a: 'xy' }, true],
    ['a=~"x|y"', { a: 'y' }, true],
    ['a=~"x|yz"', { a: 'y' }, false],
    ['a=~"Kube(Pod|Deployment).+"', { a: 'KubePodX' }, true],
    ['a=~".+"', { a: '' }, false],
    ['a=~".*"', {}, true],
    ['a!~"x|y"', { a: 'z' }, true],
    ['a!="x"', {}, true],
    ['a=""', {}, true],
    ['a=""', { a: 'x' }, false],
    ['a="x",b="y"', { a: 'x', b: 'z' }, false],
    ['constructor=""', {}, true],
    ['a=~"(?i)warn(ing)?"', { a: 'WARNING' }, true],
  ])('%s over %j is %s', (text, labels, result) => {
    expect(matches(matchersOf(text), labels)).toBe(result);
  });

  it('takes linear time where backtracking would take for ever', () => {
    expect(matches(matchersOf('a=~"(a+)+b|(a|aa)*c"'), { a: 'a'.repeat(20_000) })).toBe(false);
  });
});
