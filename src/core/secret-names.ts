/**
 * Last words of names whose value is a secret (`DB_PASSWORD`, `apiKey`, `client-secret`, `x-auth-token`), alone or with
 * what people put behind them: `SECRET_KEY_BASE`, `DB_PASSWORDS`, `API_KEY_OLD`, `ADMIN_PASSWORD_V2`.
 */
const SECRET_NAME =
  /(?:(?:password|passwd|passphrase|secret|token|credential|cred|(?:api|access|secret|private|signing|encryption|master|licen[cs]e|account|shared|session|hmac|app)key)s?|accesskeyid|pwd|pass|authorization|(?:basic|redis|master|registry|proxy)auth|connectionstring|dsn|webhookurl|cookies?|sessionid|bindpw|rootpw|dbpw|mysqlpw|(?:github|gitlab|azure)pat)(?:base|hash|prod|staging|dev|test|live|old|new|current|previous|value|json|pem|v\d{1,2})?\d{0,2}$/;

/** Names of Kubernetes' own, or of references, that end like a secret and are none. */
const HARMLESS = new Set([
  ...['automountserviceaccounttoken', 'continuetoken', 'imagepullsecret', 'imagepullsecrets', 'secrets'],
  ...['maxtokens', 'tokens'],
]);

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
  '[A-Za-z0-9_.-]{0,64}(?:passwords?|passwd|passphrase|pwd|secret|token|(?:api|access|secret|private|signing|encryption|account|shared)[_-]?keys?(?:[_-]?id)?|credentials?|connection[_-]?string|authorization|dsn|cookie)(?:_(?:base|hash|prod|staging|dev|test|live|old|new|current|previous|value|json|pem|v?[0-9]{1,2}))?';
