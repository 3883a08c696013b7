import { matchesPattern, patternFault } from './pattern.ts';
import type { Matcher } from './runbook.ts';

/** What is wrong in a text of one line; `column` counts UTF-16 units from 1. */
export type TextFault = { readonly says: string; readonly column: number };
export type ParsedMatchers =
  | { readonly ok: true; readonly matchers: readonly Matcher[] }
  | ({ readonly ok: false } & TextFault);

const MAX_TEXT = 2000;
const MAX_MATCHERS = 50;
const OPERATORS = ['=~', '!~', '!=', '='] as const;
const ENDS_BARE = /[\s{}!=~,\\"'`]/;
const BARE_LABEL = /^[\p{L}\p{N}_:./-]+$/u;

class Fault extends Error {
  readonly column: number;
  constructor(says: string, at: number) {
    super(says);
    this.column = at + 1;
  }
}

type Reader = { readonly text: string; at: number };

function skipSpace(reader: Reader): void {
  while (/\s/.test(reader.text.charAt(reader.at))) reader.at += 1;
}

function take(reader: Reader, token: string): boolean {
  if (!reader.text.startsWith(token, reader.at)) return false;
  reader.at += token.length;
  return true;
}

function readQuoted(reader: Reader): string {
  const start = reader.at;
  let value = '';
  for (let at = start + 1; at < reader.text.length; at += 1) {
    const character = reader.text.charAt(at);
    if (character === '"') {
      reader.at = at + 1;
      return value;
    }
    if (character !== '\\') {
      value += character;
      continue;
    }
    at += 1;
    const escaped = reader.text.charAt(at);
    if (escaped === 'n') value += '\n';
    else if (escaped === '"' || escaped === '\\') value += escaped;
    // Alertmanager keeps any other backslash as it stands, so that `\d` and `\.` need no doubling.
    else value += `\\${escaped}`;
  }
  throw new Fault('this quote is not closed', start);
}

function readWord(reader: Reader, what: string): string {
  skipSpace(reader);
  if (reader.text.charAt(reader.at) === '"') return readQuoted(reader);
  const start = reader.at;
  while (reader.at < reader.text.length && !ENDS_BARE.test(reader.text.charAt(reader.at))) reader.at += 1;
  const word = reader.text.slice(start, reader.at);
  if (word === '') throw new Fault(`${what} is expected here`, start);
  return word;
}

function readMatcher(reader: Reader): Matcher {
  const label = readWord(reader, 'a label name');
  skipSpace(reader);
  const op = OPERATORS.find((operator) => take(reader, operator));
  if (op === undefined) throw new Fault('one of = != =~ !~ is expected here', reader.at);
  skipSpace(reader);
  const valueAt = reader.at;
  const value = readWord(reader, 'a value');
  if (op === '=~' || op === '!~') {
    const fault = patternFault(value);
    if (fault !== null) throw new Fault(`the regular expression ${JSON.stringify(value)} ${fault}`, valueAt);
  }
  return { label, op, value };
}

function readAll(reader: Reader): Matcher[] {
  skipSpace(reader);
  const braced = take(reader, '{');
  const matchers: Matcher[] = [];
  const ended = () => {
    skipSpace(reader);
    return braced ? take(reader, '}') : reader.at >= reader.text.length;
  };
  while (!ended()) {
    if (matchers.length > 0) {
      if (!take(reader, ',')) throw new Fault(`"," ${braced ? 'or "}" ' : ''}is expected here`, reader.at);
      if (ended()) break;
    }
    matchers.push(readMatcher(reader));
    if (matchers.length > MAX_MATCHERS) throw new Fault(`more than ${MAX_MATCHERS} matchers`, reader.at);
  }
  skipSpace(reader);
  if (reader.at < reader.text.length) throw new Fault('nothing may follow the closing brace', reader.at);
  if (matchers.length === 0) throw new Fault('at least one matcher is expected', 0);
  return matchers;
}

/**
 * Reads a line of Alertmanager's matchers (its UTF-8 syntax): `foo="bar", severity=~"warning|critical"`, braces
 * optional, values and label names quoted where they hold white space or one of `{}!=~,\"'` and the backtick.
 * https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
export function parseMatchers(text: string): ParsedMatchers {
  if (text.length > MAX_TEXT)
    return { ok: false, says: `longer than ${MAX_TEXT} characters`, column: MAX_TEXT };
  try {
    return { ok: true, matchers: readAll({ text, at: 0 }) };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, says: error.message, column: error.column };
    throw error;
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** The line that `parseMatchers` reads back to the same matchers. */
export function printMatchers(matchers: readonly Matcher[]): string {
  return matchers
    .map(({ label, op, value }) => `${BARE_LABEL.test(label) ? label : quoted(label)}${op}${quoted(value)}`)
    .join(', ');
}

/** Whether one matcher holds. A label that is missing counts as the empty text. */
export function matchesOne(matcher: Matcher, labels: { readonly [name: string]: string }): boolean {
  const value = Object.hasOwn(labels, matcher.label) ? (labels[matcher.label] ?? '') : '';
  switch (matcher.op) {
    case '=':
      return value === matcher.value;
    case '!=':
      return value !== matcher.value;
    case '=~':
      return matchesPattern(matcher.value, value);
    case '!~':
      return !matchesPattern(matcher.value, value);
  }
}

/** Whether all matchers of a line hold. */
export function matches(matchers: readonly Matcher[], labels: { readonly [name: string]: string }): boolean {
  return matchers.every((matcher) => matchesOne(matcher, labels));
}
