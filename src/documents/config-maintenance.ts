import { isTimeZone, parseLocalTime } from '../core/local-time.ts';
import type { MaintenanceWindow } from '../core/maintenance.ts';
import { at, type Cursor, eachOnce, error, items, text } from './cursor.ts';
import { readMatchers } from './matcher-line.ts';

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
      if (/^[\d-]{10}T[\d:]{5}$/.test(time) && parseLocalTime(time) === null)
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
