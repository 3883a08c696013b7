import { type CelInput, celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import { estimateSteps } from './condition-cost.ts';
import { type Expression, shapeFault } from './condition-shape.ts';
import type { Json, JsonObject } from './json.ts';

const MAX_LENGTH = 1000;
/** About a quarter of a second: an evaluation cannot be interrupted. */
export const MAX_STEPS = 500_000;

type Run = (bindings: { readonly [name: string]: CelInput }) => unknown;

/** A condition that is well formed and names only variables that exist. */
export type Compiled = {
  readonly text: string;
  readonly expression: Expression;
  /** The variables that the text really names. */
  readonly names: readonly string[];
  readonly run: Run;
};
export type CompiledCondition =
  | { readonly ok: true; readonly compiled: Compiled }
  | { readonly ok: false; readonly says: string; readonly column: number };

/** `holds` is null where the condition could not be answered; that never counts as true. */
export type Outcome =
  | { readonly holds: true }
  | { readonly holds: false }
  | { readonly holds: null; readonly fault: string };

const environment = celEnv();

function parseFault(error: unknown): { says: string; column: number } {
  const says = error instanceof Error && 'rawMessage' in error ? String(error.rawMessage) : String(error);
  const column = /<input>:\d+:(\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return { says, column: column === undefined ? 1 : Number(column) };
}

/**
 * Reads a CEL condition (https://cel.dev). Refused: names that are not variables, functions that do not exist,
 * more than 1000 characters, loops nested deeper than two. `column` starts at 1.
 */
export function compile(text: string, variables: Iterable<string>): CompiledCondition {
  if (text.length > MAX_LENGTH)
    return { ok: false, says: `a condition may have ${MAX_LENGTH} characters`, column: MAX_LENGTH };
  try {
    const parsed = parse(text);
    const shape = shapeFault(parsed, new Set(variables));
    if (!shape.ok) return shape;
    const run = plan(environment, parsed);
    return {
      ok: true,
      compiled: {
        text,
        expression: parsed.expr,
        names: shape.names,
        run: (bindings) => run({ ...bindings }),
      },
    };
  } catch (error) {
    return { ok: false, ...parseFault(error) };
  }
}

const bound = new WeakMap<object, CelInput>();

// CEL tells int from double and a JSON number does not: a whole number becomes an int, which compares with both.
function bind(value: Json): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const known = bound.get(value);
  if (known !== undefined) return known;
  const made: CelInput = Array.isArray(value)
    ? value.map(bind)
    : new Map(Object.entries(value).map(([key, member]) => [key, bind(member)]));
  bound.set(value, made);
  return made;
}

/** Answers a condition over facts; `fault` says why there is no answer. Facts must not change afterwards. */
export function evaluate(condition: Compiled, scope: JsonObject): Outcome {
  const facts: { [name: string]: Json } = {};
  for (const name of condition.names) {
    const value = Object.hasOwn(scope, name) ? scope[name] : undefined;
    if (value !== undefined) facts[name] = value;
  }
  const steps = estimateSteps(condition.expression, facts);
  if (steps > MAX_STEPS)
    return {
      holds: null,
      fault: `it would take about ${Math.round(steps).toLocaleString('en')} steps over what was read, more than ${MAX_STEPS.toLocaleString('en')}`,
    };
  try {
    const bindings: { [name: string]: CelInput } = {};
    for (const [name, value] of Object.entries(facts)) bindings[name] = bind(value);
    const result = condition.run(bindings);
    if (result === true) return { holds: true };
    if (result === false) return { holds: false };
    if (isCelError(result)) return { holds: null, fault: faultOf(result.message, condition, facts) };
    return { holds: null, fault: 'it is neither true nor false' };
  } catch (error) {
    return { holds: null, fault: error instanceof Error ? error.message : String(error) };
  }
}

function faultOf(message: string, condition: Compiled, facts: JsonObject): string {
  const missing = condition.names.filter((name) => !Object.hasOwn(facts, name));
  return missing.length > 0 ? `nothing is known of ${missing.join(', ')}` : message;
}
