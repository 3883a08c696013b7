import type { Labels } from './series.ts';

/** A series over a range: its points oldest first, times in ms. */
export type RangeSeries = { labels: Labels; points: readonly { at: number; value: number }[] };

/**
 * How much a counter grew over a range, stretched to the range's ends as far as its first and last sample lie near
 * them, as Prometheus does; undefined for fewer than two samples.
 */
export function increase({ points }: RangeSeries, from: number, to: number): number | undefined {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2) return undefined;
  let grown = last.value - first.value;
  for (let index = 1; index < points.length; index += 1) {
    const before = points[index - 1]?.value ?? 0;
    if ((points[index]?.value ?? 0) < before) grown += before;
  }
  const sampled = last.at - first.at;
  const gap = sampled / (points.length - 1);
  const reach = (distance: number) => (distance < gap * 1.1 ? distance : gap / 2);
  const zeroAt = grown > 0 && first.value >= 0 ? sampled * (first.value / grown) : Number.POSITIVE_INFINITY;
  const covered = sampled + Math.min(reach(first.at - from), zeroAt) + reach(to - last.at);
  return grown * (covered / sampled);
}

type Bucket = { le: number; count: number };

/** The quantile of a histogram's cumulative buckets, interpolated within the one it falls into. */
export function quantileOf(quantile: number, buckets: readonly Bucket[]): number {
  const sorted = [...buckets].sort((left, right) => left.le - right.le);
  const all = sorted.at(-1);
  if (all === undefined || all.le !== Number.POSITIVE_INFINITY || all.count === 0) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const rank = quantile * all.count;
  const index = sorted.findIndex(({ count }) => count >= rank);
  const found = sorted[index];
  const before = sorted[index - 1];
  if (found === undefined) return Number.NaN;
  if (found.le === Number.POSITIVE_INFINITY) return before?.le ?? Number.NaN;
  const start = before?.le ?? 0;
  const below = before?.count ?? 0;
  const inside = found.count - below;
  return inside === 0 ? start : start + (found.le - start) * ((rank - below) / inside);
}
