import { compile } from '../core/conditions.ts';
import { type Cursor, error, text } from './cursor.ts';

/** A condition's text, null where there is none; one that does not compile is told. */
export function readCondition(cursor: Cursor, variables: readonly string[]): string | null {
  const condition = text(cursor);
  if (condition === '') return null;
  const compiled = compile(condition, variables);
  if (!compiled.ok) error(cursor, `not a condition: ${compiled.says}`, compiled.column);
  return condition;
}
