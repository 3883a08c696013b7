import { code, fence, fences, prose } from './text.ts';

/** As long as one section's text may be, with room to spare. */
const LONGEST = 2900;

/**
 * Our own reviews' Markdown (headings, lists, tables, fences, bold and inline code) as mrkdwn texts of at most
 * 2,900 characters. Links and anything else stay text: a review quotes alerts, and those must not make links.
 */
export function markdownParts(markdown: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  const put = (text: string): void => {
    if (part !== '' && part.length + 1 + text.length > LONGEST) {
      parts.push(part);
      part = text;
    } else {
      part = part === '' ? text : `${part}\n${text}`;
    }
  };
  const lines = markdown.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const opening = /^(`{3,}|~{3,})/.exec(line)?.[1];
    if (opening !== undefined) {
      const end = lines.findIndex((other, at) => at > index && other.startsWith(opening));
      const last = end === -1 ? lines.length : end;
      for (const block of fences(lines.slice(index + 1, last).join('\n'), LONGEST)) put(block);
      index = last;
    } else if (line.startsWith('|')) {
      const after = lines.findIndex((other, at) => at > index && !other.startsWith('|'));
      const last = after === -1 ? lines.length : after;
      put(fence(table(lines.slice(index, last)), LONGEST));
      index = last - 1;
    } else if (line.trim() !== '') {
      put(paragraph(line));
    }
  }
  return part === '' ? parts : [...parts, part];
}

function paragraph(line: string): string {
  const title = /^#{1,6}\s+(.*)$/.exec(line)?.[1];
  if (title !== undefined) return `*${prose(plain(title), 280)}*`;
  const item = /^(\s*)[-*+]\s+(.*)$/.exec(line);
  if (item !== null)
    return `${'  '.repeat(Math.min(4, (item[1] ?? '').length / 2))}• ${inline(item[2] ?? '')}`;
  return inline(line);
}

function inline(text: string): string {
  const pieces = text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter((piece) => piece !== '');
  let out = '';
  for (const piece of pieces) {
    const next = out + inlinePiece(piece);
    if (next.length > LONGEST - 1) return `${out}…`;
    out = next;
  }
  return out;
}

/** Text as it was before the review escaped it for Markdown; it is escaped again for where it goes. */
function plain(text: string): string {
  return text
    .replace(/\\([\\`*[\]|~_+=#.)-])/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

function inlinePiece(piece: string): string {
  if (piece.length > 2 && piece.startsWith('`') && piece.endsWith('`')) return code(piece.slice(1, -1), 1200);
  if (piece.length > 4 && piece.startsWith('**') && piece.endsWith('**'))
    return `*${prose(plain(piece.slice(2, -2)), 600)}*`;
  const said = prose(plain(piece), 2000);
  const before = /^\s/.test(piece) ? ' ' : '';
  const after = /\s$/.test(piece) && said !== '' ? ' ' : '';
  return `${before}${said}${after}`;
}

/** Columns padded to their widest cell; the ruler line of Markdown is left out. */
function table(lines: readonly string[]): string {
  const rows = lines
    .filter((line) => !/^\|[\s:|-]+\|?$/.test(line))
    .map((line) =>
      line
        .replace(/^\||\|\s*$/g, '')
        .split(/(?<!\\)\|/)
        .map((cell) => plain(cell.trim())),
    );
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.min(60, Math.max(widths[column] ?? 0, cell.length));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
