import { RRuleTemporal } from 'rrule-temporal';

/** A recurrence rule of RFC 5545, section 3.3.10, by the day or longer; every part checked. */
export type Recurrence = { readonly parts: ReadonlyMap<string, string> };
export type ReadRecurrence =
  | { readonly ok: true; readonly recurrence: Recurrence }
  | { readonly ok: false; readonly says: string };

const WEEKDAY = '(?:MO|TU|WE|TH|FR|SA|SU)';

function numbers(most: number, signed: boolean): (value: string) => boolean {
  return (value) =>
    value.split(',').every((one) => {
      if (!(signed ? /^[+-]?\d{1,3}$/ : /^\d{1,3}$/).test(one)) return false;
      const number = Number(one);
      return signed ? number !== 0 && Math.abs(number) <= most : number <= most;
    });
}

/** The library leaves out what it does not know, which would leave a window open: so each part is checked here. */
const PARTS: { readonly [name: string]: (value: string) => boolean } = {
  FREQ: (value) => /^(?:DAILY|WEEKLY|MONTHLY|YEARLY)$/.test(value),
  INTERVAL: (value) => /^[1-9]\d{0,2}$/.test(value),
  COUNT: (value) => /^[1-9]\d{0,2}$/.test(value),
  UNTIL: (value) => /^\d{8}$/.test(value),
  BYMONTH: (value) => numbers(12, false)(value) && !value.split(',').includes('0'),
  BYWEEKNO: numbers(53, true),
  BYYEARDAY: numbers(366, true),
  BYMONTHDAY: numbers(31, true),
  BYDAY: (value) => new RegExp(`^(?:[+-]?[1-5]?${WEEKDAY})(?:,[+-]?[1-5]?${WEEKDAY})*$`).test(value),
  BYHOUR: numbers(23, false),
  BYMINUTE: numbers(59, false),
  BYSETPOS: numbers(366, true),
  WKST: (value) => new RegExp(`^${WEEKDAY}$`).test(value),
};
const MAX_LENGTH = 300;

/** Reads `FREQ=WEEKLY;BYDAY=FR;BYHOUR=16`. `UNTIL` is a day (`20261231`), which still counts. */
export function readRecurrence(text: string): ReadRecurrence {
  const no = (says: string): ReadRecurrence => ({ ok: false, says });
  if (text.length > MAX_LENGTH) return no(`a rule may have ${MAX_LENGTH} characters`);
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [, name = '', value = ''] = /^([A-Z]+)=(.+)$/.exec(part) ?? [];
    const holds = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (holds === undefined)
      return no(`"${part}" is no part of it; there are ${Object.keys(PARTS).join(', ')}`);
    if (parts.has(name)) return no(`${name} is there twice`);
    if (!holds(value)) return no(`${name} cannot be "${value}"`);
    parts.set(name, value);
  }
  const frequency = parts.get('FREQ');
  if (frequency === undefined) return no('FREQ is missing');
  if (frequency !== 'MONTHLY' && frequency !== 'YEARLY' && /\d/.test(parts.get('BYDAY') ?? ''))
    return no(`BYDAY names weekdays without a number where FREQ is ${frequency}`);
  if (parts.has('COUNT') && parts.has('UNTIL')) return no('COUNT and UNTIL do not go together');
  return { ok: true, recurrence: { parts } };
}

/** Which part of the rule only a start can fill in; null where it says all by itself. */
export function needsStart({ parts }: Recurrence): string | null {
  for (const part of ['INTERVAL', 'COUNT']) if (parts.has(part) && parts.get(part) !== '1') return part;
  const days = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'].some((part) => parts.has(part));
  return parts.get('FREQ') !== 'DAILY' && !days ? 'its day' : null;
}

/** Any start does for a rule that needs none; it gives the time of day where the rule has no BYHOUR: midnight. */
const ANCHOR = Date.UTC(2020, 0, 1);

/**
 * Wall-clock times between two others, both included, at which the rule occurs. All in wall-clock time, so no clock
 * change swallows one. @throws Error where the rule cannot be followed
 */
export function occurrences(
  { parts }: Recurrence,
  start: number | null,
  from: number,
  to: number,
): readonly number[] {
  const rule = [...parts].map(([name, value]) => `${name}=${value}${name === 'UNTIL' ? 'T235959Z' : ''}`);
  const begins = new Date(start ?? ANCHOR).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const recurring = new RRuleTemporal({
    rruleString: `DTSTART:${begins}\nRRULE:${rule.join(';')}`,
    strict: true,
    maxIterations: 1_000_000,
  });
  return recurring.between(new Date(from), new Date(to), true).map((at) => at.epochMilliseconds);
}
