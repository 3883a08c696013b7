import { type Cursor, error, text } from './cursor.ts';
import { didYouMean } from './nearest.ts';

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Tells each `{{ name }}` of a text whose first segment is not among the known names. */
export function knownPlaceholders(cursor: Cursor, known: readonly string[], what: string): boolean {
  let fine = true;
  for (const match of text(cursor).matchAll(PLACEHOLDER)) {
    const path = match[1] ?? '';
    const [name = ''] = path.split(/[.[]/);
    if (known.includes(name)) continue;
    fine = false;
    const hint =
      didYouMean(name, known) ||
      (known.length === 0 ? '; there are none' : `; there are ${known.join(', ')}`);
    error(cursor, `{{ ${path} }} names no ${what}${hint}`, match.index + 1);
  }
  return fine;
}
