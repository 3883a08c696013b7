/**
 * Texts that somebody else wrote (alerts, logs, runbooks, people), made harmless for Slack: nothing in them can
 * mention, link, format or close a code block. Lengths are UTF-16 units of what is sent, escapes included.
 * Format: https://docs.slack.dev/messaging/formatting-message-text
 */

const ENTITIES: { readonly [char: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** mrkdwn knows no escape for its control characters, so letters that look the same stand in for them. */
const LOOKALIKES: { readonly [char: string]: string } = { '*': '∗', '~': '∼', '`': 'ˋ' };
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const ZERO_WIDTH_SPACE = '\u200b';

/** Running text on one line. */
export function prose(text: string, max = 300): string {
  const chars = visible(text.replace(/\s+/g, ' ').trim());
  return build(chars, max, (char, index) => {
    if (char === '_') return isWord(chars[index - 1]) && isWord(chars[index + 1]) ? '_' : 'ˍ';
    if (char === '>' && index === 0) return '›';
    return LOOKALIKES[char] ?? ENTITIES[char] ?? char;
  });
}

/** Running text that keeps its lines. */
export function paragraphs(text: string, max = 2900): string {
  const lines = text.split('\n').map((line) => prose(line, max));
  let out = '';
  for (const line of lines) {
    const next = out === '' ? line : `${out}\n${line}`;
    if (next.length > max - 2) return `${out}\n…`.trim();
    out = next;
  }
  return out;
}

/** For `plain_text` objects, where nothing is formatted: one line, as it is. */
export function plain(text: string, max: number): string {
  const chars = visible(text.replace(/\s+/g, ' ').trim());
  return chars.length === 0 ? '-' : build(chars, max, (char) => char);
}

/** One line between backticks. */
export function code(text: string, max = 300): string {
  const chars = visible(text.replace(/\s+/g, ' ').trim());
  if (chars.length === 0) return '`-`';
  return `\`${build(chars, max - 2, (char) => (char === '`' ? 'ˋ' : (ENTITIES[char] ?? char)))}\``;
}

/** A code block that its content cannot close; what is too long is cut, with a mark at the end. */
export function fence(text: string, max = 2900): string {
  const inside = build(visible(disarmed(text)), max - 8, (char) => ENTITIES[char] ?? char);
  return `\`\`\`\n${inside === '' ? '(nothing)' : inside}\n\`\`\``;
}

/** The whole text as code blocks of at most `max` each, broken at line ends where that is possible. */
export function fences(text: string, max = 2900): readonly string[] {
  const room = max - 8;
  const chunks: string[] = [];
  let chunk = '';
  for (const line of disarmed(text).split('\n')) {
    for (const part of parts(line, room)) {
      if (chunk !== '' && chunk.length + 1 + part.length > room) {
        chunks.push(chunk);
        chunk = part;
      } else {
        chunk = chunk === '' ? part : `${chunk}\n${part}`;
      }
    }
  }
  chunks.push(chunk);
  return chunks.map((inside) => `\`\`\`\n${inside === '' ? '(nothing)' : inside}\n\`\`\``);
}

/** A moment in each reader's own time zone; the fallback is UTC. */
export function when(time: string): string {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return prose(time, 40);
  const fallback = `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time}|${fallback}>`;
}

export function person(user: string): string {
  return /^[UW][A-Z0-9]+$/.test(user) ? `<@${user}>` : prose(user, 80);
}

export function channelLink(channel: string): string {
  return /^[CG][A-Z0-9]+$/.test(channel) ? `<#${channel}>` : prose(channel, 80);
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Whole lines, as many as fit; what is left out is counted. */
export function lines(all: readonly string[], max: number): string {
  let out = '';
  for (const [index, line] of all.entries()) {
    const next = index === 0 ? line : `${out}\n${line}`;
    if (next.length > max - 20) return `${out}\nand ${all.length - index} more`.trim();
    out = next;
  }
  return out;
}

/** The characters, with those that cannot be seen (controls, zero widths, bidirectional marks) written out. */
function visible(text: string): readonly string[] {
  return [...text.replace(COLOUR, '').toWellFormed()].flatMap((char) => {
    const point = char.codePointAt(0) ?? 0;
    if (char === '\n' || char === '\t' || char === ZERO_WIDTH_SPACE || !isHidden(point)) return [char];
    return [...`\\u{${point.toString(16)}}`];
  });
}

function isHidden(point: number): boolean {
  return (
    point < 0x20 ||
    (point >= 0x7f && point < 0xa0) ||
    (point >= 0x200b && point <= 0x200f) ||
    (point >= 0x2028 && point <= 0x202e) ||
    (point >= 0x2060 && point <= 0x206f) ||
    point === 0xfeff ||
    (point >= 0xe0000 && point <= 0xe007f)
  );
}

function disarmed(text: string): string {
  return text.replace(/`{3,}/g, (ticks) => [...ticks].join(ZERO_WIDTH_SPACE));
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /[\p{L}\p{N}]/u.test(char);
}

function build(
  chars: readonly string[],
  max: number,
  piece: (char: string, index: number) => string,
): string {
  let out = '';
  let cut = '';
  for (const [index, char] of chars.entries()) {
    out += piece(char, index);
    if (out.length > max) return `${cut}…`;
    if (out.length < max) cut = out;
  }
  return out;
}

function parts(line: string, room: number): readonly string[] {
  const found: string[] = [];
  let part = '';
  for (const char of visible(line)) {
    const piece = ENTITIES[char] ?? char;
    if (part.length + piece.length > room) {
      found.push(part);
      part = '';
    }
    part += piece;
  }
  return [...found, part];
}
