/** Wall clocks and time zones. A wall-clock time is written as the milliseconds that it would be in UTC. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that does not exist */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}

/** Whether it is an IANA name. Offsets such as `+02:00`, which Intl takes as well, know no summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What a clock on the wall shows at an instant. @throws RangeError for a zone or an instant that does not exist */
export function wallClock(instantMs: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (instantMs % 1000);
}

/**
 * The instants at which a clock shows a time: one as a rule; two when it is set back, of which both are given; when it
 * is set forward and never shows it, the instants that the offsets before and after give.
 */
export function instantsOf(
  wallMs: number,
  timeZone: string,
): { readonly earliest: number; readonly latest: number } {
  const day = 86_400_000;
  const offsets = [wallMs - day, wallMs + day].map((near) => wallClock(near, timeZone) - near);
  const candidates = offsets.map((offset) => wallMs - offset);
  const shown = candidates.filter((instant) => wallClock(instant, timeZone) === wallMs);
  const instants = shown.length > 0 ? shown : candidates;
  return { earliest: Math.min(...instants), latest: Math.max(...instants) };
}

/**
 * The moment at which the clocks of a zone show this time, ISO 8601 in UTC. A time that clocks skip in spring is
 * taken as the moment at which they skip; of one that they show twice in autumn, the first.
 * @param local `2026-03-29T02:30`, or with seconds
 * @param timeZone an IANA name
 * @throws RangeError for a time or a zone that is none
 */
export function utcOfLocal(local: string, timeZone: string): string {
  const wallMs = Date.parse(`${local}Z`);
  if (Number.isNaN(wallMs)) throw new RangeError(`${local} is no time`);
  const { earliest, latest } = instantsOf(wallMs, timeZone);
  const shown = wallClock(earliest, timeZone) === wallMs;
  return new Date(shown ? earliest : gapEnd(earliest, latest, wallMs, timeZone)).toISOString();
}

/** The first moment after the gap that the local time falls into. */
function gapEnd(earliest: number, latest: number, wallMs: number, timeZone: string): number {
  let [low, high] = [earliest, latest];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallClock(middle, timeZone) < wallMs) low = middle;
    else high = middle;
  }
  return high;
}

/** `2026-03-01T22:00` as a wall-clock time, null for what no calendar has. */
export function parseLocalTime(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return null;
  const at = new Date(`${text}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? at.getTime() : null;
}
