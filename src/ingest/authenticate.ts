import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether an Authorization header carries the secret, as a bearer token or as the password of basic auth. */
export function carriesSecret(authorization: string | undefined, secret: string): boolean {
  const shown = shownSecret(authorization ?? '');
  return shown !== null && timingSafeEqual(digest(shown), digest(secret));
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

// timingSafeEqual needs equal lengths; a digest has one and tells nothing of the secret's.
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
