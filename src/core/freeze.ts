import { instantsOf, parseLocalTime, wallClock } from './local-time.ts';
import type { Freeze, WindowLength } from './policy.ts';
import { occurrences, readRecurrence } from './recurrence.ts';

const DAY_MS = 86_400_000;

/** Instants, in milliseconds; the end is outside. */
export type Window = { readonly start: number; readonly end: number };

/**
 * When the window that `now` lies in ends, ISO 8601; null outside of all. Where a clock change makes a start or an end
 * ambiguous, the longer window counts.
 * @throws Error where it cannot be told; then the freeze has to be taken as holding
 */
export function frozenUntil(freeze: Freeze, now: string): string | null {
  const at = Date.parse(now);
  if (Number.isNaN(at)) throw new Error(`${now} is no time`);
  const ends = windowsOfDay(freeze, Math.floor(at / DAY_MS))
    .filter(({ start, end }) => start <= at && at < end)
    .map(({ end }) => end);
  return ends.length === 0 ? null : new Date(Math.max(...ends)).toISOString();
}

const days = new WeakMap<Freeze, { readonly day: number; readonly windows: readonly Window[] }>();

/** The same all day, and following a rule takes longer than all other rules of a policy together. */
function windowsOfDay(freeze: Freeze, day: number): readonly Window[] {
  const known = days.get(freeze);
  if (known?.day === day) return known.windows;
  const windows = windowsOf(freeze, day * DAY_MS, (day + 1) * DAY_MS);
  days.set(freeze, { day, windows });
  return windows;
}

/** The windows that reach into a time span, and perhaps a few around it, in order. @throws Error as `frozenUntil` */
export function windowsOf(freeze: Freeze, from: number, to: number): readonly Window[] {
  const { timeZone, duration } = freeze;
  const start = freeze.from === null ? null : wall(freeze.from);
  if (freeze.rrule === null) {
    if (start === null) throw new Error('it has neither "rrule" nor "from"');
    if (freeze.to !== null)
      return [
        {
          start: instantsOf(start, timeZone).earliest,
          end: instantsOf(wall(freeze.to), timeZone).latest,
        },
      ];
    if (duration === null) throw new Error('it has neither "to" nor "duration"');
    return [windowFrom(start, duration, timeZone)];
  }
  const read = readRecurrence(freeze.rrule);
  if (!read.ok) throw new Error(read.says);
  if (duration === null) throw new Error('it has no "duration"');
  const reach = duration.days * DAY_MS + duration.ms + 2 * DAY_MS;
  return occurrences(
    read.recurrence,
    start,
    wallClock(from, timeZone) - reach,
    wallClock(to, timeZone) + DAY_MS,
  ).map((occurrence) => windowFrom(occurrence, duration, timeZone));
}

function windowFrom(start: number, { days, ms }: WindowLength, timeZone: string): Window {
  return {
    start: instantsOf(start, timeZone).earliest,
    end: instantsOf(start + days * DAY_MS, timeZone).latest + ms,
  };
}

function wall(text: string): number {
  const parsed = parseLocalTime(text);
  if (parsed === null) throw new Error(`there is no such time as ${text}`);
  return parsed;
}
