import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Reply, WatchPlan } from './api/reply.ts';
import { StatusError } from './status.ts';
import type { Change, Store } from './store.ts';

/** The API server's own limit on a request's body. */
export const MAX_BODY_BYTES = 3_145_728;

/** Reads a body whole; throws 413 beyond the limit, after reading on so that the client gets to see the answer. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += part.length;
    if (size <= MAX_BODY_BYTES) chunks.push(part);
  }
  if (size > MAX_BODY_BYTES) {
    const message = `Request entity too large: limit is ${MAX_BODY_BYTES}`;
    throw new StatusError(413, 'RequestEntityTooLarge', message);
  }
  return Buffer.concat(chunks);
}

/** A watch that is about to end sends its bookmark this long before. */
const BOOKMARK_BEFORE_END_MS = 2_000;

/** Streams a watch until its time is over or the client leaves. */
export function streamWatch(store: Store, plan: WatchPlan, response: ServerResponse): void {
  response.statusCode = 200;
  response.setHeader('content-type', 'application/json');
  response.setHeader('cache-control', 'no-cache, private');
  response.flushHeaders();
  const write = (event: unknown) => response.write(`${JSON.stringify(event)}\n`);
  for (const event of plan.initial) write(event);
  const onChange = (change: Change) => {
    const event = plan.line(change);
    if (event !== undefined) write(event);
  };
  const unsubscribe = store.subscribe(onChange);
  const { bookmark, timeoutSeconds } = plan;
  const early = timeoutSeconds * 1000 - BOOKMARK_BEFORE_END_MS;
  const last =
    bookmark === undefined || early <= 0
      ? undefined
      : setTimeout(() => write(bookmark(store.resourceVersion())), early);
  const timer = setTimeout(() => {
    unsubscribe();
    response.end();
  }, timeoutSeconds * 1000);
  response.on('close', () => {
    clearTimeout(timer);
    clearTimeout(last);
    unsubscribe();
  });
}

export type WholeReply = Exclude<Reply, { kind: 'watch' }>;
