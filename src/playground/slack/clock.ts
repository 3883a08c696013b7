/** What the workspace knows of time. Tests step one by hand, so that nothing waits. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs something once, so many milliseconds from now. @returns a function that calls it off */
  after(ms: number, run: () => void): () => void;
};

/** The machine's own time. What waits does not keep the process alive. */
export const realClock: Clock = {
  now: Date.now,
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves so many milliseconds from now. */
export function waitFor(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
