import { type BreakGlass, inForce } from '../../core/break-glass.ts';
import type { Incident } from '../../core/incident.ts';
import { type Block, section } from './blocks.ts';
import type { ViewFacts } from './facts.ts';
import { person, prose, when } from './text.ts';

/** While the glass is broken everybody sees by whom, why, until when and what it lifts. */
export function brokenGlass(incident: Incident, { now }: Pick<ViewFacts, 'now'>): readonly Block[] {
  const broken = inForce(incident.breakGlass, now);
  if (broken === null) return [];
  const until = `Until ${when(broken.until)} freezes and hourly limits do not hold here, and one of ${prose(broken.teams.join(', '), 200)} approves alone.`;
  return [
    section(`⚠ *The glass is broken* by ${person(broken.by.user)}: ${prose(broken.reason, 300)}\n${until}`),
  ];
}

/** On the card of a plan that rests on it. */
export function underGlass(broken: BreakGlass | undefined): readonly Block[] {
  if (broken === undefined) return [];
  return [
    section(
      `⚠ Under the glass that ${person(broken.by.user)} broke until ${when(broken.until)}: ${prose(broken.reason, 300)}`,
    ),
  ];
}
