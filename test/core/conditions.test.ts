import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, evaluate, MAX_STEPS } from '../../src/core/conditions.ts';
import type { JsonObject } from '../../src/core/json.ts';

function outcome(text: string, scope: JsonObject, variables: readonly string[] = Object.keys(scope)) {
  const condition = compile(text, variables);
  if (!condition.ok) throw new Error(`${condition.column}: ${condition.says}`);
  return evaluate(condition.compiled, scope);
}
const list = (length: number) =>
  Array.from({ length }, (_, id) => ({ id, ready: true, parts: [{ id }, { id }] }));

describe('a condition', () => {
  it.each<[string, JsonObject, boolean]>([
    ["findings.exists(f, f.kind == 'rollout.stuck')", { findings: [{ kind: 'rollout.stuck' }] }, true],
    ["findings.exists(f, f.kind == 'rollout.stuck')", { findings: [] }, false],
    ['pods.items.all(p, p.ready)', { pods: { items: [{ ready: true }, { ready: false }] } }, false],
    ['rollout.ageSeconds < 3600', { rollout: { ageSeconds: 3599 } }, true],
    ['rollout.ageSeconds < 3600', { rollout: { ageSeconds: 3599.5 } }, true],
    ['rollout.ageSeconds < 3600.5', { rollout: { ageSeconds: 3600 } }, true],
    ['a + 1 == 3', { a: 2 }, true],
    ['a / 2 == 2', { a: 5 }, true],
    ['a == 5.0', { a: 5 }, true],
    ['size(l) > 1 && l.size() == 2', { l: ['a', 'b'] }, true],
    [
      "has(alert.labels.namespace) && 'x' in alert.labels",
      { alert: { labels: { namespace: 'a', x: '' } } },
      true,
    ],
    ['x == null', { x: null }, true],
    ["output.contains('ok') && output.matches('^all')", { output: 'all ok' }, true],
    ["f.object.namespace == 'shop'", { f: { object: { namespace: 'shop' } } }, true],
    ['has(o.constructor) || has(o.__proto__)', { o: { a: 1 } }, false],
  ])('%s', (text, scope, holds) => {
    expect(outcome(text, scope).holds).toBe(holds);
  });

  it.each<[string, JsonObject, readonly string[], string]>([
    ['rollout.ageSeconds < 3600', {}, ['rollout'], 'nothing is known of rollout'],
    ['rollout.ageSeconds < 3600', { rollout: {} }, ['rollout'], 'field not found: ageSeconds'],
    ['a.b', { a: { b: 'true' } }, ['a'], 'it is neither true nor false'],
    ["a == 1 && 'x' < 2", { a: 1 }, ['a'], ''],
  ])('without an answer never counts as true: %s', (text, scope, variables, fault) => {
    const result = outcome(text, scope, variables);
    expect(result).toEqual({ holds: null, fault: expect.stringContaining(fault) });
  });

  it('may leave open what does not matter', () => {
    expect(outcome('a || rollout.done', { a: true }, ['a', 'rollout']).holds).toBe(true);
  });

  it.each([
    ['a &&', 'found & but expecting end of input', 3],
    ['a && rolout.done', 'nothing is called rolout here; there are a, rollout', 6],
    ['a && [1].exists(x, y > x)', 'nothing is called y here', 20],
    ['a && frobnicate(a)', 'there is no function frobnicate', 6],
    ["timestamp('2026-01-01T00:00:00Z').getHours() > 2", 'there is no function getHours', 34],
    ['a && google.protobuf.Duration{seconds: 1} == a', 'there is no type', 6],
    ['namespace == a', 'reserved', 1],
    [`a == '${'x'.repeat(1000)}'`, 'a condition may have 1000 characters', 1000],
  ])('is refused when it is loaded: %s', (text, says, column) => {
    const condition = compile(text, ['a', 'rollout']);
    expect(condition).toMatchObject({ ok: false, says: expect.stringContaining(says) });
    if (!condition.ok) expect(condition.column).toBe(column);
  });

  it('names the variables that it uses, and not those of its loops', () => {
    const condition = compile('a && xs.exists(x, x > 1)', ['a', 'b', 'xs']);
    expect(condition.ok && condition.compiled.names).toEqual(['a', 'xs']);
  });
});

describe('a condition cannot hold the process up', () => {
  it('three loops in one another are refused when loaded', () => {
    expect(compile('x.all(a, x.all(b, x.all(c, a != b && b != c)))', ['x'])).toMatchObject({
      ok: false,
      says: 'loops may be nested 2 deep',
    });
  });

  it.each<[string, JsonObject]>([
    ['x.all(a, x.all(b, a.id + b.id >= 0))', { x: list(400) }],
    ['x.all(a, x == x)', { x: list(600) }],
    ['x.all(a, a in x)', { x: list(600) }],
    ['(x + x + x + x).all(a, (x + x + x + x).all(b, true))', { x: list(150) }],
    ['x.map(a, x + x).all(l, l.all(b, b.ready))', { x: list(300) }],
    ['x.map(a, a.id).map(a, a + 1).filter(a, a > 0).size() > 0', { x: list(3000) }],
    ["x.all(a, text.matches('(a*)*b'))", { x: list(100), text: 'a'.repeat(100_000) }],
    ['x.all(a, x.all(b, text.contains(text)))', { x: list(100), text: 'a'.repeat(100_000) }],
    ['m.all(k, m.all(j, k != j))', { m: Object.fromEntries(list(500).map(({ id }) => [`k${id}`, id])) }],
  ])('what would take too long is not begun: %s', (text, scope) => {
    expect(outcome(text, scope)).toEqual({
      holds: null,
      fault: expect.stringMatching(/would take about [\d,]+ steps/),
    });
  });

  it.each<[string, JsonObject]>([
    ['x.all(a, a.parts.all(b, b.id >= 0))', { x: list(5000) }],
    ['x.filter(a, a.ready).size() > 3', { x: list(1500) }],
    ['x.all(a, x.all(b, a.id + b.id >= 0))', { x: list(150) }],
  ])('what a large cluster needs is answered: %s', (text, scope) => {
    expect(outcome(text, scope).holds).toBe(true);
  });

  it('whatever is put together from its parts: answered or refused, before this test times out', () => {
    const { expression } = fc.letrec<{ expression: string; list: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('true', 'x.size() > 1', 's.contains(s)', 'x == x', 'x[0] in x'),
        fc.tuple(tie('list'), tie('expression')).map(([l, e]) => `${l}.all(v, ${e})`),
        fc.tuple(tie('list'), tie('expression')).map(([l, e]) => `${l}.exists(v, !(${e}))`),
        fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a} && ${b})`),
      ),
      list: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom('x', 'x[0].parts', '[1, 2, 3]'),
        fc.tuple(tie('list'), tie('list')).map(([a, b]) => `(${a} + ${b})`),
        fc.tuple(tie('list'), tie('expression')).map(([l, e]) => `${l}.filter(w, ${e})`),
        tie('list').map((l) => `${l}.map(w, w)`),
      ),
    }));
    const scope = { x: list(300), s: 'a'.repeat(10_000) };
    fc.assert(
      fc.property(expression, (text) => {
        const condition = compile(text, ['x', 's']);
        if (!condition.ok) return;
        expect([true, false, null]).toContain(evaluate(condition.compiled, scope).holds);
      }),
      { numRuns: 150 },
    );
  });

  it('the bound is one that a person does not notice', () => {
    expect(MAX_STEPS).toBeLessThanOrEqual(500_000);
  });
});
