import { compile } from '../core/conditions.ts';
import {
  type Confidence,
  type DiagnosticStep,
  type HypothesisRule,
  type InputType,
  ROOT_CAUSE_CATEGORIES,
  type Runbook,
  type RunbookAction,
  type RunbookInput,
} from '../core/runbook.ts';
import { ACTION_TYPES } from '../core/write-operations.ts';
import { readCondition } from './condition-text.ts';
import {
  at,
  type Cursor,
  eachOnce,
  entries,
  error,
  flag,
  items,
  oneOf,
  present,
  text,
  warning,
} from './cursor.ts';
import { parseDuration } from './duration.ts';
import { didYouMean } from './nearest.ts';
import { knownPlaceholders } from './placeholders.ts';
import { changeLine, readLine } from './runbook-line.ts';
import { type Scope, takenName, variables } from './runbook-names.ts';

const INPUT_TYPES: readonly InputType[] = ['namespace', 'name', 'selector', 'integer'];
const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low'];

export function readInputs(cursor: Cursor): Runbook['inputs'] {
  const inputs: { [name: string]: RunbookInput } = {};
  for (const [name, input] of entries(cursor)) {
    const taken = takenName(name);
    if (taken !== null) error(input, `an input needs another name: ${taken}`);
    inputs[name] = {
      from: text(at(input, 'from')),
      type: oneOf(at(input, 'type'), INPUT_TYPES, 'name'),
      optional: flag(at(input, 'optional'), false),
    };
  }
  return inputs;
}

export function readDiagnose(cursor: Cursor, scope: Scope): readonly DiagnosticStep[] {
  const steps = items(cursor);
  eachOnce(
    steps.map((step) => at(step, 'id')),
    'a step',
  );
  const later = steps.filter((step) => present(at(step, 'when'))).map((step) => text(at(step, 'id')));
  return steps.map((step): DiagnosticStep => {
    const id = text(at(step, 'id'));
    const taken = Object.hasOwn(scope.inputs, id) ? `there is an input called "${id}"` : takenName(id);
    if (taken !== null) error(at(step, 'id'), `a step needs another name: ${taken}`);
    return {
      id,
      run: readLine(at(step, 'run'), scope),
      check: readCondition(at(step, 'check'), [...variables({ ...scope, steps: [] }), id, 'output']),
      when: readWhen(at(step, 'when'), scope, id, later),
      timeoutMs: parseDuration(text(at(step, 'timeout'))) ?? scope.stepTimeoutMs,
    };
  });
}

/** Steps with a condition run side by side, once the others are done: none of them can wait for another. */
function readWhen(cursor: Cursor, scope: Scope, id: string, later: readonly string[]): string | null {
  const condition = readCondition(cursor, variables(scope, id));
  const compiled = condition === null ? null : compile(condition, variables(scope, id));
  for (const name of compiled?.ok === true ? compiled.compiled.names : [])
    if (later.includes(name))
      warning(cursor, `"${name}" has a condition of its own, so it may not have run when this one is asked`);
  return condition;
}

export function readHypotheses(
  cursor: Cursor,
  scope: Scope,
  actions: readonly string[],
): readonly HypothesisRule[] {
  const rules = items(cursor);
  eachOnce(
    rules.map((rule) => at(rule, 'id')),
    'a hypothesis',
  );
  return rules.map((rule): HypothesisRule => {
    for (const proposed of items(at(rule, 'propose'))) {
      const name = text(proposed);
      if (name !== '' && !actions.includes(name))
        error(proposed, `there is no action called "${name}"${didYouMean(name, actions)}`);
    }
    knownPlaceholders(at(rule, 'says'), variables(scope), 'step or input');
    return {
      id: text(at(rule, 'id')),
      category: oneOf(at(rule, 'category'), ROOT_CAUSE_CATEGORIES, 'unknown'),
      when: readCondition(at(rule, 'when'), variables(scope)) ?? '',
      says: text(at(rule, 'says')),
      confidence: oneOf(at(rule, 'confidence'), CONFIDENCES, 'low'),
      propose: items(at(rule, 'propose')).map(text),
    };
  });
}

export function readActions(cursor: Cursor, scope: Scope): readonly RunbookAction[] {
  const actions = items(cursor);
  eachOnce(
    actions.map((action) => at(action, 'id')),
    'an action',
  );
  return actions.map((action): RunbookAction => {
    const type = oneOf(at(action, 'type'), ACTION_TYPES, 'rollback');
    return {
      id: text(at(action, 'id')),
      type,
      run: changeLine(action, scope, type),
      validate: readValidation(at(action, 'validate'), scope),
      rollback: oneOf(at(action, 'rollback'), ['previous', 'none'], 'none'),
      approvals: items(at(action, 'approvals')).map((approval) => ({ group: text(at(approval, 'group')) })),
    };
  });
}

function readValidation(cursor: Cursor, scope: Scope): RunbookAction['validate'] {
  if (!present(cursor)) return null;
  return {
    run: readLine(at(cursor, 'run'), scope),
    check: readCondition(at(cursor, 'check'), ['output', 'result']),
    withinMs: parseDuration(text(at(cursor, 'within'))) ?? 0,
  };
}
