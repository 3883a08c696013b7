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

export type JoinedProblem = Problem & { readonly by: JoinedBy; readonly because: string };

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
