import { describe, expect, it } from 'vitest';
import { highestBurnRate, parseBurnRate, parseWindow } from '../../src/core/burn-rate.ts';
import type { Service } from '../../src/core/service.ts';
import { availabilityOf, indicatorOf } from '../../src/core/slo.ts';

const HOUR = 3_600_000;

describe('a burn rate', () => {
  it.each([
    ['1h > 14d', { windowMs: HOUR, rate: 336 }],
    ['6h > 30d', { windowMs: 6 * HOUR, rate: 120 }],
    ['30m>1w', { windowMs: HOUR / 2, rate: 336 }],
    ['1h > 14.4x', { windowMs: HOUR, rate: 14.4 }],
    ['1h > 1h', { windowMs: HOUR, rate: 1 }],
    ['0h > 14d', null],
    ['1h > 14', null],
    ['1h < 14d', null],
    ['1.5h > 14d', null],
    ['', null],
  ])('%s', (text, burn) => {
    expect(parseBurnRate(text)).toEqual(burn);
  });

  it('has a limit: an outage spends a 99.9 % budget a thousand times as fast', () => {
    expect(highestBurnRate(99.9)).toBeCloseTo(1000);
    expect(highestBurnRate(99)).toBeCloseTo(100);
    expect(highestBurnRate(100)).toBe(Number.POSITIVE_INFINITY);
  });

  it('windows are whole numbers of one unit', () => {
    expect([parseWindow('30d'), parseWindow('4w'), parseWindow('1 d'), parseWindow('x')]).toEqual([
      720 * HOUR,
      672 * HOUR,
      null,
      null,
    ]);
  });
});

function service(indicator: NonNullable<Service['availability']>['indicator']): Service {
  const availability = { objective: 99.9, windowMs: 720 * HOUR, indicator, alertPolicies: [] };
  return {
    name: 'orders',
    owner: 'sre',
    runtime: null,
    file: 'services/orders.yaml',
    channel: 'orders',
    runbook: 'general-triage',
    availability,
    severityMapping: [],
  };
}

describe("an objective's indicator", () => {
  it('is found by the name of the service', () => {
    const indicator = { query: 'good / all', unit: 'ratio' } as const;
    expect(indicatorOf('orders-availability', [service(indicator)])).toEqual({
      known: true,
      value: indicator,
    });
  });

  it('that is missing says what to add, and is not guessed from the burn rates', () => {
    const says = (slo: string, services: readonly Service[]) => {
      const found = indicatorOf(slo, services);
      return found.known ? '' : found.says;
    };
    expect(says('orders-availability', [service(null)])).toMatch(
      /add slo.availability.indicator.*services\/orders.yaml/,
    );
    expect(says('orders-availability', [{ ...service(null), availability: null }])).toMatch(
      /add slo.availability/,
    );
    expect(says('orders', [service(null)])).toMatch(/called after the service/);
    expect(says('orders-availability', [])).toMatch(/no service has the objective/);
  });

  const sample = (value: number) => ({ labels: {}, value });
  it.each([
    [[sample(0.995)], 'ratio', 99.5],
    [[sample(99.5)], 'percent', 99.5],
    [[sample(0.5)], 'percent', 0.5],
    [[sample(0)], 'ratio', 0],
    [[sample(1.0004)], 'ratio', 100],
  ] as const)('%j in %s is %d %%', (samples, unit, percent) => {
    const found = availabilityOf(samples, unit);
    expect(found.known && found.value).toBeCloseTo(percent, 9);
  });

  it.each([
    [[], 'ratio', /no result/],
    [[sample(1), sample(1)], 'ratio', /2 series/],
    [[sample(Number.NaN)], 'ratio', /without any request/],
    [[sample(Number.POSITIVE_INFINITY)], 'ratio', /Infinity/],
    [[sample(-0.1)], 'ratio', /below 0/],
    [[sample(99.5)], 'ratio', /indicator_unit: percent/],
    [[sample(120)], 'percent', /more than all/],
  ] as const)('%j in %s is no answer', (samples, unit, says) => {
    expect(availabilityOf(samples, unit)).toEqual({ known: false, says: expect.stringMatching(says) });
  });
});
