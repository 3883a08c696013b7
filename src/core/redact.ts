import { isJsonObject, type Json, type JsonObject } from './json.ts';
import { namesASecret, SECRET_NAME_PATTERN } from './secret-names.ts';

export const REDACTED = '[redacted]';
const WITHHELD_LINE = '[withheld: it names a secret and cannot be read]';

/** Annotations whose text is a whole object: nobody can say what is in it. */
const WITHHELD_KEYS = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

/**
 * Shapes that are secret wherever they stand. Every repetition before a fixed part is bounded: a log line is somebody
 * else's text and must not be able to make a pattern slow.
 */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  // An unfinished block is withheld to the end: what follows may be its rest.
  [/-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g, REDACTED],
  // RFC 7519: base64url parts, the first two JSON objects.
  [/\beyJ[A-Za-z0-9_-]{5,512}\.[A-Za-z0-9_-]{5,}\.?[A-Za-z0-9_-]*/g, REDACTED],
  [/\b(authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)[^\r\n"',]+/gi, `$1${REDACTED}`],
  [/\b(bearer|basic)[ \t]{1,4}[A-Za-z0-9+/=._~-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@"']{0,128}):[^\s/"']{1,256}@/gi, `$1:${REDACTED}@`],
  [/\bhttps:\/\/hooks\.slack\.com\/[\w/-]+/g, REDACTED],
  [/\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}/g, REDACTED],
  [/\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{8,}/g, REDACTED],
  [
    /\b(?:gh[opusr]_|github_pat_|glpat-|npm_|sk-|[sr]k_(?:live|test)_|hv[sb]\.|AIza)[A-Za-z0-9_-]{14,}/g,
    REDACTED,
  ],
  // curl -u name:password; numbers are a user's and a group's.
  [
    /(?<=^|[\s"'])((?:-u|--(?:proxy-)?user)(?:=|[ \t]{1,4})["']?[^\s:"']{1,128}):(?!\d+(?:\s|$))[^\s"']{1,256}/g,
    `$1:${REDACTED}`,
  ],
  [/\b(redis-cli [^\r\n;|]{0,200}?(?:-a|--pass) {1,4})[^\s"']+/g, `$1${REDACTED}`],
  [/\b(mysql(?:dump|admin)? (?:[^\r\n;|]{0,200}? )?-p)[^\s"']+/g, `$1${REDACTED}`],
  // SQL, HCL and .netrc have no sign between the word and what is quoted.
  [/\b(password|identified by)([ \t]{1,4})(?:"[^"\r\n]{1,256}"|'[^'\r\n]{1,256}')/gi, `$1$2${REDACTED}`],
  [/\b(login[ \t]{1,4}\S{1,128}\s{1,16}password[ \t]{1,4})\S+/g, `$1${REDACTED}`],
  [/^([ \t]{0,64}(?:requirepass|masterauth|bindpw|rootpw)[ \t]{1,16})\S[^\r\n]*/gim, `$1${REDACTED}`],
  // What signs a URL opens it (AWS Signature Version 4, Azure SAS).
  [/([?&](?:X-Amz-Signature|sig)=)[^&\s"']+/gi, `$1${REDACTED}`],
];
/** `name=value`, `"name": "value"`: a quoted value whole, another up to the next space. */
const PAIR = new RegExp(
  `(?<![A-Za-z0-9])(${SECRET_NAME_PATTERN}\\\\{0,7}["']?[ \\t]{0,4}(?:=>|[:=]|%3[ad])[ \\t]{0,4})(\\\\{0,7}"[^"\\r\\n]*"?|'[^'\\r\\n]*'?|<\\w+Ref [^>\\r\\n]*>|[^\\s"',;&})\\]]+)`,
  'gi',
);
const ELEMENT = new RegExp(`(<${SECRET_NAME_PATTERN}>)[^<]{1,4096}(?=</)`, 'gi');
/** A line of YAML or of a properties file: the value is the rest of the line. */
const LINE = new RegExp(`^([ \\t-]{0,64}["']?${SECRET_NAME_PATTERN}["']?:[ \\t]{1,4})([^\\r\\n]+)$`, 'gim');
/** A YAML block: the value is the lines that are further in. */
const BLOCK = new RegExp(
  `^([ \\t]{0,64})((?:- )?["']?${SECRET_NAME_PATTERN}["']?:[ \\t]{0,4}[|>][+-]?\\d?[ \\t]{0,4}\\n)((?:\\1[ \\t]+[^\\n]*(?:\\n|$)|[ \\t]*\\n)+)`,
  'gim',
);
const FLAG = new RegExp(`(?<![A-Za-z0-9])(--?${SECRET_NAME_PATTERN}[ \\t]{1,4})([^\\s-]\\S*)`, 'gi');
const ENV_LINES =
  /^([ \t]{0,64}(?:- {0,8})?name:[ \t]{0,8}["']?([A-Za-z0-9_.-]{1,256})["']?[ \t]{0,8}\n[ \t]{0,64}value:[ \t]{0,8})([^\n]+)/gm;
const BASE64 = /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{20,}={0,2}/g;
const SECRET_OBJECT = /^[ \t-]*["']?kind["']?:[ \t]*["']?Secret["']?,?[ \t]*$/m;
/** What is no secret under any name: nothing, a yes or no, a reference, the beginning of a structure, what is redacted. */
const PLAIN_VALUE =
  /^(?:\\?["']?(?:true|false|null|none|<none>|<unset>|<empty>|<\w+Ref [^>]*>|\[redacted\]?)?\\?["']?,?|[[{],?|\{\},?|\[\],?|[|>][+-]?\d?)$/i;
const HINT =
  /pass|pwd|secret|token|key|credential|connection|authorization|dsn|cookie|bearer|basic|:\/\/|-----BEGIN|eyJ|A(?:KIA|SIA|ROA|IDA|Iza)|xox|xapp|gh[opusr]_|github_pat|glpat|npm_|sk-|[sr]k_|hv[sb]\.|[A-Za-z0-9+/]{20}|-u[ \t=]|-user|redis-cli|mysql|masterauth|rootpw|bindpw|identified by|[?&]sig=|signature/i;

/**
 * A text without what looks like a secret: tokens, keys, passwords in URLs and in `name: value` pairs, PEM blocks,
 * base64 of text, and YAML or JSON that shows a Secret. A line that looks like JSON, names a secret and does not
 * parse is withheld as a whole. Takes time in proportion to the text's length.
 */
export function redactText(text: string): string {
  if (!HINT.test(text)) return text;
  if (SECRET_OBJECT.test(text)) return `${REDACTED} (it shows a Secret)`;
  const lines = /^[^\S\n]*[{[]"/m.test(text) ? text.split('\n').map(redactLine).join('\n') : text;
  const shaped = SHAPES.reduce((inner, [pattern, put]) => inner.replace(pattern, put), lines);
  return shaped
    .replace(ENV_LINES, (whole, head: string, name: string) =>
      namesASecret(name) ? `${head}${REDACTED}` : whole,
    )
    .replace(BLOCK, (_, indent: string, head: string) => `${indent}${head}${indent}  ${REDACTED}\n`)
    .replace(LINE, replaceValue)
    .replace(PAIR, replaceValue)
    .replace(FLAG, replaceValue)
    .replace(ELEMENT, `$1${REDACTED}`)
    .replace(BASE64, (found) => (hidesText(found) ? REDACTED : found));
}

function replaceValue(whole: string, head: string, value: string): string {
  return PLAIN_VALUE.test(value) ? whole : `${head}${REDACTED}`;
}

function redactLine(line: string): string {
  if (!/^\s*[{[]"/.test(line) || !HINT.test(line)) return line;
  try {
    // JSON.parse gives JSON: the one place where its `any` is given that name.
    return JSON.stringify(redactJson(JSON.parse(line) as Json));
  } catch {
    return new RegExp(SECRET_NAME_PATTERN, 'i').test(line) ? WITHHELD_LINE : line;
  }
}

/** Whether it is base64 of plain text: random letters and digests do not decode to printable characters only. */
export function hidesText(found: string): boolean {
  if (/^[0-9a-f]+$/i.test(found)) return false;
  const bytes = Buffer.from(found, 'base64');
  return (
    bytes.length >= 12 &&
    bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d)
  );
}

/**
 * Structured data without what looks like a secret: values under secret-looking keys, `env` entries with
 * secret-looking names, the data of Secrets, last-applied annotations, and every text that `redactText` would change.
 * Shapes, numbers and booleans stay, and so do texts under the keys `kept`. The same value where nothing is taken out.
 */
export function redactJson<T extends Json>(value: T, kept: ReadonlySet<string> = NONE): T {
  // The walk keeps every shape and puts texts for texts, which the type system cannot follow.
  return walk(value, '', kept) as T;
}

const NONE: ReadonlySet<string> = new Set();

function walk(value: Json, key: string, kept: ReadonlySet<string>): Json {
  if (typeof value === 'string') {
    if (kept.has(key)) return value;
    if (WITHHELD_KEYS.has(key)) return REDACTED;
    return namesASecret(key) && !PLAIN_VALUE.test(value) ? REDACTED : redactText(value);
  }
  if (isJsonObject(value)) return walkObject(value, kept);
  if (!isList(value)) return value;
  const items = value.map((item, at) => walkItem(item, key, value[at - 1], kept));
  return items.some((item, at) => item !== value[at]) ? items : value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** In a list of arguments a flag says what the next one is: `["--db-password", "…"]`. */
function walkItem(item: Json, key: string, before: Json | undefined, kept: ReadonlySet<string>): Json {
  if (typeof item !== 'string' || typeof before !== 'string' || item.startsWith('-'))
    return walk(item, key, kept);
  if (/^--?[A-Za-z]/.test(before) && namesASecret(before)) return REDACTED;
  const named = /^(?:-u|--(?:proxy-)?user)$/.test(before) ? /^([^\s:]{1,128}):(?!\d+$)./.exec(item) : null;
  return named === null ? walk(item, key, kept) : `${named[1]}:${REDACTED}`;
}

function walkObject(object: JsonObject, kept: ReadonlySet<string>): JsonObject {
  const secret = object.kind === 'Secret';
  const called = object.name ?? object.key;
  const env = typeof called === 'string' && typeof object.value === 'string' ? called : null;
  let changed = false;
  const entries = Object.entries(object).map(([key, inner]): [string, Json] => {
    const hidden = secret && (key === 'data' || key === 'stringData');
    const shown = hidden ? REDACTED : walk(inner, env !== null && key === 'value' ? env : key, kept);
    changed ||= shown !== inner;
    return [key, shown];
  });
  return changed ? Object.fromEntries(entries) : object;
}
