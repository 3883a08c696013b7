import type { SlackUser } from './actor.ts';

/** A team of firstmate.yaml: a Slack user group (its handle), member ids, or both. */
export type Team = {
  readonly name: string;
  readonly slackGroup: string | null;
  readonly members: readonly string[];
  /** Who is on call: a Slack user group's handle or a user id; null: the whole team. Of a team that has neither group nor members it is the team. */
  readonly oncall: string | null;
};

/** What Slack says of a person at this moment. Only an ordinary, present member of our workspace counts. */
export type Person = {
  readonly slack: SlackUser;
  readonly name: string;
  readonly bot: boolean;
  readonly guest: boolean;
  readonly deactivated: boolean;
  /** Of another workspace. */
  readonly stranger: boolean;
};

/** The members of a team now; unreadable fails closed. */
export type TeamMembers =
  | { readonly status: 'known'; readonly users: readonly string[] }
  | { readonly status: 'unreadable'; readonly says: string };

/** Whether a text is a Slack user's id; a group's handle is in small letters. */
export function isUser(text: string): boolean {
  return /^[UW][A-Z0-9]+$/.test(text);
}
