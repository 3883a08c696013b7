import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantsOf, isTimeZone, parseLocalTime, utcOfLocal, wallClock } from '../../src/core/local-time.ts';

/** Clock changes as the tz database has them. */
const TABLE: readonly (readonly [why: string, local: string, zone: string, utc: string])[] = [
  ['winter', '2026-01-15T12:00', 'Europe/Berlin', '2026-01-15T11:00:00.000Z'],
  ['summer', '2026-07-15T12:00', 'Europe/Berlin', '2026-07-15T10:00:00.000Z'],
  ['right before the spring gap', '2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59:00.000Z'],
  ['the first that is skipped', '2026-03-29T02:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['within the gap: its end', '2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['the last that is skipped', '2026-03-29T02:59:59', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['right after the gap', '2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00:00.000Z'],
  ['right before the autumn double', '2026-10-25T01:59', 'Europe/Berlin', '2026-10-24T23:59:00.000Z'],
  ['shown twice: the first', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00.000Z'],
  ['right after the double', '2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00:00.000Z'],
  ['the gap in America', '2026-03-08T02:30', 'America/New_York', '2026-03-08T07:00:00.000Z'],
  ['the double in America', '2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
  ['a gap at midnight', '2018-11-04T00:00', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
  ['half an hour off', '2026-03-14T22:00', 'Asia/Kolkata', '2026-03-14T16:30:00.000Z'],
  ['a quarter of an hour off', '2026-03-14T22:00', 'Asia/Kathmandu', '2026-03-14T16:15:00.000Z'],
  ['set forward by half an hour', '2026-10-04T02:10', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
  ['set back by half an hour', '2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
  ['ahead of the date line', '2026-03-15T00:30', 'Pacific/Kiritimati', '2026-03-14T10:30:00.000Z'],
  ['behind the date line', '2026-03-13T23:30', 'Pacific/Pago_Pago', '2026-03-14T10:30:00.000Z'],
  ['the day that Samoa skipped', '2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['the day after it', '2011-12-31T00:00', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ['the day before it', '2011-12-29T23:59', 'Pacific/Apia', '2011-12-30T09:59:00.000Z'],
  ['no summer time at all', '2026-03-29T02:30', 'UTC', '2026-03-29T02:30:00.000Z'],
];

describe('a local time in UTC', () => {
  it.each(TABLE)('%s: %s %s', (_why, local, zone, utc) => {
    expect(utcOfLocal(local, zone)).toBe(utc);
  });

  it('never goes back while the clock on the wall goes on', () => {
    const zones = [...new Set(TABLE.map(([, , zone]) => zone))];
    const minutes = fc.integer({
      min: Date.parse('2026-01-01T00:00Z') / 60_000,
      max: Date.parse('2027-01-01T00:00Z') / 60_000,
    });
    const local = (minute: number): string => new Date(minute * 60_000).toISOString().slice(0, 16);
    fc.assert(
      fc.property(fc.constantFrom(...zones), minutes, fc.integer({ min: 0, max: 180 }), (zone, at, more) => {
        expect(Date.parse(utcOfLocal(local(at), zone))).toBeLessThanOrEqual(
          Date.parse(utcOfLocal(local(at + more), zone)),
        );
      }),
    );
  });

  it('is found again from each instant, the one of two that is meant included', () => {
    const instants = fc.integer({ min: Date.parse('2011-01-01'), max: Date.parse('2027-01-01') });
    fc.assert(
      fc.property(fc.constantFrom(...new Set(TABLE.map(([, , zone]) => zone))), instants, (zone, instant) => {
        const { earliest, latest } = instantsOf(wallClock(instant, zone), zone);
        expect([earliest, latest]).toContain(instant);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused when it or its zone is none', () => {
    expect(() => utcOfLocal('tonight', 'UTC')).toThrow(RangeError);
    expect(() => utcOfLocal('2026-03-14T22:00', 'Europe/Atlantis')).toThrow(RangeError);
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Atlantis')).toBe(false);
    // An offset knows no summer time.
    expect(isTimeZone('+02:00')).toBe(false);
    expect(parseLocalTime('2026-02-29T22:00')).toBeNull();
    expect(parseLocalTime('2028-02-29T22:00')).toBe(Date.parse('2028-02-29T22:00Z'));
  });
});
