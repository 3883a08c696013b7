import { setTimeout as delay } from 'node:timers/promises';

/** The clock of a running process. */
export const processClock = {
  now: (): string => new Date().toISOString(),
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  },
};
