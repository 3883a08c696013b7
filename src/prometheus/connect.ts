import type { MetricsOf } from '../core/ports/metrics.ts';
import type { ClusterSettings } from '../core/settings.ts';
import { prometheusMetrics } from './query.ts';

/** The metrics of every cluster that names a Prometheus. Nothing is contacted here. */
export function connectMetrics(clusters: readonly Pick<ClusterSettings, 'name' | 'prometheus'>[]): {
  readonly of: MetricsOf;
  close(): Promise<void>;
} {
  const servers = new Map(
    clusters.flatMap(({ name, prometheus }) =>
      prometheus === null ? [] : [[name, prometheusMetrics(name, prometheus)] as const],
    ),
  );
  return {
    of: (cluster) => servers.get(cluster),
    async close() {
      await Promise.all([...servers.values()].map((server) => server.close()));
    },
  };
}
