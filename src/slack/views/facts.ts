import type { Team, TeamMembers } from '../../core/team.ts';

/** What the views need beside the incident itself. */
export type ViewFacts = {
  readonly now: string;
  readonly teams: readonly Team[];
  /** A team's name. */
  readonly defaultResponder: string | null;
  /** Members of the teams that a card names, as Slack says now. */
  readonly members: ReadonlyMap<string, TeamMembers>;
};

/** The names of the buttons: what a click's `action_id` is. */
export const ACTION = {
  approve: 'approve_plan',
  reject: 'reject_plan',
  refresh: 'refresh_plan',
  undo: 'undo_plan',
  showPlan: 'show_plan',
  /** Followed by the step's place: action ids must differ within a message. */
  showStep: 'show_step_',
  takeLead: 'take_lead',
  resolve: 'resolve_incident',
  openChannel: 'open_channel',
} as const;
