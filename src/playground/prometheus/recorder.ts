import type { Exposed, Scrape } from './series.ts';

const SCRAPE_INTERVAL_MS = 15_000;
const PAST_MS = 3_600_000;
/** How far an instant query looks back for a sample, Prometheus' default. */
const LOOK_BACK_MS = 300_000;
/** Samples kept in all; the oldest scrapes go first. */
const KEPT_SAMPLES = 250_000;

/** What Prometheus has scraped of the simulated cluster; times in ms. */
export type ScrapeRecorder = {
  /** Scrapes if the last time was long enough ago. */
  tick(): void;
  /** The newest scrape at or before a time, undefined where all are too old. */
  at(time: number): Scrape | undefined;
  /** The scrapes after `from` up to `to`, oldest first. */
  between(from: number, to: number): Scrape[];
};

/** Begins with an hour of the past, as steady as the cluster is when recording begins. */
export function recordScrapes(now: () => number, expose: () => readonly Exposed[]): ScrapeRecorder {
  const begun = now();
  const first = expose();
  const scrapes: Scrape[] = [];
  let kept = 0;
  for (let at = begun - PAST_MS; at <= begun; at += SCRAPE_INTERVAL_MS) {
    const elapsed = (begun - at) / 1000;
    keep({
      at,
      samples: first.map((one) =>
        one.perSecond === undefined
          ? one
          : { labels: one.labels, value: Math.max(0, one.value - one.perSecond * elapsed) },
      ),
    });
  }

  function keep(scrape: Scrape): void {
    scrapes.push(scrape);
    kept += scrape.samples.length;
    while (kept > KEPT_SAMPLES && scrapes.length > 1) kept -= scrapes.shift()?.samples.length ?? 0;
  }

  /** A question about now is answered with what is so now, not with what was fourteen seconds ago. */
  function current(): Scrape {
    const last = scrapes.at(-1);
    return last?.at === now() ? { ...last, samples: expose() } : { at: now(), samples: expose() };
  }

  return {
    tick: () => {
      if (now() - (scrapes.at(-1)?.at ?? 0) >= SCRAPE_INTERVAL_MS) keep({ at: now(), samples: expose() });
    },
    at: (time) => {
      if (time >= now()) return current();
      const found = scrapes.findLast((scrape) => scrape.at <= time);
      return found !== undefined && time - found.at < LOOK_BACK_MS ? found : undefined;
    },
    between: (from, to) => {
      const past = scrapes.filter(({ at }) => at > from && at <= to && at < now());
      return to >= now() ? [...past, current()] : past;
    },
  };
}
