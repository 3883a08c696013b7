import { objectName } from '../kube.ts';
import type { Draft } from '../plan.ts';
import { replicasWithin } from './autoscaling.ts';
import { podsLeaving } from './effect.ts';
import type { SafetyFacts, WorkloadFacts } from './facts.ts';

type Seen = Pick<SafetyFacts, 'workloads' | 'removed'>;

/**
 * The draft with the numbers that only the workloads know, as they were read a moment ago: of what size they are whose
 * pods go, and where an autoscaler's new bounds leave them. What could not be read is left open.
 */
export function measured(draft: Draft, seen: Seen): Draft {
  if (draft.facts.autoscaling !== undefined) return withinBounds(draft, seen);
  return podsLeaving(draft).length > 0 ? withTaken(draft, seen) : draft;
}

function withinBounds(draft: Draft, { workloads }: Seen): Draft {
  const { autoscaling, ...facts } = draft.facts;
  if (autoscaling === undefined) return draft;
  const name = objectName(autoscaling.of);
  const workload = workloads.known ? workloads.value.find((one) => one.name === name) : undefined;
  const before = workload?.desired ?? null;
  const after = before === null ? null : replicasWithin(autoscaling, before);
  const pods = before === null || after === null ? 0 : Math.abs(after - before);
  const { min, max } = autoscaling.to;
  const now = before === null ? '' : `, which has ${before} now`;
  return {
    ...draft,
    blast: {
      ...draft.blast,
      pods,
      says: `The replicas of ${name}${now}, are kept between ${min} and ${max}`,
    },
    facts: { ...facts, autoscaling, replicasBefore: before, replicasAfter: after },
  };
}

function withTaken(draft: Draft, { workloads, removed }: Seen): Draft {
  const { taken: _, ...rest } = draft.facts;
  const facts = { ...rest, replicasBefore: null, replicasAfter: null };
  if (!workloads.known || !removed.known || removed.value.length === 0) return { ...draft, facts };
  // What no workload makes anew is gone whole.
  const taken = Map.groupBy(removed.value, ({ workload, name }) => workload ?? name);
  const counted = [...taken].map(([workload, pods]) => ({
    workload,
    pods: pods.length,
    replicas: sizeOf(workloads.value, workload) ?? pods.length,
  }));
  const [only] = counted.length === 1 ? counted : [];
  return {
    ...draft,
    facts: {
      ...facts,
      taken: counted,
      ...(only === undefined ? {} : { replicasBefore: only.replicas, replicasAfter: only.replicas }),
    },
  };
}

function sizeOf(workloads: readonly WorkloadFacts[], name: string): number | undefined {
  return workloads.find((workload) => workload.name === name)?.desired;
}
