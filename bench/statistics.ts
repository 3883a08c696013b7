/** The value below which the given share of the samples lies (nearest rank); `share` is between 0 and 1. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('there are no samples');
  return value;
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** Three significant places are more than a run repeats. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}

/** Median, p99 and the ends of samples in milliseconds. */
export function spread(samples: readonly number[]) {
  return {
    p50: round(quantile(samples, 0.5)),
    p99: round(quantile(samples, 0.99)),
    min: round(quantile(samples, 0)),
    max: round(quantile(samples, 1)),
  };
}

/** The milliseconds that this thread has computed: what others do on the machine meanwhile is not in them. */
export function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** The samples in the order in which they were taken, so many a round; what does not fill one is left out. */
export function inRounds(samples: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.floor(samples.length / size) }, (_, at) =>
    samples.slice(at * size, (at + 1) * size),
  );
}
