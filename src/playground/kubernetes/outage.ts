import { json, type Reply } from './api/reply.ts';
import { type Facts, hasQuorum } from './facts.ts';
import { failure, StatusError } from './status.ts';

/** Reviews are answered from what the API server knows; they are never stored. */
const NOT_STORED = /\/(self)?subject(access|rules)?reviews$|\/tokenreviews$/;

/**
 * What the API server answers while etcd has no quorum: reads come from its caches, every change times out, and it
 * calls itself not ready. Undefined where the request is answered as ever.
 */
export function answerWithoutQuorum(facts: Facts, method: string, path: string): Reply | undefined {
  if (hasQuorum(facts)) return undefined;
  const probe = /^\/(readyz|healthz)$/.exec(path)?.[1];
  if (probe !== undefined) {
    const body = `[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\n${probe} check failed\n`;
    return { kind: 'text', status: 500, body };
  }
  if (method === 'GET' || NOT_STORED.test(path)) return undefined;
  return json(500, failure(new StatusError(500, undefined, 'etcdserver: request timed out')));
}
