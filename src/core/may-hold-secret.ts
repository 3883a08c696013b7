import { BASE64, hidesText } from './redact.ts';

/** A part of every name that `namesASecret` knows, written without what may stand between its letters. */
const NAMED =
  /pass|pwd|secret|token|cred|(?:api|access|private|signing|encryption|master|licen[cs]e|account|shared|session|hmac|app)key|authorization|(?:basic|redis|master|registry|proxy)auth|connectionstring|dsn|webhookurl|cookie|sessionid|bindpw|rootpw|dbpw|mysqlpw|(?:github|gitlab|azure)pat/i;
/** A part of every other shape that `redactText` takes out, base64 aside, and of what is withheld by its key. */
const SHAPED =
  /@|hooks\.slack|bearer|basic|connection|-----BEGIN|eyJ|A(?:KIA|SIA|ROA|IDA|Iza)|xox|xapp|gh[opusr]_|github_pat|glpat|npm_|sk-|[sr]k_|hv[sb]\.|-u[ \t="]|-user|redis-cli|mysql|masterauth|identified by|[?&]sig=|signature|last-applied/i;
/** An escape can hide a letter of a name or break a run of base64. */
const HIDING_ESCAPE = /\\[^"n\\]/;
const BASE64_LENGTH = 20;
const BASE64_LETTERS: ReadonlySet<number> = new Set(
  Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'),
);

/**
 * Whether `redactJson` may take something out of what this JSON text says. False is certain and is found out several
 * times faster than by going through the value: most deliveries hold no secret.
 */
export function mayHoldSecret(json: string): boolean {
  return (
    SHAPED.test(json) ||
    HIDING_ESCAPE.test(json) ||
    NAMED.test(json.replace(/[^a-z0-9"]+/gi, '')) ||
    (hasLongRun(json) && (json.match(BASE64) ?? []).some(hidesText))
  );
}

/** Whether a run of base64's letters is long enough; the pattern would look at each letter of each word many times. */
function hasLongRun(text: string): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    run = BASE64_LETTERS.has(text.charCodeAt(at)) ? run + 1 : 0;
    if (run === BASE64_LENGTH) return true;
  }
  return false;
}
