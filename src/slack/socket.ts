import { setTimeout as delay } from 'node:timers/promises';
import { SocketModeReceiver, webApi } from '@slack/bolt';
import type { Log } from '../core/ports/clock.ts';
import { silentLogger } from './logger.ts';

export type Socket = {
  readonly receiver: SocketModeReceiver;
  /** Resolves after the first try, connected or not; the trying goes on until `stop`. */
  start(): Promise<void>;
  /** Resolves within a second. */
  stop(): Promise<void>;
};

const HELLO_MS = 15_000;
const LONGEST_WAIT_MS = 30_000;
/** A connection that lasted this long was a good one. */
const GOOD_MS = 10_000;
const GOODBYE_MS = 1_000;

/**
 * Socket Mode that outlives Slack's absence. The client's own reconnecting gives up for good (with a rejection
 * that nobody can catch) where `apps.connections.open` cannot be reached, so it is off and the loop is here.
 */
export function superviseSocket(options: {
  readonly appToken: string;
  readonly apiUrl: string | null;
  readonly log: Log;
}): Socket {
  const { log } = options;
  const stopping = new AbortController();
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: silentLogger(),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: openingOptions(options.apiUrl, stopping.signal) },
  });
  const { client } = receiver;

  const connect = async (): Promise<void> => {
    const starting = client.start();
    // It may end long after we stopped waiting for it, then with a connection that nobody wants.
    starting.then(
      () => (stopping.signal.aborted ? client.disconnect() : undefined),
      () => undefined,
    );
    const waited = new AbortController();
    try {
      await Promise.race([
        starting,
        delay(HELLO_MS, undefined, { signal: AbortSignal.any([waited.signal, stopping.signal]) }).then(() => {
          throw new Error('Slack did not say hello in time');
        }),
      ]);
    } finally {
      waited.abort();
    }
  };

  const run = async (tried: () => void): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const gone = new Promise<void>((resolve) => {
        client.once('disconnected', () => resolve());
      });
      const since = performance.now();
      let wait = 0;
      try {
        await connect();
        if (failures > 0) log.info({}, 'connected to Slack again');
        tried();
        await gone;
        failures = performance.now() - since > GOOD_MS ? 0 : failures + 1;
      } catch (error) {
        if (stopping.signal.aborted) break;
        failures += 1;
        void client.disconnect();
        wait = error instanceof webApi.WebAPIRateLimitedError ? error.retryAfter * 1000 : 0;
        log.warn({ failures, error: says(error) }, 'Slack cannot be reached; trying again');
        tried();
      }
      const pause = Math.min(LONGEST_WAIT_MS, 250 * 2 ** Math.min(failures, 8)) * (0.5 + Math.random() / 2);
      await delay(Math.max(wait, pause), undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  let running: Promise<void> = Promise.resolve();
  return {
    receiver,
    start: () =>
      new Promise((resolve) => {
        running = run(resolve).finally(resolve);
      }),
    stop: async () => {
      stopping.abort();
      await within(GOODBYE_MS, Promise.all([client.disconnect(), running]));
    },
  };
}

/** Waits, but not for ever. */
async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const waited = new AbortController();
  const late = delay(ms, undefined, { signal: waited.signal }).catch(() => {});
  await Promise.race([done, late]);
  waited.abort();
}

function openingOptions(apiUrl: string | null, signal: AbortSignal): webApi.WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: HELLO_MS,
    logger: silentLogger(),
    fetch: (url, init) =>
      fetch(url, {
        ...init,
        signal: AbortSignal.any([signal, ...(init?.signal === undefined ? [] : [init.signal])]),
      }),
    ...(apiUrl === null ? {} : { slackApiUrl: apiUrl }),
  };
}

function says(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
