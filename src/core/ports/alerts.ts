import type { AlertMemory, EarlyRemark, GroupMemory } from '../alert.ts';
import type { IncidentId } from '../ids.ts';
import type { Tally } from '../problem.ts';

/** Where an alert that another sender tells too belongs. */
export type Linked = { readonly incident: IncidentId; readonly source: string; readonly problem: string };

/** The state of each alert that was ever told. `Inbox.done` changes it, beside `move`. @throws StoreUnavailable */
export type Alerts = {
  memory(source: string, fingerprint: string): Promise<AlertMemory | null>;
  group(source: string, groupKey: string): Promise<GroupMemory | null>;
  /** Oldest first. */
  earlyRemarks(source: string, fingerprint: string): Promise<readonly EarlyRemark[]>;
  /** The newest incident that has alerts of a problem; one that is not resolved before any other. */
  incidentOfProblem(key: string): Promise<IncidentId | null>;
  /** Firing alerts of unresolved incidents with this link, one line a source and problem. */
  linked(link: string): Promise<readonly Linked[]>;
  /** How an incident's alerts stand; null when it has none. */
  tally(incident: IncidentId): Promise<Tally | null>;
  /** Firing alerts of a source that were not told since, by incident; `since` is the earliest last time. */
  unreported(
    source: string,
    before: string,
  ): Promise<readonly { readonly incident: IncidentId; readonly count: number; readonly since: string }[]>;
  /** The Watchdogs of a source: alerts that fire always, to show that alerting works. */
  watchdogs(source: string): Promise<readonly AlertMemory[]>;
  /** An incident's alerts belong to another one from now on: all, or those of one problem. Twice is harmless. */
  move(from: IncidentId, to: IncidentId, problem: string | null): Promise<void>;
};
