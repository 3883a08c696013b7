import { type HttpLibrary, HttpMethod, RequestContext } from '@kubernetes/client-node';
import type { JsonObject } from '../core/json.ts';
import type { Log } from '../core/ports/clock.ts';
import type { Limiter } from './concurrency.ts';
import type { Connection } from './connection.ts';
import { type Question, ReadFailed, statusFault, thrownFault } from './faults.ts';
import { type GateOptions, openGate, RefusedByGate } from './gate.ts';
import type { ReadScope } from './grants.ts';
import { retryAfterMs, type Timing } from './timing.ts';
import { TransportFault } from './transport.ts';

/** One GET: `path` below the API root, still without the server's own prefix. */
export type Ask = Question & {
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly accept?: string;
  /** Makes it the POST of an access review, which changes nothing. */
  readonly review?: JsonObject;
  /** A status beside 2xx that is an answer too, and no failure. */
  readonly alsoAnswers?: number;
};

export type Answer = { readonly status: number; readonly text: string };

/** What a read operation works with, for the length of one step. */
export type Reading = {
  readonly cluster: string;
  readonly now: Date;
  readonly protectedNamespaces: readonly string[];
  /** @throws ReadFailed */
  readonly get: (ask: Ask) => Promise<Answer>;
  /** The same reading, with the same deadline, that goes no further than these requests. */
  readonly within: (scope: ReadScope) => Reading;
  /** How many requests were sent so far, tries counted. */
  readonly requests: () => number;
};

export type ReaderParts = {
  readonly gate: GateOptions;
  readonly limit: Limiter;
  readonly timing: Timing;
  readonly log: Log;
};

const TRIES = 4;
const FIRST_DELAY_MS = 200;
const MOST_DELAY_MS = 5_000;
const TRY_AGAIN = new Set([429, 500, 502, 503, 504]);

/**
 * A reading with a deadline. GETs that meet 429, 5xx or a broken connection are tried again, four times at most, with
 * jitter, as late as Retry-After says and never past the deadline.
 */
export function openReading(parts: ReaderParts, within: { signal: AbortSignal; timeoutMs: number }): Reading {
  const { gate, limit, timing, log } = parts;
  const startedAt = timing.monotonic();
  const deadline = AbortSignal.timeout(within.timeoutMs);
  const signal = AbortSignal.any([within.signal, deadline]);
  let requests = 0;

  const ended = (): 'deadline' | 'cancelled' | null =>
    within.signal.aborted ? 'cancelled' : deadline.aborted ? 'deadline' : null;

  const once = async (
    library: HttpLibrary,
    ask: Ask,
  ): Promise<Answer & { readonly retryAfter: string | undefined }> => {
    const request = await readRequest(gate.connection, ask, signal);
    requests += 1;
    const response = await library.send(request).toPromise();
    const text = await response.body.text();
    return { status: response.httpStatusCode, text, retryAfter: response.headers['retry-after'] };
  };

  /** Waits before another try; false when there is no time left for it. */
  const pause = async (ask: Ask, tries: number, askedFor: number | null): Promise<boolean> => {
    const backoff = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** tries) * (0.5 + timing.random() / 2);
    const delay = Math.max(askedFor ?? 0, backoff);
    if (timing.monotonic() - startedAt + delay >= within.timeoutMs) return false;
    log.info(
      { cluster: gate.cluster, resource: ask.resource, tries: tries + 1, delayMs: delay },
      'read.again',
    );
    await timing.sleep(delay, signal);
    return true;
  };

  const get = async (library: HttpLibrary, ask: Ask): Promise<Answer> => {
    for (let tries = 0; ; tries += 1) {
      const last = tries + 1 >= TRIES;
      try {
        const answer = await limit(() => once(library, ask), signal);
        const good = answer.status >= 200 && answer.status < 300;
        if (good || answer.status === ask.alsoAnswers) return answer;
        const askedFor = retryAfterMs(answer.retryAfter, timing.now());
        if (last || !TRY_AGAIN.has(answer.status) || !(await pause(ask, tries, askedFor))) {
          throw statusFault(gate.cluster, ask, answer.status, answer.text);
        }
      } catch (error) {
        const again =
          mayTryAgain(error) &&
          ended() === null &&
          !last &&
          (await pause(ask, tries, null).catch(() => false));
        if (!again) throw thrownFault(gate.cluster, ask, error, ended());
      }
    }
  };
  const scoped = (scope: ReadScope): Reading => {
    const library = openGate(gate, { kind: 'read', ...scope });
    return {
      cluster: gate.cluster,
      now: timing.now(),
      protectedNamespaces: gate.protectedNamespaces,
      get: (ask) => get(library, ask),
      within: scoped,
      requests: () => requests,
    };
  };
  return scoped({});
}

function mayTryAgain(error: unknown): boolean {
  if (error instanceof ReadFailed || error instanceof RefusedByGate) return false;
  return error instanceof TransportFault && (error.kind === 'lost' || error.kind === 'not_sent');
}

async function readRequest(connection: Connection, ask: Ask, signal: AbortSignal): Promise<RequestContext> {
  const url = new URL(`${connection.server.origin}${connection.prefix}${ask.path}`);
  for (const [name, value] of Object.entries(ask.query ?? {})) url.searchParams.set(name, value);
  const { review } = ask;
  const request = new RequestContext(url.toString(), review === undefined ? HttpMethod.GET : HttpMethod.POST);
  if (review !== undefined) {
    request.setHeaderParam('Content-Type', 'application/json');
    request.setBody(JSON.stringify(review));
  }
  request.setHeaderParam('Accept', ask.accept ?? 'application/json');
  request.setSignal(signal);
  // A credential plugin is a program and may hang; the step's deadline holds for it too.
  await Promise.race([connection.authenticate(request), whenAborted(signal)]);
  return request;
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
