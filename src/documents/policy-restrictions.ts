import { isTimeZone, parseLocalTime } from '../core/local-time.ts';
import type { ChangeLimits, Freeze, PolicyCondition, Restrictions, WindowLength } from '../core/policy.ts';
import { CONDITION_NAMES } from '../core/policy-scope.ts';
import { needsStart, readRecurrence } from '../core/recurrence.ts';
import { readCondition } from './condition-text.ts';
import {
  at,
  type Cursor,
  eachOnce,
  error,
  items,
  numberOrNull,
  present,
  text,
  textOrNull,
} from './cursor.ts';
import { parseDuration } from './duration.ts';

const DAY_MS = 86_400_000;

/** What narrows a policy or one of its entries; only what is written is there. */
export function readRestrictions(cursor: Cursor): Restrictions {
  const selfApproval = at(cursor, 'self_approval').value;
  return written({
    clusters: names(at(cursor, 'clusters')),
    environments: names(at(cursor, 'environments')),
    namespaces: names(at(cursor, 'namespaces')),
    quorum: numberOrNull(at(cursor, 'quorum')),
    expiryMs: parseDuration(text(at(cursor, 'expiry'))),
    selfApproval: typeof selfApproval === 'boolean' ? selfApproval : null,
    freezes: present(at(cursor, 'freezes')) ? readFreezes(at(cursor, 'freezes')) : null,
    limits: present(at(cursor, 'limits')) ? readLimits(at(cursor, 'limits')) : null,
    conditions: present(at(cursor, 'conditions')) ? readConditions(at(cursor, 'conditions')) : null,
  });
}

/** Null where nothing is written, so that nothing is there. */
function names(cursor: Cursor): readonly string[] | null {
  return present(cursor) ? items(cursor).map(text) : null;
}

type Written<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };

/** Only the members that have a value. */
function written<T extends { readonly [key: string]: unknown }>(all: T): Written<T> {
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Written<T>;
}

function readLimits(cursor: Cursor): ChangeLimits {
  return written({
    changesPerHour: numberOrNull(at(cursor, 'changes_per_hour')),
    objectsPerPlan: numberOrNull(at(cursor, 'objects_per_plan')),
    shareOfReplicas: numberOrNull(at(cursor, 'share_of_replicas')),
    replicaDelta: numberOrNull(at(cursor, 'replica_delta')),
  });
}

function readConditions(cursor: Cursor): readonly PolicyCondition[] {
  return items(cursor).map((condition) => ({
    expression: readCondition(at(condition, 'expression'), CONDITION_NAMES) ?? '',
    message: textOrNull(at(condition, 'message')),
  }));
}

function readFreezes(cursor: Cursor): readonly Freeze[] {
  const freezes = items(cursor);
  eachOnce(
    freezes.map((freeze) => at(freeze, 'name')),
    'a freeze',
  );
  return freezes.map((freeze): Freeze => {
    const zone = at(freeze, 'time_zone');
    if (text(zone) !== '' && !isTimeZone(text(zone)))
      error(zone, `"${text(zone)}" is not an IANA time zone such as Europe/Berlin`);
    const from = readTime(at(freeze, 'from'));
    const to = readTime(at(freeze, 'to'));
    if (from !== null && to !== null && from >= to)
      error(at(freeze, 'to'), 'the freeze ends before it begins');
    readWhen(freeze);
    return {
      name: text(at(freeze, 'name')),
      timeZone: text(zone),
      from,
      to,
      rrule: textOrNull(at(freeze, 'rrule')),
      duration: windowLength(text(at(freeze, 'duration'))),
    };
  });
}

function readTime(cursor: Cursor): string | null {
  const time = textOrNull(cursor);
  if (time !== null && /^[\d-]{10}T[\d:]{5}$/.test(time) && parseLocalTime(time) === null)
    error(cursor, `there is no such time as ${time}`);
  return time;
}

/** Once: from, and until or how long. Again and again: a rule and how long, from a start where the rule needs one. */
function readWhen(freeze: Cursor): void {
  const has = (key: string): boolean => present(at(freeze, key));
  if (!has('rrule')) {
    if (!has('from'))
      error(freeze, 'a freeze needs "rrule" with "duration", or "from" with "to" or "duration"');
    else if (has('to') === has('duration')) error(freeze, '"from" needs either "to" or "duration"');
    return;
  }
  const rule = at(freeze, 'rrule');
  const read = readRecurrence(text(rule));
  if (text(rule) !== '' && !read.ok) error(rule, `not a rule of RFC 5545: ${read.says}`);
  if (!has('duration')) error(freeze, '"rrule" needs "duration": how long each window is');
  if (has('to')) error(at(freeze, 'to'), '"to" does not go with "rrule"; UNTIL in the rule ends it');
  const missing = read.ok && !has('from') ? needsStart(read.recurrence) : null;
  if (missing !== null)
    error(
      rule,
      `the rule does not say ${missing === 'its day' ? 'which day' : `from when ${missing} counts`}: add "from"`,
    );
}

/** Whole days are days of the calendar, anything else is time that passes. */
function windowLength(duration: string): WindowLength | null {
  const ms = parseDuration(duration);
  if (ms === null) return null;
  return duration.endsWith('d') ? { days: ms / DAY_MS, ms: 0 } : { days: 0, ms };
}
