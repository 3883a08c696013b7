import { webApi } from '@slack/bolt';
import type { SendEnd } from '../core/ports/messenger.ts';

/** How a call to Slack failed: what it means for a message, and Slack's own code where there is one. */
export type Failure = {
  readonly failed: true;
  readonly code: string | null;
  readonly end: Exclude<SendEnd, { status: 'sent' }>;
};

/** At least this long; the outbox waits longer with each try. */
const SOON = 1_000;
const LATER = 60_000;

/** Slack took nothing, and it passes by itself. */
const PASSES: ReadonlySet<string> = new Set([
  'ratelimited',
  'rate_limited',
  'message_limit_exceeded',
  'request_timeout',
  'team_added_to_org',
  'org_login_required',
  'external_channel_migrating',
]);
/** "It's possible some aspect of the operation succeeded before the error was raised." */
const UNSETTLED: ReadonlySet<string> = new Set(['internal_error', 'fatal_error', 'service_unavailable']);
/** Somebody has to set firstmate's access right; nothing is lost until then. */
const ACCESS: ReadonlySet<string> = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'access_denied',
  'accesslimited',
  'two_factor_setup_required',
  'ekm_access_denied',
]);
/** The request never left this machine, or nobody took the connection. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Calls Slack; what it throws comes back as a value. */
export async function attempt<T>(call: () => Promise<T>): Promise<T | Failure> {
  try {
    return await call();
  } catch (error) {
    return failureOf(error);
  }
}

export function isFailure(value: unknown): value is Failure {
  return typeof value === 'object' && value !== null && 'failed' in value && value.failed === true;
}

export function refused(says: string): Failure {
  return { failed: true, code: null, end: { status: 'refused', says } };
}

/**
 * By the error's class, then Slack's code (https://docs.slack.dev/reference/methods, each method's errors).
 * What is not recognised may have arrived.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof webApi.WebAPIRateLimitedError) {
    return later(error.retryAfter * 1000, `Slack asks to wait ${error.retryAfter} s`, 'ratelimited');
  }
  if (error instanceof webApi.WebAPIPlatformError) return platform(error);
  if (error instanceof webApi.WebAPIHTTPError) {
    const says = `Slack answered HTTP ${error.statusCode}`;
    return error.statusCode >= 500 ? unknown(says) : later(LATER, says);
  }
  if (error instanceof webApi.WebAPIRequestError) {
    const code = networkCode(error.original);
    return code !== null && NOT_SENT.has(code)
      ? later(SOON, `Slack cannot be reached (${code})`)
      : unknown(`the connection to Slack broke (${code ?? error.original.name})`);
  }
  return unknown(`a call to Slack failed (${error instanceof Error ? error.name : typeof error})`);
}

function platform(error: webApi.WebAPIPlatformError): Failure {
  // Where the body is no JSON, web-api puts all of it here.
  const code = /^[a-z0-9_]{1,80}$/.test(error.data.error) ? error.data.error : 'an answer that is no JSON';
  const wait = error.data.response_metadata?.retryAfter;
  if (PASSES.has(code))
    return later(wait === undefined ? LATER / 2 : wait * 1000, `Slack says ${code}`, code);
  if (UNSETTLED.has(code) || code.includes(' ')) return { ...unknown(`Slack says ${code}`), code };
  if (ACCESS.has(code)) return later(LATER, `Slack says ${code}; see \`firstmate doctor\``, code);
  const detail = error.data.response_metadata?.messages?.[0];
  const says = detail === undefined ? `Slack says ${code}` : `Slack says ${code}: ${detail}`;
  return { failed: true, code, end: { status: 'refused', says } };
}

function later(afterMs: number, says: string, code: string | null = null): Failure {
  return { failed: true, code, end: { status: 'later', afterMs, says } };
}

function unknown(says: string): Failure {
  return { failed: true, code: null, end: { status: 'unknown', afterMs: SOON, says } };
}

/** undici hides the system's code in `cause`, and in the errors of an AggregateError below it. */
function networkCode(error: unknown, depth = 0): string | null {
  if (typeof error !== 'object' || error === null || depth > 4) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('cause' in error) return networkCode(error.cause, depth + 1);
  if (error instanceof AggregateError) return networkCode(error.errors[0], depth + 1);
  return null;
}
