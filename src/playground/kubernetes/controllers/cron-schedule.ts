const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;
const MINUTE_MS = 60_000;
const HORIZON_MINUTES = 32 * 24 * 60;

/** The values one field of a schedule stands for: `*`, numbers, ranges, lists and steps. */
function values(field: string, [low, high]: readonly [number, number]): Set<number> | undefined {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) return undefined;
    const from = match[1] === undefined ? low : Number(match[1]);
    const to = match[2] !== undefined ? Number(match[2]) : match[1] === undefined || match[3] ? high : from;
    const step = Number(match[3] ?? 1);
    if (from < low || to > high || step < 1) return undefined;
    for (let value = from; value <= to; value += step) found.add(value);
  }
  return found;
}

/**
 * The first time after `after` that a schedule of five fields names, in ms, UTC; undefined where it cannot be read or
 * names none within a month. https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
 */
export function nextTime(schedule: string, after: number): number | undefined {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== RANGES.length) return undefined;
  const sets = RANGES.map((range, index) => values(fields[index] ?? '', range));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return undefined;
  const anyDay = fields[2] === '*' || fields[4] === '*';
  let at = Math.floor(after / MINUTE_MS) * MINUTE_MS;
  for (let count = 0; count < HORIZON_MINUTES; count += 1) {
    at += MINUTE_MS;
    const time = new Date(at);
    if (!minutes.has(time.getUTCMinutes()) || !hours.has(time.getUTCHours())) continue;
    if (!months.has(time.getUTCMonth() + 1)) continue;
    const day = days.has(time.getUTCDate());
    const weekday = weekdays.has(time.getUTCDay()) || (time.getUTCDay() === 0 && weekdays.has(7));
    if (anyDay ? day && weekday : day || weekday) return at;
  }
  return undefined;
}
