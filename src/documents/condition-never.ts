import { bodyOf, childrenOf, type Expression } from '../core/condition-shape.ts';
import { compile, evaluate } from '../core/conditions.ts';
import { CONDITION_FIELDS, CONDITION_NAMES } from '../core/policy-scope.ts';
import { at, type Cursor, items, text, warning } from './cursor.ts';
import { didYouMean } from './nearest.ts';

/** Tells of conditions that never hold: such a policy denies all that they are asked of. */
export function tellNeverTrue(root: Cursor): void {
  for (const condition of items(at(root, 'conditions'))) {
    const cursor = at(condition, 'expression');
    const made = compile(text(cursor), CONDITION_NAMES);
    if (!made.ok) continue;
    const { compiled } = made;
    if (compiled.names.length === 0 && evaluate(compiled, {}).holds !== true)
      warning(cursor, 'never holds, whatever the change is, so it denies every one');
    for (const [name, field] of unknownFields(compiled.expression))
      warning(
        cursor,
        `${name} has no field ${field}${didYouMean(field, CONDITION_FIELDS[name] ?? [])}; where it is asked for, the change is denied`,
      );
  }
}

/** What is read of names whose fields are known, and is none of them; `has(…)` may ask for anything. */
function unknownFields(expression: Expression): readonly (readonly [string, string])[] {
  const { exprKind } = expression;
  const own: (readonly [string, string])[] = [];
  if (exprKind.case === 'selectExpr' && !exprKind.value.testOnly) {
    const { operand, field } = exprKind.value;
    const name = operand?.exprKind.case === 'identExpr' ? operand.exprKind.value.name : '';
    if (CONDITION_FIELDS[name]?.includes(field) === false) own.push([name, field]);
  }
  const body = exprKind.case === 'comprehensionExpr' ? bodyOf(exprKind.value) : [];
  return [...own, ...[...childrenOf(expression), ...body].flatMap(unknownFields)];
}
