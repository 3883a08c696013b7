import { bodyOf, type Comprehension, childrenOf, type Expression } from './condition-shape.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** The values that an expression may have at some turn of the loops around it; null where that is not known. */
type Candidates = readonly Json[] | null;
type Known = {
  readonly facts: JsonObject;
  readonly locals: ReadonlyMap<string, Candidates>;
  readonly worst: Worst;
};
/** The largest that anything not known can be: what is in the facts, as often as the text can add it together. */
type Worst = { readonly size: number; readonly weight: number; readonly length: number };

/** cel-es appends to a list by wrapping it, so that reading what `map` and `filter` made is quadratic. */
const APPEND_SHARE = 16;
const TEXT_SHARE: { readonly [name: string]: number } = {
  matches: 10,
  size: 100,
  int: 100,
  double: 100,
  string: 100,
  timestamp: 100,
  duration: 100,
};

function candidates(expression: Expression, known: Known): Candidates {
  const { exprKind } = expression;
  switch (exprKind.case) {
    case 'constExpr': {
      const { constantKind } = exprKind.value;
      return [constantKind.case === 'stringValue' ? constantKind.value : true];
    }
    case 'identExpr': {
      const { name } = exprKind.value;
      if (known.locals.has(name)) return known.locals.get(name) ?? null;
      const value = known.facts[name];
      return value === undefined ? [] : [value];
    }
    case 'selectExpr': {
      const { operand, field, testOnly } = exprKind.value;
      if (operand === undefined || testOnly) return [true];
      const values = candidates(operand, known);
      return (
        values?.flatMap((value) => {
          const member = isJsonObject(value) ? value[field] : undefined;
          return member === undefined ? [] : [member];
        }) ?? null
      );
    }
    case 'callExpr': {
      const [whole] = exprKind.value.args;
      if (exprKind.value.function !== '_[_]' || whole === undefined) return null;
      return candidates(whole, known)?.flatMap(members) ?? null;
    }
    default:
      return null;
  }
}

function members(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? Object.values(value) : [];
}

/** What a loop's variable is bound to: a list's elements, a map's keys. */
function turnsOver(value: Json): readonly Json[] {
  return isJsonObject(value) ? Object.keys(value) : members(value);
}

function largest(values: readonly Json[], of: (value: Json) => number): number {
  return values.reduce<number>((most, value) => Math.max(most, of(value)), 0);
}

const textLength = (value: Json) => (typeof value === 'string' ? value.length : 0);

function weigh(value: Json): number {
  return members(value).reduce<number>((sum, member) => sum + weigh(member), 1);
}

type Measure = 'size' | 'weight' | 'length';
const MEASURES: { readonly [name in Measure]: (value: Json) => number } = {
  size: (value) => members(value).length,
  weight: weigh,
  length: textLength,
};

function measure(what: Measure, expression: Expression, known: Known): number {
  const values = candidates(expression, known);
  if (values !== null) return largest(values, MEASURES[what]);
  const { exprKind } = expression;
  if (exprKind.case === 'listExpr' && what === 'size') return exprKind.value.elements.length;
  if (exprKind.case === 'structExpr' && what === 'size') return exprKind.value.entries.length;
  if (exprKind.case === 'callExpr') {
    const { args } = exprKind.value;
    if (exprKind.value.function === '_+_')
      return args.reduce((sum, arg) => sum + measure(what, arg, known), 0);
    if (exprKind.value.function === '_?_:_')
      return Math.max(0, ...args.slice(1).map((arg) => measure(what, arg, known)));
  }
  if (exprKind.case === 'comprehensionExpr' && what === 'size' && exprKind.value.iterRange !== undefined)
    return measure('size', exprKind.value.iterRange, known);
  return known.worst[what];
}

function callSteps(name: string, operands: readonly Expression[], known: Known): number {
  const [left, right] = operands;
  if (left === undefined) return 1;
  if (right !== undefined && (name === '_==_' || name === '_!=_'))
    return Math.min(measure('weight', left, known), measure('weight', right, known));
  if (right !== undefined && name === '@in')
    return 1 + measure('size', right, known) * measure('weight', left, known);
  const share = TEXT_SHARE[name];
  if (share !== undefined) return (name === 'matches' ? 100 : 1) + measure('length', left, known) / share;
  if (name === 'contains' || name === 'startsWith' || name === 'endsWith') {
    const sought = right === undefined ? 0 : measure('length', right, known);
    return 1 + (measure('length', left, known) / 1000) * (1 + sought / 100);
  }
  return 1;
}

function loopSteps(loop: Comprehension, known: Known): number {
  if (loop.iterRange === undefined) return 1;
  const turns = measure('size', loop.iterRange, known);
  const elements = candidates(loop.iterRange, known)?.flatMap(turnsOver) ?? null;
  const inner: Known = {
    ...known,
    locals: new Map([...known.locals, [loop.iterVar, elements], [loop.accuVar, null]]),
  };
  const body = bodyOf(loop).reduce((sum, part) => sum + steps(part, inner), 0);
  const appends = loop.accuInit?.exprKind.case === 'listExpr' ? (turns * turns) / APPEND_SHARE : 0;
  return turns * body + appends;
}

function steps(expression: Expression, known: Known): number {
  const { exprKind } = expression;
  const own =
    exprKind.case === 'comprehensionExpr'
      ? loopSteps(exprKind.value, known)
      : exprKind.case === 'callExpr'
        ? callSteps(exprKind.value.function, childrenOf(expression), known)
        : 1;
  const parts = exprKind.case === 'comprehensionExpr' ? [exprKind.value.iterRange] : childrenOf(expression);
  return parts.reduce((sum, part) => sum + (part === undefined ? 0 : steps(part, known)), own);
}

function additions(expression: Expression): number {
  const { exprKind } = expression;
  const own = exprKind.case === 'callExpr' && exprKind.value.function === '_+_' ? 1 : 0;
  const body = exprKind.case === 'comprehensionExpr' ? bodyOf(exprKind.value) : [];
  return [...childrenOf(expression), ...body].reduce((sum, part) => sum + additions(part), own);
}

function worstOf(expression: Expression, facts: JsonObject): Worst {
  const most = { size: 0, length: 0 };
  const visit = (value: Json): void => {
    most.size = Math.max(most.size, members(value).length);
    most.length = Math.max(most.length, textLength(value));
    for (const member of members(value)) visit(member);
  };
  visit(facts);
  // A text of at most 1000 characters writes out no list and no string that is longer.
  const times = 1 + additions(expression);
  return {
    size: (most.size + 1000) * times,
    weight: (weigh(facts) + 1000) * times,
    length: (most.length + 1000) * times,
  };
}

/**
 * An upper bound, in steps of about half a microsecond, of what evaluating takes over these facts. Lists that
 * come from the facts are counted exactly; what an expression builds itself is bounded by what it builds from.
 */
export function estimateSteps(expression: Expression, facts: JsonObject): number {
  let worst: Worst | undefined;
  const lazily = () => {
    worst ??= worstOf(expression, facts);
    return worst;
  };
  return steps(expression, {
    facts,
    locals: new Map(),
    worst: {
      get size() {
        return lazily().size;
      },
      get weight() {
        return lazily().weight;
      },
      get length() {
        return lazily().length;
      },
    },
  });
}
