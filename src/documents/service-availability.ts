import { type BurnRate, highestBurnRate, parseBurnRate, parseWindow } from '../core/burn-rate.ts';
import type { AvailabilityObjective } from '../core/service.ts';
import {
  at,
  type Cursor,
  error,
  items,
  numberOrNull,
  oneOf,
  present,
  text,
  textOrNull,
  warning,
} from './cursor.ts';

const UNITS = ['ratio', 'percent'] as const;

/** `slo.availability` of a service, null where it has none. */
export function readAvailability(cursor: Cursor): AvailabilityObjective | null {
  const objective = numberOrNull(at(cursor, 'objective'));
  const windowMs = parseWindow(text(at(cursor, 'window')));
  if (objective === null || windowMs === null) return null;
  const query = textOrNull(at(cursor, 'indicator'));
  if (query === null && present(at(cursor, 'indicator_unit')))
    error(at(cursor, 'indicator_unit'), 'a unit needs an indicator');
  return {
    objective,
    windowMs,
    indicator: query === null ? null : { query, unit: oneOf(at(cursor, 'indicator_unit'), UNITS, 'ratio') },
    alertPolicies: items(at(cursor, 'alert_policies')).map((policy) => ({
      fastBurn: readBurn(at(policy, 'fast_burn'), objective),
      slowBurn: readBurn(at(policy, 'slow_burn'), objective),
    })),
  };
}

function readBurn(cursor: Cursor, objective: number): BurnRate | null {
  const written = textOrNull(cursor);
  const burn = written === null ? null : parseBurnRate(written);
  if (burn === null) {
    // The schema tells what has another form; a window of nothing has the right one.
    if (written !== null && /^\s*0+[smhdw]/.test(written))
      error(cursor, `"${written}" looks back over no time at all`);
    return null;
  }
  const highest = highestBurnRate(objective);
  if (burn.rate >= highest)
    warning(
      cursor,
      `"${written}" can never hold: it is a burn rate of ${round(burn.rate)}, and with an objective of ${objective} % even a full outage burns at ${round(highest)}`,
    );
  return burn;
}

function round(rate: number): number {
  return Math.round(rate * 100) / 100;
}
