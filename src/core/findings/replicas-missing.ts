import { conditionIs, list, text } from '../facts/fields.ts';
import { replicaCounts } from '../facts/workload.ts';
import type { KubeObject } from '../kube.ts';
import { count, draft, type FindingCheck, type Looking, named, since } from './finding-check.ts';

const KINDS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** A rollout under way lacks replicas for a while, as it should. */
const GRACE_SECONDS = 60;

function settled(workload: KubeObject, looking: Looking): boolean {
  if (conditionIs(workload, 'Available', 'False')) return true;
  const changes = list(workload, 'status', 'conditions').map(
    (one) => text(one, 'lastUpdateTime') || text(one, 'lastTransitionTime'),
  );
  return changes.every((time) => since(time, looking) >= GRACE_SECONDS);
}

/** `replicas.missing`: fewer replicas are available than wanted, and not just because a rollout is under way. */
export const replicasMissing: FindingCheck = (looking) =>
  looking.objects
    .filter((object) => KINDS.has(object.kind ?? ''))
    .filter((workload) => {
      const { desired, available } = replicaCounts(workload);
      return available < desired && settled(workload, looking);
    })
    .map((workload) => {
      const { desired, available } = replicaCounts(workload);
      const says = `${workload.metadata?.name} has ${available} of ${count(desired, 'replica')} available.`;
      return draft('replicas.missing', named(workload), looking, says);
    });
