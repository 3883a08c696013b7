/** One sample of an instant query; NaN and the infinities are numbers too. */
export type Sample = { readonly labels: { readonly [name: string]: string }; readonly value: number };

export type MetricsAnswer =
  | { readonly status: 'ok'; readonly samples: readonly Sample[] }
  /** A sentence that says what to do. */
  | { readonly status: 'failed'; readonly says: string };

/** The metrics of one cluster. Never throws for what the server can do. */
export type Metrics = {
  query(expression: string, within: { signal: AbortSignal; timeoutMs: number }): Promise<MetricsAnswer>;
};

/** By the cluster's name; undefined for one without a `prometheus_url`. */
export type MetricsOf = (cluster: string) => Metrics | undefined;
