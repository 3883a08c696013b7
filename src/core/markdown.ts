import { oneLine } from './one-line.ts';

/** What starts a construct of CommonMark or of GitHub's tables anywhere in a line; `_` does not within a word. */
const SPECIAL = /[\\`*[\]|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** What starts one at the beginning of a line only. */
const LEADING = /^([-+=#]|\d+[.)])/;

/**
 * Anybody's text as one line of Markdown, in a table cell too: it can neither start markup nor end ours.
 * `&`, `<` and `>` become entities, which Slack reads as well (https://docs.slack.dev/messaging/formatting-message-text).
 */
export function md(text: string, limit = 500): string {
  return oneLine(text, limit)
    .replace(SPECIAL, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(LEADING, (mark) => `${mark.slice(0, -1)}\\${mark.slice(-1)}`);
}

/** A code span, outside of tables: fenced by more backticks than it has (https://spec.commonmark.org/0.31.2/#code-spans). */
export function code(text: string, limit = 500): string {
  const line = oneLine(text, limit);
  if (line === '') return '(nothing)';
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A table of cells that are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map((row) => line(row))].join('\n');
}
