import type { MetricsAnswer, MetricsOf } from '../core/ports/metrics.ts';

export type AskingMetrics = { readonly metricsOf: MetricsOf };

const TIMEOUT_MS = 5_000;

/** What to do about a cluster without a Prometheus. */
export function addPrometheus(cluster: string): string {
  return `add prometheus_url to the cluster ${cluster} in firstmate.yaml`;
}

/** An instant query of a cluster's Prometheus; null where it has none. Never throws for what the server can do. */
export async function askMetrics(
  { metricsOf }: AskingMetrics,
  cluster: string,
  expression: string,
  signal: AbortSignal,
): Promise<MetricsAnswer | null> {
  return metricsOf(cluster)?.query(expression, { signal, timeoutMs: TIMEOUT_MS }) ?? null;
}
