import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SourceSettings } from '../core/settings.ts';

/** Whether an Authorization header carries the secret, as a bearer token or as the password of basic auth. */
export function carriesSecret(authorization: string | undefined, secret: string): boolean {
  const shown = shownSecret(authorization ?? '');
  return shown !== null && same(shown, secret);
}

/** Why a sender that shows the secret itself is not listened to, or null. */
export function secretFault(source: SourceSettings, authorization: string | undefined): string | null {
  if (source.secret === null || carriesSecret(authorization, source.secret)) return null;
  return authorization === undefined
    ? `The source "${source.name}" needs its secret: Authorization: Bearer …`
    : `The secret of the source "${source.name}" is not the one that was sent.`;
}

/** Whether one of the signatures is the HMAC-SHA256 of the parts, in lower case hex. Constant time. */
export function signs(
  signatures: readonly string[],
  secret: string,
  ...parts: readonly (string | Buffer)[]
): boolean {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  const expected = hmac.digest('hex');
  return signatures.filter((signature) => same(signature, expected)).length > 0;
}

/** A header's values; Node joins a repeated one with commas. */
export function listed(header: string | readonly string[] | undefined): readonly string[] {
  return (typeof header === 'string' ? [header] : (header ?? []))
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

function shownSecret(authorization: string): string | null {
  const space = authorization.indexOf(' ');
  const scheme = authorization.slice(0, space).toLowerCase();
  const value = authorization.slice(space + 1).trim();
  if (scheme === 'bearer') return value;
  if (scheme !== 'basic') return null;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  return colon === -1 ? null : pair.slice(colon + 1);
}

function same(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

// timingSafeEqual needs equal lengths; a digest has one and tells nothing of the secret's.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
