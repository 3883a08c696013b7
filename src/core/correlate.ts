import { alertTotal, type Incident } from './incident.ts';
import type { Place } from './place-alert.ts';
import { RANKS } from './problem.ts';
import { SEVERITIES } from './severity.ts';

/** So many problems that open channels in one cluster within this time are a storm; four times as many of any kind. */
export const STORM = { channels: 5, any: 20, withinMs: 5 * 60_000 };
/** A pager and the one that it is told by speak within this time of the same problem. */
const PAIR_MS = 5 * 60_000;

/** The incident in which to look for a common cause first: the control plane, a node, the worst, the oldest. */
export function chiefOf(incidents: readonly Incident[]): Incident | null {
  const order = (incident: Incident): readonly (number | string)[] => [
    RANKS.indexOf(incident.rank),
    SEVERITIES.indexOf(incident.severity),
    incident.openedAt,
  ];
  return incidents.toSorted((a, b) => compare(order(a), order(b)))[0] ?? null;
}

/** Where one more problem is told when a cluster has too many at once; null when it has not. */
export function stormIncident(open: readonly Incident[], place: Place, now: string): Incident | null {
  const recent = open.filter(
    (incident) => incident.cluster === place.cluster && isWithin(incident.openedAt, now, STORM.withinMs),
  );
  const channels = recent.filter((incident) => incident.visibility === 'channel');
  const storms = place.opens === 'channel' ? channels.length >= STORM.channels : recent.length >= STORM.any;
  return storms ? chiefOf(channels.length > 0 ? channels : recent) : null;
}

/**
 * An incident of the same service and cluster that only the other side told of, a pager or a sender of alerts, a
 * moment ago; null where there is none, or more than one and nobody knows which.
 */
export function pairedIncident(
  open: readonly Incident[],
  place: Place,
  pagers: ReadonlySet<string>,
  now: string,
): Incident | null {
  if (place.service === null || place.opens === 'none') return null;
  const paged = pagers.has(place.source);
  const found = open.filter(
    (incident) =>
      incident.cluster === place.cluster &&
      incident.service === place.service &&
      alertTotal(incident) > 0 &&
      isWithin(incident.openedAt, now, PAIR_MS) &&
      Object.values(incident.alerts).every((alert) => pagers.has(alert.source) !== paged),
  );
  return found.length === 1 ? (found[0] ?? null) : null;
}

function isWithin(time: string, now: string, ms: number): boolean {
  return Date.parse(now) - Date.parse(time) <= ms;
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? value;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
