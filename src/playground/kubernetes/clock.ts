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

/** Most stamps are of the present, which many ask for before it moves. */
let latest = { ms: 0, stamp: '1970-01-01T00:00:00Z' };

export function stampOf(ms: number): string {
  if (ms !== latest.ms) latest = { ms, stamp: `${new Date(ms).toISOString().slice(0, 19)}Z` };
  return latest.stamp;
}

/** RFC 3339 with microseconds, the form of `eventTime` and of lease times. */
export function microStampOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000Z`;
}
