import type { OutboxMessage } from './outbox.ts';

const REASONS: { readonly [status: number]: string } = {
  400: 'the body was not what that source sends',
  401: 'the secret was missing or wrong',
  403: 'the signature was missing or wrong',
  404: 'firstmate.yaml has no source of that name',
  413: 'the body was too large',
  415: 'the content type was wrong',
};

/**
 * Tells people that deliveries are refused: an alert that nobody takes is worse than a noisy one. Null for what is
 * taken, and for 503, which the sender tries again. The key has the hour, so it is told once an hour at most.
 */
export function refusedNotice(source: string, status: number, now: string): OutboxMessage | null {
  const reason = REASONS[status];
  if (reason === undefined || source === '') return null;
  // Anybody can post to a source that is not there: its name is not repeated, and all of them are one notice.
  const name = status === 404 ? 'unknown' : source;
  const key = `notice:refused:${name}:${status}:${now.slice(0, 13)}`;
  if (status === 404) {
    const text = `Deliveries are refused (404): ${reason}. Look at the address in the sender's webhook settings; the log has a line for each.`;
    return { key, lane: 'notices', incident: null, intent: { kind: 'notice', text } };
  }
  const text = `Deliveries for the source "${source}" are refused (${status}): ${reason}. Their alerts do not reach firstmate; its log has a line for each.`;
  return { key, lane: 'notices', incident: null, intent: { kind: 'notice', text } };
}
