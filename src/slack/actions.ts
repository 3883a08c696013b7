import type { SlackChannel, SlackUser } from '../core/actor.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import type { Severity } from '../core/severity.ts';
import type { IsNew } from '../flow/answer.ts';
import type { Declaration } from '../flow/declare-incident.ts';

/** A plain sentence for the person who asked, shown to them alone; null when the channel shows it anyway. */
export type Answer = { readonly says: string } | null;

/** An incident that a person had opened; its channel follows. */
export type Opened = { readonly opened: Incident };

/**
 * What people can do in Slack, as the use cases offer it. A plan's id comes from a button as it is, so it may be
 * unknown. An action that throws is told to the person as "that did not work".
 */
export type SlackActions = {
  vote(input: {
    readonly plan: string;
    readonly vote: 'approve' | 'reject';
    readonly voter: SlackUser;
    readonly reason: string | null;
  }): Promise<Answer>;
  /** A new plan for one that is expired or voided. */
  refreshPlan(input: { readonly plan: string; readonly by: SlackUser }): Promise<Answer>;
  /** A plan that takes a succeeded one back. */
  undo(input: { readonly plan: string; readonly by: SlackUser }): Promise<Answer>;
  openChannel(input: { readonly incident: IncidentId; readonly by: SlackUser }): Promise<Answer>;
  resolve(input: { readonly incident: IncidentId; readonly by: SlackUser }): Promise<Answer>;
  /** The person becomes the incident's lead. */
  take(input: { readonly incident: IncidentId; readonly by: SlackUser }): Promise<Answer>;
  note(input: {
    readonly incident: IncidentId;
    readonly text: string;
    readonly by: SlackUser;
  }): Promise<Answer>;
  declare(input: {
    readonly declaration: Declaration;
    readonly by: SlackUser;
  }): Promise<Opened | { readonly says: string }>;
  /** The first becomes part of the second. */
  merge(input: {
    readonly incident: IncidentId;
    readonly into: IncidentId;
    readonly by: SlackUser;
  }): Promise<Answer>;
  /** `which`: the number or words of a joined problem; nothing lists them. */
  split(input: {
    readonly incident: IncidentId;
    readonly which: string;
    readonly by: SlackUser;
  }): Promise<Opened | { readonly says: string }>;
  /** `problem` is what the button carries of it. */
  separate(input: {
    readonly incident: IncidentId;
    readonly problem: string;
    readonly by: SlackUser;
  }): Promise<Opened | { readonly says: string }>;
  setSeverity(input: {
    readonly incident: IncidentId;
    readonly to: Severity;
    readonly why: string | null;
    readonly by: SlackUser;
  }): Promise<Answer>;
  reopen(input: {
    readonly incident: IncidentId;
    readonly why: string | null;
    readonly by: SlackUser;
  }): Promise<Answer>;
  pickCluster(input: {
    readonly incident: IncidentId;
    readonly cluster: string;
    readonly by: SlackUser;
  }): Promise<Answer>;
  /** Lifts freezes and hourly limits in one incident; `minutes` null: as long as the settings say. */
  breakGlass(input: {
    readonly incident: IncidentId;
    readonly minutes: number | null;
    readonly reason: string;
    readonly by: SlackUser;
    readonly isNew: IsNew;
  }): Promise<Answer>;
  pause(input: { readonly reason: string; readonly by: SlackUser }): Promise<Answer>;
  resume(input: { readonly by: SlackUser; readonly isNew: IsNew }): Promise<Answer>;
  /** A person wrote in a channel, which may be no incident's. `ts` is the message's. */
  spoke(input: {
    readonly channel: SlackChannel;
    readonly user: SlackUser;
    readonly ts: string;
  }): Promise<void>;
  incidentIn(channel: SlackChannel): Promise<Incident | null>;
  /** Those that are not resolved, newest first. */
  incidents(): Promise<readonly Incident[]>;
  incident(id: IncidentId): Promise<Incident | null>;
  incidentOfPlan(plan: string): Promise<Incident | null>;
};
