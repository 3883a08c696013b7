import { condition, conditionIs, text } from '../facts/fields.ts';
import { replicaCounts, revisionOf } from '../facts/workload.ts';
import type { KubeObject } from '../kube.ts';
import { controllerOf, podReason } from '../pods.ts';
import { count, draft, type FindingCheck, type Looking, livePods, named, quote } from './finding-check.ts';

// What a pod may wait for while all is well.
const STARTING: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);

function pastDeadline(deployment: KubeObject): boolean {
  return conditionIs(deployment, 'Progressing', 'False');
}

/** The newest ReplicaSet's pods fail while an older one's still serve; seen only where those were read as well. */
function newPodsFail(deployment: KubeObject, looking: Looking): boolean {
  const uid = deployment.metadata?.uid;
  const sets = looking.objects
    .filter(
      (object) => object.kind === 'ReplicaSet' && uid !== undefined && controllerOf(object)?.uid === uid,
    )
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  const [newest, ...older] = sets;
  if (newest === undefined) return false;
  const pods = livePods(looking);
  const ofSet = (set: KubeObject) => pods.filter((pod) => controllerOf(pod)?.uid === set.metadata?.uid);
  const failing = ofSet(newest).filter((pod) => !STARTING.has(podReason(pod)));
  return failing.length > 0 && older.some((set) => ofSet(set).length > 0);
}

/** `rollout.stuck`: a Deployment's new pods do not come up. */
export const rolloutStuck: FindingCheck = (looking) =>
  looking.objects
    .filter((object) => object.kind === 'Deployment')
    .filter((deployment) => pastDeadline(deployment) || newPodsFail(deployment, looking))
    .map((deployment) => {
      const { desired, updated, available } = replicaCounts(deployment);
      const progressing = condition(deployment, 'Progressing');
      const why = pastDeadline(deployment)
        ? `: ${quote(text(progressing, 'message') || text(progressing, 'reason')).replace(/\.$/, '')}`
        : ': its new pods fail while old ones still serve';
      const says = `The rollout of ${deployment.metadata?.name} is stuck with ${available} of ${count(desired, 'replica')} available, ${updated} updated${why}.`;
      return draft('rollout.stuck', named(deployment), looking, says);
    });
