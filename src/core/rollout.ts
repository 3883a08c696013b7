import { condition, field, integer, text } from './facts/fields.ts';
import { replicaCounts } from './facts/workload.ts';
import type { KubeObject } from './kube.ts';

export type RolloutState = {
  readonly done: boolean;
  /** The rollout went past its progress deadline (Deployments only). */
  readonly stuck: boolean;
  /** In kubectl's words. */
  readonly message: string;
};

const going = (message: string): RolloutState => ({ done: false, stuck: false, message });
const finished = (message: string): RolloutState => ({ done: true, stuck: false, message });

/** How far a rollout is, as one look at the workload tells (kubectl's rollout_status.go has the rules). */
export function rolloutState(workload: KubeObject): RolloutState {
  switch (workload.kind) {
    case 'Deployment':
      return ofDeployment(workload);
    case 'StatefulSet':
      return ofStatefulSet(workload);
    case 'DaemonSet':
      return ofDaemonSet(workload);
    default:
      return going(`a ${workload.kind ?? 'nameless kind'} has no rollout`);
  }
}

function observed(workload: KubeObject): boolean {
  return integer(workload, ['status', 'observedGeneration']) >= (workload.metadata?.generation ?? 0);
}

function ofDeployment(deployment: KubeObject): RolloutState {
  const name = deployment.metadata?.name ?? '';
  if (!observed(deployment)) return going('Waiting for deployment spec update to be observed...');
  if (text(condition(deployment, 'Progressing'), 'reason') === 'ProgressDeadlineExceeded') {
    return { done: false, stuck: true, message: `deployment "${name}" exceeded its progress deadline` };
  }
  const { desired, updated, available } = replicaCounts(deployment);
  const all = integer(deployment, ['status', 'replicas']);
  const waiting = `Waiting for deployment "${name}" rollout to finish:`;
  if (updated < desired)
    return going(`${waiting} ${updated} out of ${desired} new replicas have been updated...`);
  if (all > updated) return going(`${waiting} ${all - updated} old replicas are pending termination...`);
  if (available < updated)
    return going(`${waiting} ${available} of ${updated} updated replicas are available...`);
  return finished(`deployment "${name}" successfully rolled out`);
}

function ofDaemonSet(set: KubeObject): RolloutState {
  const name = set.metadata?.name ?? '';
  if (text(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return going('rollout status is only available for RollingUpdate strategy type');
  }
  if (!observed(set)) return going('Waiting for daemon set spec update to be observed...');
  const { desired, updated, available } = replicaCounts(set);
  const waiting = `Waiting for daemon set "${name}" rollout to finish:`;
  if (updated < desired)
    return going(`${waiting} ${updated} out of ${desired} new pods have been updated...`);
  if (available < desired)
    return going(`${waiting} ${available} of ${desired} updated pods are available...`);
  return finished(`daemon set "${name}" successfully rolled out`);
}

function ofStatefulSet(set: KubeObject): RolloutState {
  if (text(set, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return going('rollout status is only available for RollingUpdate strategy type');
  }
  if (!observed(set)) return going('Waiting for statefulset spec update to be observed...');
  const { desired, ready, updated } = replicaCounts(set);
  if (ready < desired) return going(`Waiting for ${desired - ready} pods to be ready...`);
  const partition = integer(set, ['spec', 'updateStrategy', 'rollingUpdate', 'partition']);
  if (partition > 0 && updated < desired - partition) {
    return going(
      `Waiting for partitioned roll out to finish: ${updated} out of ${desired - partition} new pods have been updated...`,
    );
  }
  if (partition > 0)
    return finished(`partitioned roll out complete: ${updated} new pods have been updated...`);
  const revision = text(set, 'status', 'updateRevision');
  if (revision !== text(set, 'status', 'currentRevision')) {
    return going(
      `waiting for statefulset rolling update to complete ${updated} pods at revision ${revision}...`,
    );
  }
  const current = integer(set, ['status', 'currentReplicas']);
  return finished(`statefulset rolling update complete ${current} pods at revision ${revision}...`);
}

/** Whether a workload's rollout is paused: then nothing of its template reaches pods. */
export function isPaused(workload: unknown): boolean {
  return field(workload, 'spec', 'paused') === true;
}

/**
 * How many pods of a StatefulSet its newest template reaches once the partition is lower: none where they all have it
 * already (apps/v1, status.updateRevision and status.currentRevision).
 */
export function reachedBelow(
  set: unknown,
  { from, to }: { readonly from: number; readonly to: number },
): number {
  if (text(set, 'status', 'updateRevision') === text(set, 'status', 'currentRevision')) return 0;
  return Math.max(0, Math.min(from, integer(set, ['spec', 'replicas'], 1)) - to);
}
