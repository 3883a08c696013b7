import type { ServerResponse } from 'node:http';
import type { Change } from '../store.ts';

export type JsonReply = {
  kind: 'json';
  status: number;
  body: unknown;
  contentType?: string;
  warnings?: string[];
  /** When to try again, in seconds. */
  retryAfter?: number;
};

/** What is answered: a JSON value, a text, or a stream that stays open. */
export type Reply =
  | JsonReply
  | { kind: 'text'; status: number; body: string; contentType?: string }
  | { kind: 'watch'; watch: WatchPlan };

/** An open watch: what it starts with, what it lets through, and how an object is shown. */
export type WatchPlan = {
  initial: unknown[];
  /** The line for a change, or undefined when the change is not for this watch. */
  line(change: Change): unknown;
  bookmark: ((resourceVersion: number) => unknown) | undefined;
  timeoutSeconds: number;
};

export function json(status: number, body: unknown): JsonReply {
  return { kind: 'json', status, body };
}

export function send(response: ServerResponse, reply: Exclude<Reply, { kind: 'watch' }>): void {
  response.statusCode = reply.status;
  response.setHeader('cache-control', 'no-cache, private');
  if (reply.kind === 'text') {
    response.setHeader('content-type', reply.contentType ?? 'text/plain; charset=utf-8');
    response.end(reply.body);
    return;
  }
  response.setHeader('content-type', reply.contentType ?? 'application/json');
  if (reply.retryAfter !== undefined) response.setHeader('retry-after', String(reply.retryAfter));
  if (reply.warnings !== undefined && reply.warnings.length > 0) {
    const quoted = reply.warnings.map(
      (text) => `299 - "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
    );
    response.setHeader('warning', quoted);
  }
  response.end(typeof reply.body === 'string' ? reply.body : `${JSON.stringify(reply.body)}\n`);
}
