import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { covers, globMatches, outside } from '../../src/core/scope.ts';

const HERE = { cluster: 'prod-eu', environment: 'production', namespaces: ['shop'] };

describe('a scope', () => {
  it.each([
    ['prod-eu', 'prod-eu', true],
    ['prod-*', 'prod-eu', true],
    ['*', '', true],
    ['*-eu', 'prod-eu', true],
    ['p*-e*', 'prod-eu', true],
    ['prod-*-eu', 'prod-eu', false],
    ['prod', 'prod-eu', false],
    ['p.od-eu', 'prod-eu', false],
    ['ab*ba', 'aba', false],
  ])('%s takes %s: %s', (pattern, name, takes) => {
    expect(globMatches(pattern, name)).toBe(takes);
  });

  it.each<[string, Parameters<typeof outside>[0], Parameters<typeof outside>[1], string | null]>([
    ['nothing said is everywhere', {}, HERE, null],
    [
      'inside',
      { clusters: ['prod-*'], environments: ['production'], namespaces: ['shop', 'web'] },
      HERE,
      null,
    ],
    ['another cluster', { clusters: ['stage-*'] }, HERE, 'in the clusters stage-*, not in prod-eu'],
    ['an unknown environment', { environments: ['*'] }, { ...HERE, environment: null }, 'not known'],
    ['another environment', { environments: ['staging'] }, HERE, 'not in production'],
    [
      'one namespace outside of two',
      { namespaces: ['shop'] },
      { ...HERE, namespaces: ['shop', 'web'] },
      'not in web',
    ],
    ['no namespace', { namespaces: ['*'] }, { ...HERE, namespaces: [] }, 'in none'],
  ])('%s', (_, scope, where, says) => {
    const found = outside(scope, where);
    if (says === null) expect(found).toBeNull();
    else expect(found).toContain(says);
  });

  it('that covers another takes every place that the other takes', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 4 });
    const list = fc.option(fc.array(pattern, { minLength: 1, maxLength: 2 }), { nil: undefined });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 4 });
    const scope = list.map((clusters) => (clusters === undefined ? {} : { clusters }));
    fc.assert(
      fc.property(scope, scope, name, (outer, inner, cluster) => {
        fc.pre(covers(outer, inner));
        const where = { ...HERE, cluster };
        if (outside(inner, where) === null) expect(outside(outer, where)).toBeNull();
      }),
      { numRuns: 3000 },
    );
    expect(covers({}, { clusters: ['a'] })).toBe(true);
    expect(covers({ clusters: ['a'] }, {})).toBe(false);
  });
});
