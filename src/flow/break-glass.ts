import type { Actor } from '../core/actor.ts';
import type { BreakGlassRules } from '../core/break-glass.ts';
import { eligible } from '../core/eligibility.ts';
import type { IncidentId } from '../core/ids.ts';
import { redactText } from '../core/redact.ts';
import type { Person } from '../core/team.ts';
import { act } from './act.ts';
import type { IsNew } from './answer.ts';
import { type Approving, membersOf } from './approve.ts';

export type BreakingGlass = Approving & { readonly breakGlass: BreakGlassRules | null };

/** Breaks the glass for one incident, for minutes, where firstmate.yaml names the person's team for it. */
export async function breakGlass(
  breaking: BreakingGlass,
  asked: {
    readonly incident: IncidentId;
    readonly minutes: number | null;
    readonly reason: string;
    readonly person: Person;
    readonly actor: Actor;
    readonly isNew: IsNew;
  },
): Promise<{ readonly says: string }> {
  const rules = breaking.breakGlass;
  if (rules === null)
    return { says: 'Nobody may break the glass here: firstmate.yaml has no break_glass with teams.' };
  if (asked.reason.trim() === '')
    return {
      says: 'Say why, for everybody and for the review: break-glass 15 the release freeze blocks the fix',
    };
  const minutes = asked.minutes ?? rules.minutes;
  if (minutes < 1 || minutes > rules.mostMinutes)
    return { says: `For at least 1 and at most ${rules.mostMinutes} minutes.` };
  const requirement = { by: 'break_glass', teams: rules.teams, quorum: 1 };
  const members = await membersOf(breaking, [requirement], 'now');
  const standing = eligible(asked.person, members, requirement);
  if (!standing.counts) return { says: standing.says };
  if (!(await asked.isNew()))
    return {
      says: 'Slack brought this late, so you may have said it some time ago. The glass is whole; say it again.',
    };
  const until = new Date(Date.parse(breaking.clock.now()) + minutes * 60_000).toISOString();
  const glass = {
    by: asked.person.slack,
    name: asked.person.name,
    reason: redactText(asked.reason.trim()),
    until,
    teams: rules.teams,
  };
  const acted = await act(
    breaking,
    asked.incident,
    { do: 'break_glass', glass },
    { actor: asked.actor, cause: null },
  );
  if (acted.status === 'no_such_incident') return { says: `There is no incident ${asked.incident}.` };
  if (acted.status === 'refused') return { says: acted.refusal.says };
  return {
    says: `For ${minutes} ${minutes === 1 ? 'minute' : 'minutes'} freezes and hourly limits do not hold in ${asked.incident}, and one of ${rules.teams.join(', ')} approves alone. Press Refresh on a plan that waits. Everybody is told, and the review will ask why.`,
  };
}
