import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozenUntil } from '../../src/core/freeze.ts';
import { instantsOf, isTimeZone, parseLocalTime, wallClock } from '../../src/core/local-time.ts';
import type { Freeze } from '../../src/core/policy.ts';
import { needsStart, readRecurrence } from '../../src/core/recurrence.ts';

const NOTHING = { from: null, to: null, rrule: null, duration: null };
const hours = (count: number) => ({ days: 0, ms: count * 3_600_000 });
const days = (count: number) => ({ days: count, ms: 0 });

function freeze(changes: Partial<Freeze>): Freeze {
  return { name: 'test', timeZone: 'Europe/Berlin', ...NOTHING, ...changes };
}

const FRIDAYS = freeze({ rrule: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=16', duration: days(3) });
const NIGHTLY = freeze({ rrule: 'FREQ=DAILY;BYHOUR=22', duration: hours(8) });
const HALF_PAST_TWO = freeze({ rrule: 'FREQ=DAILY;BYHOUR=2;BYMINUTE=30', duration: hours(1) });

// In Europe/Berlin, 2026: at 01:00 UTC on 29 March 02:00 becomes 03:00, on 25 October 03:00 becomes 02:00.
describe('a freeze', () => {
  it.each<[string, Freeze, string, string | null]>([
    ['holds from its first minute', FRIDAYS, '2026-03-13T15:00:00Z', '2026-03-16T15:00:00.000Z'],
    ['does not hold a moment before', FRIDAYS, '2026-03-13T14:59:59.999Z', null],
    ['is over at its end', FRIDAYS, '2026-03-16T15:00:00Z', null],
    [
      'of three days ends at the same time of day after the clock was set forward',
      FRIDAYS,
      '2026-03-29T12:00:00Z',
      '2026-03-30T14:00:00.000Z',
    ],
    [
      'of three days ends at the same time of day after the clock was set back',
      FRIDAYS,
      '2026-10-25T12:00:00Z',
      '2026-10-26T15:00:00.000Z',
    ],
    [
      'of eight hours lasts eight hours in the night that is shorter',
      NIGHTLY,
      '2026-03-29T04:59:00Z',
      '2026-03-29T05:00:00.000Z',
    ],
    [
      'of eight hours is over after eight hours in the night that is longer',
      NIGHTLY,
      '2026-10-25T04:00:00Z',
      null,
    ],
    [
      'holds in a night whose clock never shows its start',
      HALF_PAST_TWO,
      '2026-03-29T01:10:00Z',
      '2026-03-29T02:30:00.000Z',
    ],
    [
      'starts there with the earlier reading',
      HALF_PAST_TWO,
      '2026-03-29T00:30:00Z',
      '2026-03-29T02:30:00.000Z',
    ],
    [
      'holds from the first of two half past twos',
      HALF_PAST_TWO,
      '2026-10-25T00:30:00Z',
      '2026-10-25T02:30:00.000Z',
    ],
    ['and until an hour after the second', HALF_PAST_TWO, '2026-10-25T02:29:00Z', '2026-10-25T02:30:00.000Z'],
    ['knows the next day nothing of that', HALF_PAST_TWO, '2026-10-26T00:30:00Z', null],
    [
      'once, from and to',
      freeze({ from: '2026-12-20T18:00', to: '2027-01-04T06:00' }),
      '2026-12-31T23:59:00Z',
      '2027-01-04T05:00:00.000Z',
    ],
    [
      'once, outside',
      freeze({ from: '2026-12-20T18:00', to: '2027-01-04T06:00' }),
      '2026-12-20T16:59:59Z',
      null,
    ],
    [
      'once, for a while',
      freeze({ from: '2026-03-28T22:00', duration: hours(8) }),
      '2026-03-29T04:59:00Z',
      '2026-03-29T05:00:00.000Z',
    ],
    [
      'every second week from its start: in it',
      freeze({ rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', from: '2026-03-02T00:00', duration: days(1) }),
      '2026-03-16T12:00:00Z',
      '2026-03-16T23:00:00.000Z',
    ],
    [
      'every second week from its start: between',
      freeze({ rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO', from: '2026-03-02T00:00', duration: days(1) }),
      '2026-03-09T12:00:00Z',
      null,
    ],
    [
      'the last working day of a month',
      freeze({ rrule: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1', duration: days(1) }),
      '2026-05-29T12:00:00Z',
      '2026-05-29T22:00:00.000Z',
    ],
    [
      'on the last day of UNTIL',
      freeze({ rrule: 'FREQ=DAILY;BYHOUR=12;UNTIL=20260310', duration: hours(1) }),
      '2026-03-10T11:30:00Z',
      '2026-03-10T12:00:00.000Z',
    ],
    [
      'no more after UNTIL',
      freeze({ rrule: 'FREQ=DAILY;BYHOUR=12;UNTIL=20260310', duration: hours(1) }),
      '2026-03-11T11:30:00Z',
      null,
    ],
    [
      'far from its start',
      freeze({ rrule: 'FREQ=DAILY;INTERVAL=2', from: '2000-01-01T00:00', duration: days(1) }),
      '2096-01-01T12:00:00Z',
      '2096-01-01T23:00:00.000Z',
    ],
  ])('%s', (_, which, now, until) => {
    expect(frozenUntil(which, now)).toBe(until);
  });

  it.each<[string, Partial<Freeze>]>([
    ['a rule that is none', { rrule: 'FREQ=NEVER', duration: days(1) }],
    ['a rule without a duration', { rrule: 'FREQ=DAILY' }],
    ['a zone that does not exist', { timeZone: 'Mars/Olympus', from: '2026-01-01T00:00', duration: days(1) }],
    ['a day that does not exist', { from: '2026-02-30T00:00', duration: days(1) }],
    ['no time at all', {}],
    ['no end', { from: '2026-01-01T00:00' }],
  ])('with %s throws, so that it counts as holding', (_, changes) => {
    expect(() => frozenUntil(freeze(changes), '2026-03-14T12:00:00Z')).toThrow();
  });

  it('every so many days holds on exactly those days', () => {
    const start = Date.UTC(2020, 0, 1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 12_000 }), (interval, day) => {
        const every = freeze({
          timeZone: 'UTC',
          rrule: `FREQ=DAILY;INTERVAL=${interval}`,
          from: '2020-01-01T00:00',
          duration: days(1),
        });
        const noon = new Date(start + day * 86_400_000 + 43_200_000).toISOString();
        expect(frozenUntil(every, noon) !== null).toBe(day % interval === 0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a recurrence rule', () => {
  it.each([
    '',
    'BYDAY=MO',
    'FREQ=HOURLY',
    'FREQ=DAILY;BYHOUR=24',
    'FREQ=DAILY;BYHOUR=',
    'FREQ=DAILY;FOO=1',
    'FREQ=DAILY;FREQ=DAILY',
    'freq=daily',
    'RRULE:FREQ=DAILY',
    'FREQ=DAILY\nEXDATE:20260101T000000Z',
    'FREQ=WEEKLY;BYDAY=XX',
    'FREQ=WEEKLY;BYDAY=1MO',
    'FREQ=DAILY;COUNT=0',
    'FREQ=DAILY;COUNT=2;UNTIL=20260101',
    'FREQ=DAILY;UNTIL=20260101T000000Z',
    'FREQ=YEARLY;BYMONTH=0',
  ])('is not %j', (text) => {
    expect(readRecurrence(text).ok).toBe(false);
  });

  it.each<[string, string | null]>([
    ['FREQ=DAILY', null],
    ['FREQ=WEEKLY;BYDAY=MO', null],
    ['FREQ=WEEKLY', 'its day'],
    ['FREQ=YEARLY;BYMONTH=12', 'its day'],
    ['FREQ=DAILY;INTERVAL=2', 'INTERVAL'],
    ['FREQ=DAILY;COUNT=5', 'COUNT'],
  ])('%s needs a start for %s', (text, part) => {
    const read = readRecurrence(text);
    expect(read.ok && needsStart(read.recurrence)).toBe(part);
  });
});

describe('a wall clock', () => {
  const zones = fc.constantFrom(
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'UTC',
  );

  it('gives back every instant that it shows', () => {
    const instants = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2060, 0, 1) });
    fc.assert(
      fc.property(zones, instants, (zone, instant) => {
        const { earliest, latest } = instantsOf(wallClock(instant, zone), zone);
        expect([earliest, latest]).toContain(instant);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['Europe/Berlin', true],
    ['UTC', true],
    ['+02:00', false],
    ['Europe/Nowhere', false],
    ['', false],
  ])('%j is an IANA zone: %s', (zone, is) => {
    expect(isTimeZone(zone)).toBe(is);
  });

  it('takes no time that a calendar does not have', () => {
    expect(parseLocalTime('2026-02-28T23:59')).toBe(Date.UTC(2026, 1, 28, 23, 59));
    for (const text of ['2026-02-29T00:00', '2026-01-01T24:00', '2026-1-1T00:00', 'soon'])
      expect(parseLocalTime(text)).toBeNull();
  });
});
