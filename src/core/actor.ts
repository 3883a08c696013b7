/** Slack ids are only unique within their workspace, so all three parts travel together. */
export type SlackUser = { readonly enterprise: string | null; readonly team: string; readonly user: string };
export type SlackChannel = {
  readonly enterprise: string | null;
  readonly team: string;
  readonly channel: string;
};

/** Who did it. `operator` is a person at the command line, `source` a sender of alerts. */
export type Actor =
  | { readonly kind: 'firstmate' }
  | { readonly kind: 'human'; readonly slack: SlackUser; readonly name: string }
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'source'; readonly name: string };

export type Human = Extract<Actor, { kind: 'human' }>;

export const FIRSTMATE: Actor = { kind: 'firstmate' };

/** The form of the audit record: `ai-operator/firstmate`, `human/U…`. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'firstmate':
      return 'ai-operator/firstmate';
    case 'human':
      return `human/${actor.slack.user}`;
    case 'operator':
      return `operator/${actor.name}`;
    case 'source':
      return `source/${actor.name}`;
  }
}

/** The person in Slack that it was; null for anybody else. */
export function slackUserOf(actor: Actor): SlackUser | null {
  return actor.kind === 'human' ? actor.slack : null;
}

export function sameSlackUser(a: SlackUser, b: SlackUser): boolean {
  return a.user === b.user && a.team === b.team && a.enterprise === b.enterprise;
}
