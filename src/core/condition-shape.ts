import type { parse } from '@bufbuild/cel';

type Parsed = ReturnType<typeof parse>;
export type Expression = Parsed['expr'];
export type Comprehension = Extract<Expression['exprKind'], { case: 'comprehensionExpr' }>['value'];

export type Shape =
  | { readonly ok: true; readonly names: readonly string[] }
  | { readonly ok: false; readonly says: string; readonly column: number };

const MAX_NESTING = 2;
const MAX_DEPTH = 60;
const OPERATOR = /^(?:[_@!-].*)$/;
const OPERATORS_REFUSED: ReadonlySet<string> = new Set(['_[?_]', '_?._']);
const FUNCTIONS: ReadonlySet<string> = new Set([
  'size',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'int',
  'uint',
  'double',
  'string',
  'bool',
  'duration',
  'timestamp',
]);

class Refused extends Error {
  readonly id: bigint;
  constructor(says: string, id: bigint) {
    super(says);
    this.id = id;
  }
}

/** The parts of an expression that are evaluated once each time it is: a loop's body is not among them. */
export function childrenOf(expression: Expression): readonly Expression[] {
  const { exprKind } = expression;
  switch (exprKind.case) {
    case 'selectExpr':
      return present([exprKind.value.operand]);
    case 'callExpr':
      return present([exprKind.value.target, ...exprKind.value.args]);
    case 'listExpr':
      return exprKind.value.elements;
    case 'structExpr':
      return present(
        exprKind.value.entries.flatMap((entry) => [
          entry.keyKind.case === 'mapKey' ? entry.keyKind.value : undefined,
          entry.value,
        ]),
      );
    case 'comprehensionExpr':
      return present([exprKind.value.iterRange, exprKind.value.accuInit, exprKind.value.result]);
    default:
      return [];
  }
}

/** A loop's body: what runs once for each element. */
export function bodyOf(loop: Comprehension): readonly Expression[] {
  return present([loop.loopStep, loop.loopCondition]);
}

function present(expressions: readonly (Expression | undefined)[]): Expression[] {
  return expressions.filter((expression) => expression !== undefined);
}

/** Checks names, functions and nesting of a parsed condition; `names` are the variables that it uses. */
export function shapeFault(parsed: Parsed, variables: ReadonlySet<string>): Shape {
  const names = new Set<string>();
  const visit = (
    expression: Expression,
    locals: ReadonlySet<string>,
    nesting: number,
    depth: number,
  ): void => {
    const { exprKind, id } = expression;
    if (depth > MAX_DEPTH) throw new Refused('it is nested too deep', id);
    if (exprKind.case === 'identExpr') {
      const { name } = exprKind.value;
      if (locals.has(name)) return;
      if (!variables.has(name)) throw new Refused(unknownName(name, variables), id);
      names.add(name);
    }
    if (exprKind.case === 'callExpr') {
      const name = exprKind.value.function;
      const known = OPERATOR.test(name) ? !OPERATORS_REFUSED.has(name) : FUNCTIONS.has(name);
      if (!known)
        throw new Refused(`there is no function ${name}; there are ${[...FUNCTIONS].join(', ')}`, id);
    }
    if (exprKind.case === 'structExpr' && exprKind.value.messageName !== '')
      throw new Refused(`there is no type ${exprKind.value.messageName}`, id);
    if (exprKind.case === 'comprehensionExpr') {
      const loop = exprKind.value;
      if (nesting >= MAX_NESTING) throw new Refused(`loops may be nested ${MAX_NESTING} deep`, id);
      if (loop.iterRange !== undefined) visit(loop.iterRange, locals, nesting, depth + 1);
      const inner = new Set([...locals, loop.iterVar, loop.accuVar]);
      for (const part of bodyOf(loop)) visit(part, inner, nesting + 1, depth + 1);
      for (const part of present([loop.accuInit, loop.result])) visit(part, inner, nesting, depth + 1);
      return;
    }
    for (const child of childrenOf(expression)) visit(child, locals, nesting, depth + 1);
  };
  try {
    visit(parsed.expr, new Set(), 0, 0);
    return { ok: true, names: [...names] };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const offset = parsed.sourceInfo?.positions[String(error.id)];
    return { ok: false, says: error.message, column: (offset ?? 0) + 1 };
  }
}

function unknownName(name: string, variables: ReadonlySet<string>): string {
  const known = [...variables].sort();
  return `nothing is called ${name} here; ${known.length === 0 ? 'there are no variables' : `there are ${known.join(', ')}`}`;
}
