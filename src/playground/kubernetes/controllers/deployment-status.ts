import { sameJson } from '../json.ts';
import type { Simulation } from '../simulation.ts';
import type { Condition, Deployment, DeploymentStatus, ReplicaSet } from '../types.ts';
import { setCondition } from './objects.ts';
import { rollingLimits } from './rolling-limits.ts';

function sum(sets: readonly ReplicaSet[], of: (set: ReplicaSet) => number | undefined): number {
  return sets.reduce((total, set) => total + (of(set) ?? 0), 0);
}

function counts(deployment: Deployment, newest: ReplicaSet | undefined, all: ReplicaSet[]): DeploymentStatus {
  const available = sum(all, (set) => set.status.availableReplicas);
  const unavailable = Math.max(sum(all, (set) => set.spec.replicas) - available, 0);
  const field = (name: keyof DeploymentStatus, value: number) => (value === 0 ? {} : { [name]: value });
  return {
    observedGeneration: deployment.metadata.generation ?? 1,
    ...field(
      'replicas',
      sum(all, (set) => set.status.replicas),
    ),
    ...field('updatedReplicas', newest?.status.replicas ?? 0),
    ...field(
      'readyReplicas',
      sum(all, (set) => set.status.readyReplicas),
    ),
    ...field('availableReplicas', available),
    ...field('unavailableReplicas', unavailable),
    terminatingReplicas: sum(all, (set) => set.status.terminatingReplicas),
  };
}

function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = deployment.spec.replicas;
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted
  );
}

function hasProgressed(before: DeploymentStatus, now: DeploymentStatus): boolean {
  const older = (status: DeploymentStatus) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    older(now) < older(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function progressing(
  deployment: Deployment,
  status: DeploymentStatus,
  newest: ReplicaSet | undefined,
  conditions: readonly Condition[],
  now: number,
  stamp: string,
): Condition[] {
  const current = conditions.find(({ type }) => type === 'Progressing');
  const name = newest?.metadata.name ?? '';
  const condition = (holds: boolean, reason: string, message: string): Condition => ({
    type: 'Progressing',
    status: holds ? 'True' : 'False',
    reason,
    message,
  });
  const settled =
    current?.reason === 'NewReplicaSetAvailable' && (status.replicas ?? 0) === (status.updatedReplicas ?? 0);
  const known = current?.message?.includes(`"${name}"`) === true;
  if (isComplete(deployment, status)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return setCondition(conditions, condition(true, 'NewReplicaSetAvailable', message), stamp, true);
  }
  // Once a rollout is complete, scaling and replaced pods do not count against its deadline.
  if (settled && known) return [...conditions];
  if (current === undefined || !known || hasProgressed(deployment.status, status)) {
    const next = condition(true, 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`);
    const transition = current?.status === 'True' ? current.lastTransitionTime : stamp;
    const others = conditions.filter(({ type }) => type !== 'Progressing');
    return [...others, { ...next, lastUpdateTime: stamp, lastTransitionTime: transition ?? stamp }];
  }
  const deadline = Date.parse(current.lastUpdateTime ?? '') + deployment.spec.progressDeadlineSeconds * 1000;
  if (now >= deadline && current.reason !== 'DeploymentPaused') {
    const message = `ReplicaSet "${name}" has timed out progressing.`;
    return setCondition(conditions, condition(false, 'ProgressDeadlineExceeded', message), stamp, true);
  }
  return [...conditions];
}

/**
 * Reports a Deployment's counts and conditions; gives the time at which its progress deadline passes.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status
 */
export function reportDeploymentStatus(
  simulation: Simulation,
  deployment: Deployment,
  newest: ReplicaSet | undefined,
  all: ReplicaSet[],
): number | undefined {
  const { store, clock } = simulation;
  const status = counts(deployment, newest, all);
  const stamp = clock.stamp();
  const { maxUnavailable } = rollingLimits(deployment);
  const enough = (status.availableReplicas ?? 0) >= deployment.spec.replicas - maxUnavailable;
  let conditions = setCondition(
    deployment.status.conditions ?? [],
    enough
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    stamp,
    true,
  );
  if (deployment.spec.paused !== true) {
    conditions = progressing(deployment, status, newest, conditions, clock.now(), stamp);
  }
  // A refusal of pods is the newest ReplicaSet's to tell and the Deployment's to repeat.
  const refused = newest?.status.conditions?.filter(({ type }) => type === 'ReplicaFailure') ?? [];
  conditions = [...conditions.filter(({ type }) => type !== 'ReplicaFailure'), ...refused];
  const next = { ...status, conditions };
  if (!sameJson(next, deployment.status)) store.put('deployments', { ...deployment, status: next });
  const waiting = conditions.find(({ type }) => type === 'Progressing');
  if (waiting === undefined || waiting.status !== 'True' || waiting.reason === 'NewReplicaSetAvailable')
    return undefined;
  return Date.parse(waiting.lastUpdateTime ?? stamp) + deployment.spec.progressDeadlineSeconds * 1000;
}
