/** An alert policy's burn rate: over `windowMs`, error budget is spent `rate` times as fast as on target. */
export type BurnRate = { readonly windowMs: number; readonly rate: number };

const UNITS: { readonly [unit: string]: number } = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const BURN = /^\s*(\d{1,9})([smhdw])\s*>\s*(?:(\d{1,9})([smhdw])|(\d{1,6}(?:\.\d{1,6})?)x)\s*$/;

/**
 * `"W > D"`: in the last W more error budget is gone than on-target running spends in D, so `1h > 14d` is a rate of
 * 336; `"W > Nx"` gives the rate itself. Null for anything else, and for a window of nothing.
 */
export function parseBurnRate(text: string): BurnRate | null {
  const [, count, unit, budgetCount, budgetUnit, rate] = BURN.exec(text) ?? [];
  const windowMs = milliseconds(count, unit);
  if (windowMs === 0) return null;
  return {
    windowMs,
    rate: rate === undefined ? milliseconds(budgetCount, budgetUnit) / windowMs : Number(rate),
  };
}

/** Milliseconds of `30d`, `4w`; null for what is no such duration. */
export function parseWindow(text: string): number | null {
  const [, count, unit] = /^(\d{1,9})([smhdw])$/.exec(text) ?? [];
  return count === undefined ? null : milliseconds(count, unit);
}

/** The highest rate that is possible at all: when everything fails. 99.9 per cent leaves a thousandth, so 1000. */
export function highestBurnRate(objectivePercent: number): number {
  return objectivePercent >= 100 ? Number.POSITIVE_INFINITY : 100 / (100 - objectivePercent);
}

function milliseconds(count: string | undefined, unit: string | undefined): number {
  return Number(count ?? 0) * (UNITS[unit ?? ''] ?? 0);
}
