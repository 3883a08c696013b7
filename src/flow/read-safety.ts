import type { Incident } from '../core/incident.ts';
import type { WriteOperation } from '../core/operation.ts';
import type { Draft } from '../core/plan.ts';
import { KEEPS_AVAILABILITY, type Policy } from '../core/policy.ts';
import type { Clusters } from '../core/ports/cluster.ts';
import {
  type ClusterFacts,
  type Known,
  nothingKnown,
  type SafetyFacts,
  unknown,
} from '../core/safety/facts.ts';
import type { Service } from '../core/service.ts';
import { availabilityOf, indicatorOf } from '../core/slo.ts';
import { type AskingMetrics, addPrometheus, askMetrics } from './ask-metrics.ts';

export type ReadingSafety = AskingMetrics & { readonly clusters: Pick<Clusters, 'safety'> };

const CLUSTER_TIMEOUT_MS = 10_000;

/** What the safety checks of one change need, as it is now. What cannot be read is unknown, with the reason; never throws. */
export async function readSafety(
  reading: ReadingSafety,
  about: {
    readonly incident: Pick<Incident, 'cluster' | 'service'>;
    readonly operation: WriteOperation;
    readonly draft: Draft;
    readonly policies: readonly Policy[];
    readonly services: readonly Service[];
    readonly stop: AbortSignal;
  },
): Promise<SafetyFacts> {
  const { incident, policies, services, stop } = about;
  const [facts, slos] = await Promise.all([
    clusterFacts(reading, about),
    Promise.all(
      objectivesOf(policies, incident.service).map(async (slo) => ({
        slo,
        availability: await availability(reading, incident.cluster, { slo, services, stop }),
      })),
    ),
  ]);
  return { ...facts, slos };
}

async function clusterFacts(
  { clusters }: ReadingSafety,
  { incident, operation, draft, stop }: Parameters<typeof readSafety>[1],
): Promise<ClusterFacts> {
  const cluster = clusters.safety(incident.cluster);
  if (cluster === undefined) return nothingKnown(`the cluster ${incident.cluster} is not configured`);
  return cluster.look({ operation, drafted: draft }, { signal: stop, timeoutMs: CLUSTER_TIMEOUT_MS });
}

/** The objectives that the service's policies ask about, each once. */
function objectivesOf(policies: readonly Policy[], service: string | null): readonly string[] {
  const asked = policies
    .filter((policy) => policy.service === service)
    .flatMap(({ safetyChecks }) => safetyChecks.filter(({ name }) => name === KEEPS_AVAILABILITY))
    .flatMap(({ settings }) => (typeof settings.slo === 'string' ? [settings.slo] : []));
  return [...new Set(asked)];
}

async function availability(
  reading: ReadingSafety,
  cluster: string,
  { slo, services, stop }: { slo: string; services: readonly Service[]; stop: AbortSignal },
): Promise<Known<number>> {
  const indicator = indicatorOf(slo, services);
  if (!indicator.known) return indicator;
  const answer = await askMetrics(reading, cluster, indicator.value.query, stop);
  if (answer === null) return unknown(addPrometheus(cluster));
  return answer.status === 'failed'
    ? unknown(answer.says)
    : availabilityOf(answer.samples, indicator.value.unit);
}
