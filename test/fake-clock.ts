import type { Clock } from '../src/core/ports/clock.ts';

export type FakeClock = Clock & {
  /** Moves the time; sleeps that end on the way end. */
  advance(ms: number): void;
  /** How many sleep now. */
  readonly sleepers: number;
};

/** A clock that stands still until a test moves it. */
export function fakeClock(start: string): FakeClock {
  let now = Date.parse(start);
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => new Date(now).toISOString(),
    sleep(ms, signal) {
      if (signal.aborted || ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            signal.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', sleeper.wake, { once: true });
      });
    },
    advance(ms) {
      now += ms;
      for (const sleeper of [...sleepers].sort((a, b) => a.until - b.until))
        if (sleeper.until <= now) sleeper.wake();
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
