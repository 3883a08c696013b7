import { setTimeout as wait } from 'node:timers/promises';

/** Time and chance as arguments, so that tests need neither. */
export type Timing = {
  /** What a clock on the wall shows; ages are counted from it. */
  readonly now: () => Date;
  /** Milliseconds that only go forward; deadlines are counted with it. */
  readonly monotonic: () => number;
  /** Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
};

export function realTiming(now: () => Date): Timing {
  return {
    now,
    monotonic: () => performance.now(),
    sleep: (ms, signal) => wait(ms, undefined, { signal }),
    random: Math.random,
  };
}

/** Milliseconds from a Retry-After header (RFC 9110: seconds, or a date); null when there is none that can be read. */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
