import type { OutboxMessage, SentResult } from '../outbox.ts';

/**
 * `sending` without an end means: it may have arrived; look before sending again.
 * `dropped`: given up for a reason that does not pass, or a later refresh says it all.
 */
export type OutboxRow = OutboxMessage & {
  readonly state: 'pending' | 'sending' | 'sent' | 'dropped';
  readonly attempts: number;
  /** Not to be tried before; ISO 8601. */
  readonly notBefore: string | null;
};

export type Outbox = {
  /** Lanes with something pending or sending. */
  lanes(): Promise<readonly string[]>;
  /** The oldest of a lane that is neither sent nor dropped. */
  head(lane: string): Promise<OutboxRow | null>;
  /** Whether a later message of the lane refreshes the same post. */
  superseded(row: OutboxRow): Promise<boolean>;
  claim(key: string, at: string): Promise<void>;
  sent(key: string, result: SentResult, at: string): Promise<void>;
  /** Back to pending after a definite refusal. */
  retryAt(key: string, notBefore: string): Promise<void>;
  dropped(key: string, says: string, at: string): Promise<void>;
  /** Where a sent post is; null when it is not sent. */
  result(key: string): Promise<SentResult | null>;
  /** The newest of a lane, whatever became of it; null when it never had one. */
  newest(lane: string): Promise<{ readonly key: string; readonly putAt: string } | null>;
  /** For notices, which belong to no event. A key that is known already is left as it is. */
  put(messages: readonly OutboxMessage[], at: string): Promise<void>;
};
