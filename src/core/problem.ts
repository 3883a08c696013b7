import { createHash } from 'node:crypto';
import type { Severity } from './severity.ts';

/** What a problem is about, the one that others hang on first. */
export type Rank = 'control_plane' | 'node' | 'workload' | 'other';
export const RANKS: readonly Rank[] = ['control_plane', 'node', 'workload', 'other'];

/** One thing that is wrong: the alerts of one object. An incident has one, and those that joined it. */
export type Problem = {
  /** The same for all alerts of one object from one source. At most one open incident has it. */
  readonly key: string;
  readonly rank: Rank;
  readonly title: string;
  readonly service: string | null;
  /** A team's name. */
  readonly owner: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
  readonly severity: Severity;
};

/** `cause`: the cluster shows a common one. `pager`: a pager tells the same. `storm`: too many at once. */
export type JoinedBy = 'cause' | 'pager' | 'storm' | 'person';

export type JoinedProblem = Problem & {
  readonly by: JoinedBy;
  readonly because: string;
  /** It joined in a maintenance window: its owner is not asked to come. */
  readonly quiet?: true;
};

/** Of all alerts of an incident, when there are too many to name each; absolute, so that telling it twice is harmless. */
export type Tally = {
  readonly firing: number;
  readonly total: number;
  readonly problems: number;
  /** Alerts by their names: the first that came, the last, and the worst. */
  readonly first: string;
  readonly last: string;
  readonly worst: string;
};

/** Alerts that fire and that their source stopped repeating: neither over nor known to go on. */
export type Unreported = { readonly count: number; readonly since: string };

/** Silences at the source that cover alerts of an incident; the one that ends last speaks for them. */
export type SilenceNote = {
  readonly by: string;
  readonly until: string;
  readonly comment: string;
  readonly alerts: number;
};

/** More alerts than these are counted, not named: a timeline is for people. */
export const MOST_NAMED_ALERTS = 25;
export const MOST_NAMED_PROBLEMS = 25;

/** What a button carries of a problem's key, which may be as long as an alert's labels. */
export function problemToken(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 16);
}

/** The joined problem that a person means by its number or by words of its title; else what to say to them. */
export function findJoined(
  joined: readonly JoinedProblem[],
  which: string,
): JoinedProblem | { readonly says: string } {
  if (joined.length === 0) return { says: 'Nothing joined this incident: there is nothing to split off.' };
  const list = joined.map(({ title, because }, index) => `${index + 1}. ${title}: ${because}`).join('\n');
  const asked = which.trim();
  if (asked === '') return { says: `Which one? Say its number or words of its title.\n${list}` };
  const words = asked.toLowerCase().split(/\s+/);
  const found = /^\d+$/.test(asked)
    ? joined.slice(Number(asked) - 1, Number(asked))
    : joined.filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)));
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one;
  return { says: `${one === undefined ? 'No joined problem' : 'More than one'} is “${asked}”.\n${list}` };
}
