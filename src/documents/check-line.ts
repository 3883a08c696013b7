import { checkTemplate } from '../core/command/fill.ts';
import type { ActionType, OperationClass } from '../core/operation.ts';
import type { InputType } from '../core/runbook.ts';

/** What a command line of a document is, whatever values its inputs get. */
export type LineVerdict =
  | { readonly ok: true; readonly class: OperationClass; readonly action: ActionType | null }
  | { readonly ok: false; readonly says: string; readonly column: number };

/** Judges a kubectl line with placeholders by the grammar that runs it later. */
export function checkLine(line: string, inputs: { readonly [name: string]: InputType }): LineVerdict {
  const checked = checkTemplate(line, inputs);
  if ('verdict' in checked) return { ok: false, says: checked.reason, column: checked.column };
  return { ok: true, class: checked.class, action: checked.actionType };
}
