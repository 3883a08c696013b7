import type { ChainFault } from '../chain.ts';
import type { NewEvent, TimelineEvent } from '../events.ts';
import type { IncidentId, PlanId, Stream } from '../ids.ts';
import type { Incident } from '../incident.ts';

export type Appended =
  | {
      readonly status: 'appended';
      readonly events: readonly TimelineEvent[];
      readonly incident: Incident | null;
    }
  /** Somebody was first: load again and decide again. `open_elsewhere`: an open incident has that correlation key. */
  | { readonly status: 'conflict'; readonly reason: 'seq' | 'open_elsewhere' };

/** How many changes were begun lately, for the limits of policies. */
export type ChangeCount = {
  /** Executions of a service's plans in a cluster that started after `since` (ISO 8601), however they ended. */
  changesSince(about: {
    readonly service: string;
    readonly cluster: string;
    readonly since: string;
  }): Promise<number>;
};

/** The timeline, seen from the use cases. Everything is on disk when a promise resolves. */
export type Ledger = ChangeCount & {
  /**
   * One transaction: the events, the query tables, the outbox rows that core/announce.ts derives.
   * `expectedSeq` is the stream's last sequence number as the caller knows it, 0 for a new stream.
   * @throws StoreUnavailable when the disk does not take it
   */
  append(
    stream: Stream,
    expectedSeq: number,
    events: readonly NewEvent[],
    recordedAt: string,
  ): Promise<Appended>;
  load(id: IncidentId): Promise<Incident | null>;
  events(stream: Stream): Promise<readonly TimelineEvent[]>;
  /** The first event of a stream that lies on disk otherwise than it was appended, read anew; null when none does. */
  firstBroken(stream: Stream): Promise<ChainFault | null>;
  /** The last sequence number of a stream, 0 when it is empty. */
  lastSeq(stream: Stream): Promise<number>;
  /** Incidents that something may still have to be done for: not resolved, or without a review. */
  unfinished(): Promise<readonly IncidentId[]>;
  /** Those whose `wakeAt` (core/next.ts) is at or before `now`. */
  due(now: string): Promise<readonly IncidentId[]>;
  openByCorrelationKey(key: string): Promise<IncidentId | null>;
  /** The newest that has or had it. */
  lastByCorrelationKey(key: string): Promise<IncidentId | null>;
  /** The number that the year's next incident gets. */
  nextNumber(year: number): Promise<number>;
  incidentOfPlan(plan: PlanId): Promise<IncidentId | null>;
  incidentOfChannel(team: string, channel: string): Promise<IncidentId | null>;
  /** Whether writes are paused, by the system stream's last word on it. */
  paused(): Promise<{ readonly reason: string; readonly since: string } | null>;
};

/** The store did not take a write (disk full, locked, read-only). Nothing of it is kept; the same again may succeed. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
