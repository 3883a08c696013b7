/** The simulation's time in milliseconds since the epoch; it moves only when told to. */
export type Clock = {
  now(): number;
  /** The time as Kubernetes writes it: RFC 3339, whole seconds, UTC. */
  stamp(): string;
  set(ms: number): void;
};

export function createClock(start: number): Clock {
  let now = start;
  return {
    now: () => now,
    stamp: () => stampOf(now),
    set: (ms) => {
      now = Math.max(now, ms);
    },
  };
}

export function stampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** RFC 3339 with microseconds, the form of `eventTime` and of lease times. */
export function microStampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}
