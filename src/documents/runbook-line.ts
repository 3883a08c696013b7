import type { ActionType } from '../core/operation.ts';
import { checkLine } from './check-line.ts';
import { type Cursor, error, text } from './cursor.ts';
import { knownPlaceholders } from './placeholders.ts';
import { inputTypes, type Scope } from './runbook-names.ts';

function judged(cursor: Cursor, scope: Scope) {
  if (text(cursor) === '' || !knownPlaceholders(cursor, Object.keys(scope.inputs), 'input')) return null;
  const verdict = checkLine(text(cursor), inputTypes(scope.inputs));
  if (verdict.ok) return verdict;
  error(cursor, verdict.says, verdict.column);
  return null;
}

/** A command that must only read. */
export function readLine(cursor: Cursor, scope: Scope): string {
  const verdict = judged(cursor, scope);
  if (verdict !== null && verdict.class !== 'read')
    error(
      cursor,
      'this command changes something; here only reading is allowed, changes belong in "actions"',
    );
  return text(cursor);
}

/** A command that must be a change of the given type. */
export function changeLine(cursor: Cursor, scope: Scope, type: ActionType): string {
  const verdict = judged(cursor, scope);
  if (verdict !== null && verdict.action === null)
    error(cursor, 'this command only reads; it belongs in "diagnose"');
  else if (verdict !== null && verdict.action !== type)
    error(cursor, `this command is a ${verdict.action}, but the action's type is ${type}`);
  return text(cursor);
}
