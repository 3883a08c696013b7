import type { MetricsOf } from '../core/ports/metrics.ts';
import type { ClusterSettings } from '../core/settings.ts';
import { prometheusMetrics } from './query.ts';

/** The metrics of every cluster that names a Prometheus. Nothing is contacted here. */
export function connectMetrics(clusters: readonly Pick<ClusterSettings, 'name' | 'prometheus'>[]): MetricsOf {
  const servers = new Map(
    clusters.flatMap(({ name, prometheus }) =>
      prometheus === null ? [] : [[name, prometheusMetrics(name, prometheus)] as const],
    ),
  );
  return (cluster) => servers.get(cluster);
}
