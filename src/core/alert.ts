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
