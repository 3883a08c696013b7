import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** A request that reached a server of this process; `at` is performance.now() when its head had been read. */
export type Arrival = {
  readonly at: number;
  readonly method: string;
  /** With the server it came to, such as `http://127.0.0.1:4000/api/chat.postMessage`. */
  readonly url: string;
};

export type Arrivals = {
  /** The first from now on that `wanted` says yes to. @throws Error when none comes in time */
  readonly next: (what: string, wanted: (arrival: Arrival) => boolean) => Promise<Arrival>;
  /** Resolves when nothing has come for this long. */
  readonly quiet: (forMs: number) => Promise<void>;
};

const PATIENCE_MS = 30_000;

/** Watches the playground's servers, which live in this process, through Node's own channel: nothing slows them. */
export function watchArrivals(): Arrivals {
  const listeners = new Set<(arrival: Arrival) => void>();
  subscribe('http.server.request.start', (message) => {
    const at = performance.now();
    const request = requestOf(message);
    if (request === null) return;
    const url = `http://${request.headers.host ?? ''}${request.url ?? ''}`;
    const arrival = { at, method: request.method ?? '', url };
    for (const listener of [...listeners]) listener(arrival);
  });

  return {
    next: (what, wanted) =>
      new Promise((resolve, reject) => {
        const give = setTimeout(() => {
          listeners.delete(listener);
          reject(new Error(`waited in vain for ${what}`));
        }, PATIENCE_MS);
        const listener = (arrival: Arrival): void => {
          if (!wanted(arrival)) return;
          clearTimeout(give);
          listeners.delete(listener);
          resolve(arrival);
        };
        listeners.add(listener);
      }),
    quiet: (forMs) =>
      new Promise((resolve) => {
        const over = (): void => {
          listeners.delete(listener);
          resolve();
        };
        let timer = setTimeout(over, forMs);
        const listener = (): void => {
          clearTimeout(timer);
          timer = setTimeout(over, forMs);
        };
        listeners.add(listener);
      }),
  };
}

// https://nodejs.org/docs/latest-v24.x/api/diagnostics_channel.html#http
function requestOf(message: unknown): Pick<IncomingMessage, 'method' | 'url' | 'headers'> | null {
  if (typeof message !== 'object' || message === null || !('request' in message)) return null;
  return message.request as IncomingMessage;
}
