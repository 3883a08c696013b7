import { type CompiledCondition, compile, evaluate } from '../conditions.ts';
import type { JsonObject } from '../json.ts';
import type { PolicyCondition } from '../policy.ts';
import { CONDITION_NAMES, conditionScopes } from '../policy-scope.ts';
import { allows, denies, type Guard, restrictionsOn } from './guard.ts';

const RULE = 'policy.conditions';

const compiled = new WeakMap<PolicyCondition, CompiledCondition>();

function compiledOf(condition: PolicyCondition): CompiledCondition {
  const known = compiled.get(condition);
  if (known !== undefined) return known;
  const made = compile(condition.expression, CONDITION_NAMES);
  compiled.set(condition, made);
  return made;
}

/** Every condition must be true for every object; one that cannot be answered is not. */
export const policyConditions: Guard = (input) => {
  const conditions = restrictionsOn(input).flatMap((one) => one.conditions ?? []);
  if (conditions.length === 0) return null;
  const scopes = conditionScopes(input);
  const failing = conditions.flatMap((condition) => objection(condition, scopes) ?? []);
  if (failing.length > 0) return denies(RULE, failing.join('; '));
  return allows(RULE, conditions.map(({ expression, message }) => message ?? expression).join('; '));
};

function objection(condition: PolicyCondition, scopes: readonly JsonObject[]): string | null {
  const text = condition.message ?? `it has to be so that ${condition.expression}`;
  const made = compiledOf(condition);
  if (!made.ok) return `${text} (it cannot be asked: ${made.says})`;
  for (const scope of scopes) {
    const outcome = evaluate(made.compiled, scope);
    if (outcome.holds === null) return `${text} (it cannot be answered: ${outcome.fault})`;
    if (!outcome.holds) return text;
  }
  return null;
}
