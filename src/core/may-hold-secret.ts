import { hidesText } from './redact.ts';

/** A part of every name that `namesASecret` knows, in small letters and without what may stand between them. */
const NAMED =
  /pass|pwd|secret|token|cred|(?:api|access|private|signing|encryption|master|licen[cs]e|account|shared|session|hmac|app)key|authorization|(?:basic|redis|master|registry|proxy)auth|connectionstring|dsn|webhookurl|cookie|sessionid|bindpw|rootpw|dbpw|mysqlpw|(?:github|gitlab|azure)pat/;
/** A part of every other shape that `redactText` takes out, base64 aside, and of what is withheld by its key; in small letters. */
const SHAPED =
  /@|hooks\.slack|bearer|basic|-----begin|eyj|akia|asia|aroa|aida|aiza|xox|xapp|gh[opusr]_|github_pat|glpat|npm_|sk-|[sr]k_|hv[sb]\.|-u[ \t="]|-user|redis-cli|mysql|identified by|[?&]sig=|signature|last-applied/;
/** An escape can hide a letter of a name or break a run of base64. */
const HIDING_ESCAPE = /\\[^"n\\]/;
const BASE64_LENGTH = 20;
const BASE64_LETTERS = new Uint8Array(128);
for (const letter of Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'))
  BASE64_LETTERS[letter] = 1;

/**
 * Whether `redactJson` may take something out of what this JSON text, as JSON.stringify writes it, says. False is certain and is found out several
 * times faster than by going through the value: most deliveries hold no secret.
 */
export function mayHoldSecret(json: string): boolean {
  const small = json.toLowerCase();
  return (
    HIDING_ESCAPE.test(json) ||
    SHAPED.test(small) ||
    NAMED.test(small.replace(/[^a-z0-9"]+/g, '')) ||
    hidesBase64(json)
  );
}

/** Letter by letter: a pattern would look at each letter of each word many times. */
function hidesBase64(text: string): boolean {
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    if (letter < 128 && BASE64_LETTERS[letter] === 1) run += 1;
    else {
      if (run >= BASE64_LENGTH && hidesText(text.slice(at - run, at))) return true;
      run = 0;
    }
  }
  return run >= BASE64_LENGTH && hidesText(text.slice(-run));
}
