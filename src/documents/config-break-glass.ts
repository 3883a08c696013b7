import type { BreakGlassRules } from '../core/break-glass.ts';
import { at, type Cursor, error, items, numberOrNull, present, text } from './cursor.ts';
import { didYouMean } from './nearest.ts';

const MINUTES = 15;
const MOST_MINUTES = 60;

/** `break_glass` of firstmate.yaml; null where it is left out. A team that is none would be nobody: a fault. */
export function readBreakGlass(cursor: Cursor, teams: readonly string[]): BreakGlassRules | null {
  if (!present(cursor)) return null;
  const named = items(at(cursor, 'teams'));
  for (const team of named) {
    const name = text(team);
    if (name !== '' && !teams.includes(name))
      error(team, `there is no team called "${name}"${didYouMean(name, teams)}`);
  }
  const most = numberOrNull(at(cursor, 'most_minutes'));
  const usual = numberOrNull(at(cursor, 'minutes'));
  const mostMinutes = most ?? Math.max(MOST_MINUTES, usual ?? 0);
  const minutes = usual ?? Math.min(MINUTES, mostMinutes);
  if (minutes > mostMinutes)
    error(
      at(cursor, 'minutes'),
      `minutes (${minutes}) is how long it holds where nobody says: at most most_minutes (${mostMinutes})`,
    );
  return { teams: named.map(text), minutes, mostMinutes };
}
