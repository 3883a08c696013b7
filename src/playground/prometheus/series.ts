/** Labels of a series, its metric's name among them as `__name__`. */
export type Labels = Readonly<Record<string, string>>;

/** What one scrape brings of a series; a counter says how fast it grows, so that its past can be told. */
export type Exposed = { labels: Labels; value: number; perSecond?: number };

export type Sample = { labels: Labels; value: number };

/** All samples of one moment; `at` in ms. */
export type Scrape = { at: number; samples: readonly Sample[] };

/** The same text for the same labels, `__name__` left out where asked. */
export function keyOf(labels: Labels, withName = true): string {
  return Object.keys(labels)
    .filter((name) => withName || name !== '__name__')
    .sort()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`)
    .join(',');
}

export function withoutName(labels: Labels): Labels {
  const { __name__: _, ...rest } = labels;
  return rest;
}
