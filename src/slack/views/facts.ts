import type { Team, TeamMembers } from '../../core/team.ts';

/** What the views need beside the incident itself. */
export type ViewFacts = {
  readonly now: string;
  /** Names of the configured clusters. */
  readonly clusters: readonly string[];
  /** The channel of the incident that this one was merged into; null where there is none. */
  readonly into: string | null;
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
  /** Followed by its place on the header. */
  separate: 'separate_problem_',
  /** Followed by its place, or by nothing for the list. */
  pickCluster: 'pick_cluster_',
} as const;
