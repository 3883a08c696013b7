import { QueryError } from './error.ts';

export type Token = {
  kind: 'number' | 'text' | 'name' | 'duration' | 'sign' | 'end';
  text: string;
  /** Where it begins, counted from 1. */
  at: number;
};

const PATTERNS: readonly [Token['kind'] | 'space', RegExp][] = [
  ['space', /\s+|#[^\n]*/y],
  ['duration', /(?:\d+(?:ms|[smhdwy]))+(?![\w.])/y],
  ['number', /(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)(?![\w.])/y],
  ['name', /[a-zA-Z_:][\w:]*/y],
  ['text', /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y],
  ['sign', /==|!=|>=|<=|=~|!~|[-+*/%^(){}[\],=<>@:]/y],
];

/** Cuts a query into tokens; throws QueryError with the place of what it does not know. */
export function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  while (index < query.length) {
    const found = PATTERNS.flatMap(([kind, pattern]) => {
      pattern.lastIndex = index;
      const text = pattern.exec(query)?.[0];
      return text === undefined ? [] : [{ kind, text }];
    })[0];
    if (found === undefined) {
      throw new QueryError(`1:${index + 1}: parse error: unexpected character: '${query.charAt(index)}'`);
    }
    if (found.kind !== 'space') tokens.push({ kind: found.kind, text: found.text, at: index + 1 });
    index += found.text.length;
  }
  return [...tokens, { kind: 'end', text: 'end of input', at: query.length + 1 }];
}

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** A duration such as `1h30m` in ms. */
export function durationMs(text: string): number {
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
}

/** The value of a quoted text. */
export function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('`')
    ? inner
    : inner.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
