import type { SlackUser } from './actor.ts';

/** Who broke the glass for one incident, why, and until when (ISO 8601 in UTC). */
export type BreakGlass = {
  readonly by: SlackUser;
  readonly name: string;
  readonly reason: string;
  readonly until: string;
  /** Any member of these teams of firstmate.yaml approves alone while it holds. */
  readonly teams: readonly string[];
};

/** Who may break the glass, and for how long; null in the settings: nobody. */
export type BreakGlassRules = {
  readonly teams: readonly string[];
  readonly minutes: number;
  readonly mostMinutes: number;
};

/**
 * What a broken glass lifts, beside the list of approvers and a limit on changes an hour: what was decided for quiet
 * times, and a threshold that an incident has already broken. Everything that keeps a change from being the wrong one holds as ever.
 */
const LIFTED: ReadonlySet<string> = new Set(['policy.freeze', 'safety.slo']);

export function lifts(rule: string): boolean {
  return LIFTED.has(rule);
}

/** The broken glass that holds now; null when there is none or its time is over. */
export function inForce(broken: BreakGlass | null, now: string): BreakGlass | null {
  return broken !== null && Date.parse(now) < Date.parse(broken.until) ? broken : null;
}

export function liftedSays(broken: BreakGlass, says: string): string {
  return `lifted by ${broken.name}, who broke the glass (${broken.reason}): ${says}`;
}
