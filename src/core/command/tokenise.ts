import { Refused } from './refusal.ts';

/** One word of a command; `column` is where it starts in the line, from 1. */
export type Word = { readonly text: string; readonly column: number };

export const MAX_LINE = 4096;
const SHELL = new Set(';|&$`><()\\');
/** What a shell still acts on inside double quotes. */
const SHELL_IN_QUOTES = new Set('$`');
/** What a backslash takes its meaning from there; before anything else it is a backslash (POSIX XCU 2.2.3). */
const ESCAPED_IN_QUOTES = new Set('"\\');
const PLACEHOLDER = /\{\{[^{}]*\}\}/y;

/**
 * Splits a line into words: blanks part them, single and double quotes keep them together, and nothing else means
 * anything (POSIX shell quoting without expansions, and without escapes outside of double quotes; XCU 2.2). Whatever a shell would act on is refused.
 * With `placeholders`, `{{ name }}` stays in its word, blanks included. JSON that stands unquoted in one word is that
 * JSON: a shell would take its quotes away, and nobody means that.
 * @throws Refused
 */
export function tokenise(line: string, options: { readonly placeholders: boolean }): readonly Word[] {
  checkText(line, 0);
  const words: Word[] = [];
  let text = '';
  let start: number | null = null;
  const end = (at: number): void => {
    if (start !== null) words.push({ text: plainJson(line.slice(start, at)) ?? text, column: start + 1 });
    text = '';
    start = null;
  };
  let quote: { readonly mark: string; readonly at: number } | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === ' ' && quote === null) {
      end(at);
      continue;
    }
    start ??= at;
    if (options.placeholders && line.startsWith('{{', at)) {
      PLACEHOLDER.lastIndex = at;
      const whole = PLACEHOLDER.exec(line)?.[0];
      if (whole === undefined) throw new Refused('bad_placeholder', 'a {{ has no }}', at + 1);
      text += whole;
      at += whole.length - 1;
    } else if (quote !== null) {
      if (char === quote.mark) quote = null;
      else if (quote.mark === '"' && char === '\\' && ESCAPED_IN_QUOTES.has(line.charAt(at + 1))) {
        at += 1;
        text += line.charAt(at);
      } else if (quote.mark === '"' && SHELL_IN_QUOTES.has(char)) throw metacharacter(char, at);
      else text += char;
    } else if (char === '"' || char === "'") {
      quote = { mark: char, at };
    } else if (SHELL.has(char)) {
      throw metacharacter(char, at);
    } else {
      text += char;
    }
  }
  if (quote !== null)
    throw new Refused('unbalanced_quote', `the quote ${quote.mark} is not closed`, quote.at + 1);
  end(line.length);
  return words;
}

/** A word as it stands in the line, when it is JSON or a flag with JSON as its value; else null. */
function plainJson(written: string): string | null {
  const json = written.replace(/^--?[a-z-]+=/, '');
  if (!/^[[{]/.test(json)) return null;
  try {
    JSON.parse(json);
    return written;
  } catch {
    return null;
  }
}

/** The words of an argv, which needs no quoting but the same care. @throws Refused */
export function wordsOf(argv: readonly string[]): readonly Word[] {
  let column = 1;
  return argv.map((text) => {
    const word = { text, column };
    checkText(text, column - 1);
    column += text.length + 1;
    if (column - 2 > MAX_LINE) throw tooLong();
    return word;
  });
}

function checkText(text: string, offset: number): void {
  if (text.length > MAX_LINE) throw tooLong();
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    if (code < 0x20 || code === 0x7f) {
      throw new Refused('control_character', `the control character ${hex} is not taken`, offset + at + 1);
    }
    if (code > 0x7f) {
      throw new Refused(
        'non_ascii',
        `only plain ASCII is taken, and ${hex} is something else`,
        offset + at + 1,
      );
    }
  }
}

function tooLong(): Refused {
  return new Refused('too_long', `a command has at most ${MAX_LINE} characters`, 1);
}

function metacharacter(char: string, at: number): Refused {
  return new Refused(
    'shell_metacharacter',
    `there is no shell here, so "${char}" is refused; one plain kubectl command a line`,
    at + 1,
  );
}
