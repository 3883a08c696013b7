import type { MaintenanceWindow } from '../core/maintenance.ts';
import { at, type Cursor, eachOnce, error, items, text } from './cursor.ts';
import { readMatchers } from './matcher-line.ts';

function isTimeZone(name: string): boolean {
  // Intl also takes offsets such as +02:00, which know no summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isLocalTime(time: string): boolean {
  const at = new Date(`${time}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(time);
}

export function readMaintenance(cursor: Cursor): readonly MaintenanceWindow[] {
  const windows = items(cursor);
  eachOnce(
    windows.map((window) => at(window, 'name')),
    'a window',
  );
  return windows.map((window): MaintenanceWindow => {
    const from = text(at(window, 'from'));
    const to = text(at(window, 'to'));
    const timeZone = text(at(window, 'time_zone'));
    if (timeZone !== '' && !isTimeZone(timeZone))
      error(at(window, 'time_zone'), `"${timeZone}" is not an IANA time zone such as Europe/Berlin`);
    for (const [key, time] of [
      ['from', from],
      ['to', to],
    ] as const)
      if (/^[\d-]{10}T[\d:]{5}$/.test(time) && !isLocalTime(time))
        error(at(window, key), `there is no such time as ${time}`);
    if (from !== '' && to !== '' && from >= to) error(at(window, 'to'), `the window ends before it begins`);
    return {
      name: text(at(window, 'name')),
      from,
      to,
      timeZone,
      match: items(at(window, 'match')).flatMap(readMatchers),
    };
  });
}
