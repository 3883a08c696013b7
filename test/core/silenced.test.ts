import { describe, expect, it } from 'vitest';
import { parseMatchers } from '../../src/core/matcher.ts';
import { type Silence, silenceOf } from '../../src/core/silenced.ts';
import { at } from '../make.ts';

function silence(line: string, changes: Partial<Silence> = {}): Silence {
  const parsed = parseMatchers(line);
  if (!parsed.ok) throw new Error(parsed.says);
  return {
    id: line,
    matchers: parsed.matchers,
    createdBy: 'ada',
    comment: '',
    startsAt: at(0),
    endsAt: at(600),
    ...changes,
  };
}

const LABELS = { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'critical' };

describe('a silence', () => {
  it.each([
    ['alertname="KubePodCrashLooping"', true],
    ['alertname="KubePodCrashLooping", namespace="payments"', false],
    ['alertname=~"KubePod.*", namespace!="payments"', true],
    ['namespace=~"sho"', false],
    ['namespace!~"payments|orders"', true],
    ['namespace!~"shop|orders"', false],
    // Alertmanager: a label that is missing is the empty text.
    ['team=""', true],
    ['team!=""', false],
    ['team=~".*"', true],
    ['team=~".+"', false],
    ['team!~"a|b"', true],
  ])('with %s covers the alert: %s', (line, covers) => {
    expect(silenceOf(LABELS, [silence(line)])?.id).toBe(covers ? line : undefined);
  });

  it('without matchers covers nothing', () => {
    expect(silenceOf(LABELS, [silence('a="b"', { matchers: [] })])).toBeNull();
  });

  it('with a pattern that cannot be read covers nothing, not everything', () => {
    for (const op of ['=~', '!~'] as const)
      for (const value of ['(?=a)', '(', 'a'.repeat(10_000)])
        expect(silenceOf(LABELS, [silence('a="b"', { matchers: [{ label: 'x', op, value }] })])).toBeNull();
  });

  it('with a long list of instances, as programs write it, is read', () => {
    const value = `(${Array.from({ length: 200 }, (_, index) => `shop-${index}`).join('|')}|shop)`;
    expect(value.length).toBeGreaterThan(1_000);
    const long = silence('a="b"', { matchers: [{ label: 'namespace', op: '=~', value }] });
    expect(silenceOf(LABELS, [long])).toBe(long);
  });

  it('that ends last is the one that is told, whatever the zone of its time', () => {
    const first = silence('namespace="shop"', { endsAt: '2026-03-14T05:00:00+02:00' });
    const last = silence('severity="critical"', { endsAt: '2026-03-14T04:30:00Z' });
    const other = silence('namespace="payments"', { endsAt: '2026-03-15T00:00:00Z' });
    expect(silenceOf(LABELS, [last, first, other])).toBe(last);
    expect(silenceOf(LABELS, [other, first, last])).toBe(last);
  });
});
