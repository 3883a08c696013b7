import { QueryError } from './error.ts';
import {
  AGGREGATIONS,
  BINARY_OPERATORS,
  type LabelMatcher,
  type MatchOperator,
  type Query,
} from './syntax.ts';
import { durationMs, type Token, tokensOf, unquoted } from './tokens.ts';

/** How many arguments each function takes. */
const FUNCTIONS: Record<string, number> = {
  rate: 1,
  increase: 1,
  max_over_time: 1,
  min_over_time: 1,
  avg_over_time: 1,
  histogram_quantile: 2,
  absent: 1,
};

const STRENGTH: Record<string, number> = { '+': 2, '-': 2, '*': 3, '/': 3, '%': 3 };
const NOT_HERE = new Set([
  'and',
  'or',
  'unless',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'offset',
  '@',
  '^',
]);
const MATCH_OPERATORS: readonly string[] = ['=', '!=', '=~', '!~'];

function isMatchOperator(text: string): text is MatchOperator {
  return MATCH_OPERATORS.includes(text);
}

/** Parses a query; throws QueryError for what is wrong and for what this Prometheus does not take. */
export function parseQuery(text: string): Query {
  const tokens = tokensOf(text);
  let index = 0;
  const peek = (): Token => tokens[index] ?? { kind: 'end', text: 'end of input', at: text.length + 1 };
  const take = (): Token => {
    const token = peek();
    index += 1;
    return token;
  };
  const fail = (token: Token): QueryError => {
    if (NOT_HERE.has(token.text)) {
      return new QueryError(
        `1:${token.at}: parse error: "${token.text}" is not in the playground's part of PromQL`,
      );
    }
    return new QueryError(
      `1:${token.at}: parse error: unexpected ${token.kind === 'end' ? '' : '"'}${token.text}${token.kind === 'end' ? '' : '"'}`,
    );
  };
  const expect = (sign: string): Token => {
    const token = take();
    if (token.text !== sign || token.kind === 'text') throw fail(token);
    return token;
  };
  const isNext = (sign: string): boolean => peek().kind !== 'text' && peek().text === sign;

  function binary(weakest: number): Query {
    let left = unary();
    for (;;) {
      const token = peek();
      const operator = BINARY_OPERATORS.find((one) => token.kind === 'sign' && one === token.text);
      const strength = STRENGTH[token.text] ?? 1;
      if (operator === undefined || strength < weakest) return left;
      take();
      const bool = isNext('bool') && strength === 1;
      if (bool) take();
      left = { kind: 'binary', operator, bool, left, right: binary(strength + 1) };
    }
  }

  function unary(): Query {
    if (!isNext('-')) return primary();
    take();
    return {
      kind: 'binary',
      operator: '*',
      bool: false,
      left: { kind: 'number', value: -1 },
      right: primary(),
    };
  }

  function primary(): Query {
    const token = peek();
    if (token.kind === 'number') return { kind: 'number', value: Number(take().text) };
    if (isNext('(')) {
      take();
      const inner = binary(1);
      expect(')');
      return inner;
    }
    if (isNext('{')) return selector(undefined);
    if (token.kind !== 'name' || NOT_HERE.has(token.text)) throw fail(token);
    take();
    const how = AGGREGATIONS.find((one) => one === token.text);
    if (how !== undefined && (isNext('(') || isNext('by') || isNext('without'))) return aggregate(how);
    return isNext('(') ? call(token) : selector(token.text);
  }

  function names(): string[] {
    const found: string[] = [];
    expect('(');
    while (!isNext(')')) {
      const token = take();
      if (token.kind !== 'name') throw fail(token);
      found.push(token.text);
      if (!isNext(')')) expect(',');
    }
    take();
    return found;
  }

  function aggregate(how: (typeof AGGREGATIONS)[number]): Query {
    let grouping: { by: string[]; without: boolean } | undefined;
    const group = () => {
      if (grouping !== undefined || !(isNext('by') || isNext('without'))) return;
      const without = take().text === 'without';
      grouping = { by: names(), without };
    };
    group();
    expect('(');
    const of = binary(1);
    expect(')');
    group();
    return { kind: 'aggregate', how, ...(grouping ?? { by: [], without: false }), of };
  }

  function call(token: Token): Query {
    const wanted = FUNCTIONS[token.text];
    if (wanted === undefined)
      throw new QueryError(`1:${token.at}: parse error: unknown function with name "${token.text}"`);
    expect('(');
    const args: Query[] = [];
    while (!isNext(')')) {
      args.push(binary(1));
      if (!isNext(')')) expect(',');
    }
    take();
    if (args.length !== wanted) {
      throw new QueryError(
        `1:${token.at}: parse error: expected ${wanted} argument(s) in call to "${token.text}", got ${args.length}`,
      );
    }
    return { kind: 'call', name: token.text, args };
  }

  function matchers(): LabelMatcher[] {
    const found: LabelMatcher[] = [];
    expect('{');
    while (!isNext('}')) {
      const label = take();
      const operator = take();
      const value = take();
      if (label.kind !== 'name') throw fail(label);
      if (!isMatchOperator(operator.text)) throw fail(operator);
      if (value.kind !== 'text') throw fail(value);
      found.push({ label: label.text, operator: operator.text, value: unquoted(value.text) });
      if (!isNext('}')) expect(',');
    }
    take();
    return found;
  }

  function selector(name: string | undefined): Query {
    const found = isNext('{') ? matchers() : [];
    if (name === undefined && found.length === 0) {
      throw new QueryError('1:1: parse error: vector selector must contain at least one non-empty matcher');
    }
    if (!isNext('[')) return { kind: 'selector', name, matchers: found, rangeMs: undefined };
    take();
    const duration = take();
    if (duration.kind !== 'duration') throw fail(duration);
    expect(']');
    return { kind: 'selector', name, matchers: found, rangeMs: durationMs(duration.text) };
  }

  const query = binary(1);
  if (peek().kind !== 'end') throw fail(peek());
  return query;
}
