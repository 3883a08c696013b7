import type { WriteEnd } from '../core/ports/cluster.ts';
import { NoCredentials } from './connection.ts';
import { serverWords } from './faults.ts';
import { RefusedByGate } from './gate.ts';
import { TransportFault } from './transport.ts';
import { NoWriteToken } from './write-identity.ts';

/** How soon a request that never left may be tried again. */
const RECONNECT_MS = 1_000;

/**
 * What a status says about a write. 4xx and a throttled 503 are refusals before anything was stored; any other 5xx may
 * come after it (a webhook or etcd that answered too late), and so may a proxy's.
 */
export function answeredEnd(
  cluster: string,
  what: string,
  status: number,
  body: string,
  retryAfter: number | null,
): WriteEnd {
  if (status >= 200 && status < 300) {
    return {
      outcome: 'applied',
      status,
      says: `The cluster ${cluster} took the change of ${what} (${status}).`,
    };
  }
  const words = serverWords(body);
  const told = words === '' ? '' : `: ${words}`;
  const refused = (says: string): WriteEnd => ({ outcome: 'refused', status, says, retryAfterMs: null });
  switch (status) {
    case 429:
      return {
        outcome: 'refused',
        status,
        says: `The cluster ${cluster} asked firstmate to slow down (429); nothing was changed.`,
        retryAfterMs: retryAfter,
      };
    case 503:
      if (retryAfter === null) break;
      return {
        outcome: 'refused',
        status,
        says: `The cluster ${cluster} takes no requests now (503); nothing was changed.`,
        retryAfterMs: retryAfter,
      };
    case 401:
      return refused(
        `The cluster ${cluster} does not take the writing identity's credential (401): it expired or was withdrawn. ${what} was not changed${told}`,
      );
    case 403:
      return refused(
        `The cluster ${cluster} does not let the writing identity change ${what} (${status})${told}`,
      );
    case 404:
      return refused(`${what} is not there any more (404)${told}`);
    case 409:
    case 422:
      return refused(
        `${what} is no longer as it was reviewed, or the change is not accepted (${status})${told}`,
      );
    case 408:
      break;
    default:
      if (status >= 400 && status < 500)
        return refused(`The cluster ${cluster} refused the change of ${what} (${status})${told}`);
  }
  return {
    outcome: 'unknown',
    says: `The cluster ${cluster} answered ${status} to the change of ${what}, which does not say whether it was made${told}`,
  };
}

/** kubectl's own pause between two tries to evict a pod. */
const EVICT_AGAIN_MS = 5_000;

/**
 * What a status means for an eviction alone; null where it means what it does for every write. A 429 is a disruption
 * budget that lets nobody go now: https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/#how-api-initiated-eviction-works
 */
export function evictionEnd(
  what: string,
  status: number,
  body: string,
  retryAfter: number | null,
): WriteEnd | null {
  if (status !== 429) return null;
  return {
    outcome: 'refused',
    status,
    says: `${what} may not be evicted now (429): ${serverWords(body)}`,
    retryAfterMs: retryAfter ?? EVICT_AGAIN_MS,
  };
}

/** What a failure below HTTP says about a write: `not_sent` only where no byte can have left. */
export function thrownEnd(cluster: string, what: string, error: unknown): WriteEnd {
  if (error instanceof RefusedByGate) {
    return {
      outcome: 'not_sent',
      says: `firstmate does not send this: ${error.refusal.says}.`,
      retryAfterMs: null,
    };
  }
  if (error instanceof NoWriteToken) {
    return { outcome: 'not_sent', says: error.message, retryAfterMs: null };
  }
  if (error instanceof NoCredentials) {
    return {
      outcome: 'not_sent',
      says: `firstmate could not get a credential for the cluster ${cluster} (${error.message}).`,
      retryAfterMs: null,
    };
  }
  if (!(error instanceof TransportFault)) throw error;
  if (error.kind === 'not_sent') {
    return {
      outcome: 'not_sent',
      says: `The cluster ${cluster} could not be reached (${error.code}); nothing was sent.`,
      retryAfterMs: RECONNECT_MS,
    };
  }
  return {
    outcome: 'unknown',
    says: `The connection to ${cluster} ended before it answered to the change of ${what} (${error.code}): it may have been made.`,
  };
}
