import type { Labels } from './alert.ts';
import { utcOfLocal } from './local-time.ts';
import { matches } from './matcher.ts';
import type { Matcher } from './runbook.ts';

/** A time in which no channel opens and nobody is invited for the alerts that it matches. */
export type MaintenanceWindow = {
  readonly name: string;
  /** Local times of the zone: `2026-03-14T22:00`. */
  readonly from: string;
  readonly to: string;
  /** An IANA name. */
  readonly timeZone: string;
  /** Any line; all matchers of a line. Without lines it is for all alerts. */
  readonly match: readonly (readonly Matcher[])[];
};

/** The window that covers these alerts now, the one that ends last; `until` in UTC. */
export function inMaintenance(
  labels: Labels,
  windows: readonly MaintenanceWindow[],
  now: string,
): { readonly name: string; readonly until: string } | null {
  const covering = windows
    .filter(({ match }) => match.length === 0 || match.some((line) => matches(line, labels)))
    .map(({ name, from, to, timeZone }) => ({
      name,
      from: utcOfLocal(from, timeZone),
      until: utcOfLocal(to, timeZone),
    }))
    .filter(({ from, until }) => Date.parse(from) <= Date.parse(now) && Date.parse(now) < Date.parse(until));
  return covering.sort((a, b) => Date.parse(b.until) - Date.parse(a.until))[0] ?? null;
}
