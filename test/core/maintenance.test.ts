import { describe, expect, it } from 'vitest';
import { inMaintenance, type MaintenanceWindow } from '../../src/core/maintenance.ts';

const window = (name: string, from: string, to: string, timeZone = 'Europe/Berlin'): MaintenanceWindow => ({
  name,
  from,
  to,
  timeZone,
  match: [],
});

describe('a maintenance window', () => {
  it('begins at its first moment and is over at its last', () => {
    const windows = [window('upgrade', '2026-03-14T22:00', '2026-03-14T23:00')];
    const covered = (now: string): boolean => inMaintenance({}, windows, now) !== null;
    expect(covered('2026-03-14T20:59:59.999Z')).toBe(false);
    expect(covered('2026-03-14T21:00:00.000Z')).toBe(true);
    expect(covered('2026-03-14T21:59:59.999Z')).toBe(true);
    expect(covered('2026-03-14T22:00:00.000Z')).toBe(false);
  });

  it('across the spring change is an hour shorter than the wall says, across the autumn one an hour longer', () => {
    const spring = [window('spring', '2026-03-29T01:00', '2026-03-29T04:00')];
    expect(inMaintenance({}, spring, '2026-03-29T00:00:00.000Z')?.until).toBe('2026-03-29T02:00:00.000Z');
    expect(inMaintenance({}, spring, '2026-03-29T02:00:00.000Z')).toBeNull();
    const autumn = [window('autumn', '2026-10-25T01:00', '2026-10-25T04:00')];
    expect(inMaintenance({}, autumn, '2026-10-24T23:00:00.000Z')?.until).toBe('2026-10-25T03:00:00.000Z');
    expect(inMaintenance({}, autumn, '2026-10-25T02:59:59.000Z')).not.toBeNull();
  });

  it('is for the alerts that one of its lines takes whole; of several the one that ends last speaks', () => {
    const shop = { label: 'namespace', op: '=' as const, value: 'shop' };
    const checkout = { label: 'deployment', op: '=' as const, value: 'checkout' };
    const windows = [
      { ...window('checkout', '2026-03-14T22:00', '2026-03-14T23:00'), match: [[shop, checkout]] },
      { ...window('shop', '2026-03-14T22:00', '2026-03-15T01:00'), match: [[shop]] },
    ];
    const now = '2026-03-14T21:30:00.000Z';
    const name = (labels: Record<string, string>): string | null =>
      inMaintenance(labels, windows, now)?.name ?? null;
    expect(name({ namespace: 'shop', deployment: 'checkout' })).toBe('shop');
    expect(name({ namespace: 'shop', deployment: 'orders' })).toBe('shop');
    expect(name({ namespace: 'payments', deployment: 'checkout' })).toBeNull();
  });
});
