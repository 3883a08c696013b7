import type { Actor } from './actor.ts';
import type { Cause, TimelineEvent } from './events.ts';
import { canonicalJson, sha256 } from './json.ts';

/** An event as the store gives it back: with its own hash, which covers everything before it in its stream. */
export type Chained = TimelineEvent & { readonly hash: string };

/** What the chain covers of an event besides its payload. */
export type EventHeader = {
  readonly id: string;
  readonly stream: string;
  readonly seq: number;
  readonly type: string;
  readonly v: number;
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly cause: Cause;
};

/** One event as it lies in the store. `secret` is null once retention has erased the payload. */
export type Link = EventHeader & {
  readonly secret: { readonly salt: string; readonly payload: string } | null;
  readonly payloadHash: string;
  readonly hash: string;
};

/** The first thing that does not hold, where it is, and in words. Null stream and seq: it is about the checkpoints. */
export type ChainFault = {
  readonly stream: string | null;
  readonly seq: number | null;
  readonly says: string;
};

/** sha256 over the salt's text followed by the payload's canonical JSON; the salt makes short payloads unguessable. */
export function payloadHash(salt: string, payload: string): string {
  return sha256(salt + payload);
}

/** sha256 over the canonical JSON of the previous event's hash (null for a stream's first), header and payload hash. */
export function eventHash(prev: string | null, header: EventHeader, ofPayload: string): string {
  const { id, stream, seq, type, v, recordedAt, occurredAt, actor, cause } = header;
  return sha256(
    canonicalJson({
      prev,
      id,
      stream,
      seq,
      type,
      v,
      recordedAt,
      occurredAt,
      actor,
      cause,
      payload: ofPayload,
    }),
  );
}

/** Recomputes one stream, given in the order of its sequence numbers; null when all of it holds. */
export function firstBrokenLink(links: readonly Link[]): ChainFault | null {
  let prev: string | null = null;
  for (const [index, link] of links.entries()) {
    const fault = (says: string): ChainFault => ({ stream: link.stream, seq: link.seq, says });
    if (link.seq !== index + 1)
      return fault(`event ${index + 1} is missing: event ${link.seq} stands in its place`);
    if (link.secret !== null && payloadHash(link.secret.salt, link.secret.payload) !== link.payloadHash) {
      return fault(`the payload of this ${link.type} is not the one that was recorded`);
    }
    if (eventHash(prev, link, link.payloadHash) !== link.hash) {
      return fault(`this ${link.type} (its header, its place or the event before it) was changed`);
    }
    prev = link.hash;
  }
  return null;
}
