import type { Incident } from '../incident.ts';
import type { OutboxMessage, SentResult } from '../outbox.ts';
import type { Person, Team, TeamMembers } from '../team.ts';

/** Whether trying again can help is said here, by the side that knows Slack's answers. */
export type SendEnd =
  | { readonly status: 'sent'; readonly result: SentResult; readonly channel?: OpenedChannel }
  /** Slack did not take it, for certain; the same again after the wait. */
  | { readonly status: 'later'; readonly afterMs: number; readonly says: string }
  /** It may have arrived: `find` before the next try. */
  | { readonly status: 'unknown'; readonly afterMs: number; readonly says: string }
  | { readonly status: 'refused'; readonly says: string };

export type OpenedChannel = {
  readonly enterprise: string | null;
  readonly team: string;
  readonly channel: string;
  readonly name: string;
};

/** What a message is drawn from: the incident now, and where earlier posts went. */
export type SendContext = {
  readonly incident: Incident | null;
  /** Channel of the incident, or where the message goes; null when there is none (yet). */
  readonly resultOf: (key: string) => Promise<SentResult | null>;
  readonly now: string;
};

/** Slack, as the outbox sees it. Never throws for what Slack can answer. */
export type Messenger = {
  send(message: OutboxMessage, context: SendContext): Promise<SendEnd>;
  /** Looks in Slack for a message whose sending has no known end; null when it is not there. */
  find(message: OutboxMessage, context: SendContext): Promise<SendEnd | null>;
};

/** `lately`: what Slack said some minutes ago is good enough. `now`: Slack is asked. */
export type AsOf = 'lately' | 'now';

/** Who people are and which teams they are in, as Slack says; `lately` when left out. */
export type People = {
  person(user: string, asOf?: AsOf): Promise<Person | null>;
  members(team: Team, asOf?: AsOf): Promise<TeamMembers>;
};
