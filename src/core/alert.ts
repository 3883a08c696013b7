import type { IncidentId } from './ids.ts';
import type { Severity } from './severity.ts';

export type Labels = { readonly [name: string]: string };

/**
 * One alert as a source told it, times ISO 8601 in UTC. `cluster` is the name of a configured cluster,
 * null when the source does not say for certain. `fingerprint` is the source's own
 * (Alertmanager: the hash of the label set) and is only unique within the source.
 */
export type Alert = {
  readonly source: string;
  readonly cluster: string | null;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly generatorUrl: string | null;
};

/** What is known of one (source, fingerprint): its present or last episode. */
export type AlertEpisode = {
  readonly source: string;
  readonly fingerprint: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: string;
  readonly endsAt: string | null;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly generatorUrl: string | null;
};

export type AlertNews =
  | { readonly kind: 'fired'; readonly reason: 'first' | 'new_episode' }
  | { readonly kind: 'resolved' }
  | { readonly kind: 'nothing'; readonly reason: 'repeat' | 'late' | 'already_resolved' | 'never_fired' };

/**
 * What a delivery adds to what is known. A firing alert for an ended episode counts as a new episode only when
 * it starts after that one ended: Alertmanager's peers deliver late and move `startsAt` of an open episode.
 */
export function alertNews(known: AlertEpisode | null, told: Alert): AlertNews {
  if (told.status === 'firing') {
    if (known === null) return { kind: 'fired', reason: 'first' };
    if (known.status === 'firing') return { kind: 'nothing', reason: 'repeat' };
    const endedAt = Date.parse(known.endsAt ?? known.startsAt);
    return Date.parse(told.startsAt) > endedAt
      ? { kind: 'fired', reason: 'new_episode' }
      : { kind: 'nothing', reason: 'late' };
  }
  if (known === null) return { kind: 'nothing', reason: 'never_fired' };
  if (known.status === 'resolved') return { kind: 'nothing', reason: 'already_resolved' };
  const resolvedAt = told.endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(told.endsAt);
  return resolvedAt < Date.parse(known.startsAt) ? { kind: 'nothing', reason: 'late' } : { kind: 'resolved' };
}

/**
 * All that was told of one (source, fingerprint): the latest start of a firing and the latest end, ISO 8601 in UTC.
 * Two maxima do not depend on the order in which they were found, nor on how often: Alertmanager's peers deliver
 * twice, late and out of order, and move `startsAt` of an open episode.
 */
export type AlertMemory = {
  readonly source: string;
  readonly fingerprint: string;
  readonly lastStart: string | null;
  readonly lastEnd: string | null;
  /** When a delivery named it last, to the minute or so. */
  readonly lastSeen: string;
  /** Its alertname. */
  readonly name: string;
  /** How bad it was at worst since it fires. */
  readonly severity: Severity | null;
  /** The key of the problem that it belongs to, and what it is called at another sender. */
  readonly problem: string | null;
  readonly link: string | null;
  /** Where it was told last; null for what is stored only. */
  readonly incident: IncidentId | null;
};

/** It fires when it started after it ended: a firing for an ended episode that arrives late changes nothing. */
export function isFiring({ lastStart, lastEnd }: Pick<AlertMemory, 'lastStart' | 'lastEnd'>): boolean {
  return lastStart !== null && (lastEnd === null || isAfter(lastStart, lastEnd));
}

/** What a delivery adds to what was told before, and what is remembered then. */
export function remember(
  known: AlertMemory | null,
  told: Alert,
  seenAt: string,
): { readonly memory: AlertMemory; readonly news: AlertNews } {
  const { source, fingerprint } = told;
  const fires = told.status === 'firing';
  const memory: AlertMemory = {
    source,
    fingerprint,
    lastStart: fires ? later(known?.lastStart ?? null, told.startsAt) : (known?.lastStart ?? null),
    lastEnd: fires ? (known?.lastEnd ?? null) : later(known?.lastEnd ?? null, told.endsAt ?? seenAt),
    lastSeen: later(known?.lastSeen ?? null, seenAt) ?? seenAt,
    name: told.labels.alertname ?? known?.name ?? '',
    severity: known?.severity ?? null,
    problem: known?.problem ?? null,
    link: known?.link ?? null,
    incident: known?.incident ?? null,
  };
  const [before, after] = [known !== null && isFiring(known), isFiring(memory)];
  if (!before && after)
    return { memory, news: { kind: 'fired', reason: known === null ? 'first' : 'new_episode' } };
  if (before && !after) return { memory, news: { kind: 'resolved' } };
  if (fires) return { memory, news: { kind: 'nothing', reason: after ? 'repeat' : 'late' } };
  const reason = after ? 'late' : known === null ? 'never_fired' : 'already_resolved';
  return { memory, news: { kind: 'nothing', reason } };
}

/** What a person said of an alert where it came from, before the alert itself arrived. `text` is redacted. */
export type EarlyRemark = {
  readonly source: string;
  readonly fingerprint: string;
  readonly id: string;
  readonly at: string;
  readonly by: string | null;
  readonly text: string;
};

/** What a source last said of how many alerts of a group it left out. `asOf` is the latest time that its alerts name. */
export type GroupMemory = {
  readonly source: string;
  readonly groupKey: string;
  readonly hidden: number;
  readonly asOf: string;
};

/** A delivery has no time of its own; the latest start or end in it tells which of two is the newer. */
export function rememberGroup(known: GroupMemory | null, told: GroupMemory): GroupMemory {
  return known !== null && isAfter(known.asOf, told.asOf) ? known : told;
}

/** The latest time that the alerts of a delivery name. */
export function asOf(alerts: readonly Alert[]): string {
  return alerts
    .flatMap((alert) => [alert.startsAt, ...(alert.endsAt === null ? [] : [alert.endsAt])])
    .reduce((latest, time) => later(latest, time) ?? time, new Date(0).toISOString());
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return isAfter(a, b) ? a : b;
}

function isAfter(a: string, b: string): boolean {
  return Date.parse(a) > Date.parse(b);
}
