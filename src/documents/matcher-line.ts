import { parseMatchers } from '../core/matcher.ts';
import type { Matcher } from '../core/runbook.ts';
import { type Cursor, error, text } from './cursor.ts';

/** The matchers of one line, as a list of one; none where the line does not hold. */
export function readMatchers(line: Cursor): readonly (readonly Matcher[])[] {
  if (text(line) === '') return [];
  const parsed = parseMatchers(text(line));
  if (parsed.ok) return [parsed.matchers];
  error(line, `not a line of matchers: ${parsed.says}`, parsed.column);
  return [];
}
