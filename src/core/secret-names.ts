/** Last words of names whose value is a secret: `DB_PASSWORD`, `apiKey`, `client-secret`, `x-auth-token`. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|pwd|pass|secret|token|(?:api|access|secret|private|signing|encryption|master|licen[cs]e|account|shared)key|accesskeyid|credentials?|authorization|connectionstring|dsn|webhookurl|cookie|sessionid)\d{0,2}$/;

/** Names of Kubernetes' own that end like a secret and are none. */
const HARMLESS = new Set(['automountserviceaccounttoken', 'continuetoken', 'imagepullsecret']);

/** Whether a key, an environment variable or a header is named like something secret. */
export function namesASecret(name: string): boolean {
  const plain = name
    .slice(-80)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
  return !HARMLESS.has(plain) && SECRET_NAME.test(plain);
}

/** The same for running text, with separators inside; bounded, so that no line can make it slow. */
export const SECRET_NAME_PATTERN =
  '[A-Za-z0-9_.-]{0,64}(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|secret|private|signing|encryption|account|shared)[_-]?key(?:[_-]?id)?|credentials?|connection[_-]?string|authorization|dsn|cookie)';
