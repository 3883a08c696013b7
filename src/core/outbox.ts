import type { IncidentId, PlanId } from './ids.ts';

/**
 * One message that must leave, in order within its lane. A `refresh` brings an earlier post up to date;
 * what it says is drawn from the incident's state when it is sent, so of several waiting ones the last is enough.
 */
export type OutboxMessage = {
  /** Unique for ever: the same decision made twice puts it once. Posts carry it in their Slack metadata. */
  readonly key: string;
  /** Messages of one lane leave one after the other. */
  readonly lane: string;
  readonly incident: IncidentId | null;
  readonly intent: OutboxIntent;
};

/** The messages that are edited in place, by what they show. */
export type View = 'header' | 'diagnosis' | 'finding' | 'card' | 'line' | 'review';

export type OutboxIntent =
  | { readonly kind: 'open_channel' }
  | { readonly kind: 'set_topic' }
  | { readonly kind: 'invite' }
  /** Who is on call in a team whose service turned out to be concerned. */
  | { readonly kind: 'invite_team'; readonly team: string }
  | { readonly kind: 'post'; readonly view: View; readonly plan: PlanId | null }
  /** `post` is the key of the post that it edits. */
  | { readonly kind: 'refresh'; readonly view: View; readonly plan: PlanId | null; readonly post: string }
  | { readonly kind: 'pin'; readonly post: string }
  /** A line of our own in the incidents channel: a broken document, a refused delivery, a pause. */
  | { readonly kind: 'notice'; readonly text: string }
  /** The ledger's head in the incidents channel: `after` is the key of the message that it replaces, null for the first. */
  | { readonly kind: 'publish_head'; readonly head: LedgerHead; readonly after: string | null };

/** What is published of a checkpoint: its number, its time and its hash. */
export type LedgerHead = { readonly n: number; readonly at: string; readonly hash: string };

/** Where a post ended up, or the channel that was made. */
export type SentResult = { readonly channel: string; readonly ts: string | null; readonly sentAt: string };
