import type { ActionType } from '../core/operation.ts';
import { checkLine } from './check-line.ts';
import { at, type Cursor, error, present, text } from './cursor.ts';
import { knownPlaceholders } from './placeholders.ts';
import { inputTypes, type Scope } from './runbook-names.ts';

/** An input that is all of a JSON text; a number has no quotes. */
const WHOLE_INPUT = /"(\{\{ *([A-Za-z][A-Za-z0-9_-]*) *\}\})"/g;

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

/** A command that must be a change of the given type: the action's `run`, with its `patch` where it has one. */
export function changeLine(action: Cursor, scope: Scope, type: ActionType): string {
  const run = at(action, 'run');
  const patch = at(action, 'patch');
  const cursor = present(patch) ? withPatch(run, patch, scope) : run;
  const verdict = cursor === null ? null : judged(cursor, scope);
  if (verdict !== null && verdict.action === null)
    error(run, 'this command only reads; it belongs in "diagnose"');
  else if (verdict !== null && verdict.action !== type)
    error(run, `this command is a ${verdict.action}, but the action's type is ${type}`);
  return text(cursor ?? run);
}

/** The line with the action's own object as its patch, at the object's place: there its faults are told. */
function withPatch(run: Cursor, patch: Cursor, scope: Scope): Cursor | null {
  const line = text(run).trim();
  const json = JSON.stringify(patch.value).replaceAll(WHOLE_INPUT, (whole, input: string, name: string) =>
    scope.inputs[name]?.type === 'integer' ? input : whole,
  );
  if (!line.startsWith('kubectl patch ') || json.includes("'")) {
    error(patch, 'a patch belongs to a "kubectl patch" line without -p, and has no single quotes');
    return null;
  }
  return { ...patch, value: `${line} -p '${json}'` };
}
