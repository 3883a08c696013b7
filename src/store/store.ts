import type { Chained, ChainFault } from '../core/chain.ts';
import type { Checkpoint, PublishedHead } from '../core/checkpoint.ts';
import type { IncidentStatus } from '../core/events.ts';
import type { Stream } from '../core/ids.ts';
import type { Alerts } from '../core/ports/alerts.ts';
import type { Inbox } from '../core/ports/inbox.ts';
import type { Ledger } from '../core/ports/ledger.ts';
import type { Outbox } from '../core/ports/outbox.ts';
import type { Severity } from '../core/severity.ts';

/**
 * `own`: the one process that runs the bot on this database. `read`: the command line beside it; it may append to
 * the system stream (pauses) and write checkpoints, both of which several processes can do at once.
 */
export type Mode = 'own' | 'read';

/** An incident in a list, as the query table has it. */
export type IncidentLine = {
  readonly id: string;
  readonly status: IncidentStatus;
  readonly severity: Severity;
  readonly title: string;
  readonly cluster: string;
  readonly service: string | null;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
};

/** Payloads of a stream that retention erased: how many, and the sequence numbers as `3-7, 9`. */
export type Erased = { readonly stream: string; readonly events: number; readonly seqs: string };

/** What `audit verify` found. `uncovered` events are newer than the last checkpoint. */
export type Verified = {
  readonly fault: ChainFault | null;
  readonly streams: number;
  readonly events: number;
  readonly erased: number;
  readonly erasedFrom: readonly Erased[];
  readonly checkpoints: number;
  readonly uncovered: number;
};

export type Store = {
  /** Its events come with their hashes. */
  readonly ledger: Omit<Ledger, 'events'> & { events(stream: Stream): Promise<readonly Chained[]> };
  readonly inbox: Inbox;
  readonly alerts: Alerts;
  readonly outbox: Outbox;
  /** Newest first; without `all` those that are not resolved. */
  incidents(which: { readonly all: boolean }): Promise<readonly IncidentLine[]>;
  /**
   * Chains the heads of all streams that changed since the last checkpoint; the last one when none did, null when
   * nothing ever happened. @throws StoreUnavailable
   */
  checkpoint(at: string): Promise<Checkpoint | null>;
  lastCheckpoint(): Promise<Checkpoint | null>;
  /** Those with a higher number than this, oldest first. */
  checkpointsAfter(n: number): Promise<readonly Checkpoint[]>;
  /** Recomputes chain, checkpoints, fold and query tables, on one consistent view; `published`: a hash, or several heads. */
  verify(published: string | readonly PublishedHead[] | null): Promise<Verified>;
  /** Writes a consistent copy while others go on. @throws StoreRefused when the file exists, StoreUnavailable */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
};

/** The store cannot be used like this: in use, too new, not a firstmate database. The message says what to do. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
}
