import type { JsonObject } from '../json.ts';
import type { KubeObject } from '../kube.ts';
import { controllerOf } from '../pods.ts';
import { field, integer, list, secondsSince, text } from './fields.ts';

/** Where the deployment controller writes a revision's number, on the Deployment and on its ReplicaSets. */
export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';

/** 0 where the object has none (StatefulSets and DaemonSets keep theirs in ControllerRevisions). */
export function revisionOf(object: KubeObject): number {
  const written = object.metadata?.annotations?.[REVISION_ANNOTATION];
  return written !== undefined && /^\d{1,15}$/.test(written) ? Number(written) : 0;
}

/** The first container's image of a workload's pod template. */
export function templateImage(template: unknown): string {
  return text(list(template, 'spec', 'containers')[0], 'image');
}

export type ReplicaCounts = {
  readonly desired: number;
  readonly ready: number;
  readonly updated: number;
  readonly available: number;
  readonly unavailable: number;
};

export function replicaCounts(workload: KubeObject): ReplicaCounts {
  if (workload.kind === 'DaemonSet') {
    return {
      desired: integer(workload, ['status', 'desiredNumberScheduled']),
      ready: integer(workload, ['status', 'numberReady']),
      updated: integer(workload, ['status', 'updatedNumberScheduled']),
      available: integer(workload, ['status', 'numberAvailable']),
      unavailable: integer(workload, ['status', 'numberUnavailable']),
    };
  }
  const desired = integer(workload, ['spec', 'replicas'], 1);
  const available = integer(workload, ['status', 'availableReplicas']);
  return {
    desired,
    ready: integer(workload, ['status', 'readyReplicas']),
    updated: integer(workload, ['status', 'updatedReplicas']),
    available,
    unavailable: integer(workload, ['status', 'unavailableReplicas'], Math.max(0, desired - available)),
  };
}

export function workloadFacts(workload: KubeObject, now: Date): JsonObject {
  return {
    kind: workload.kind ?? '',
    name: workload.metadata?.name ?? '',
    namespace: workload.metadata?.namespace ?? '',
    ...replicaCounts(workload),
    revision: revisionOf(workload),
    image: templateImage(field(workload, 'spec', 'template')),
    paused: field(workload, 'spec', 'paused') === true,
    ageSeconds: secondsSince(workload.metadata?.creationTimestamp, now),
  };
}

export function replicaSetFacts(set: KubeObject, now: Date): JsonObject {
  return {
    kind: 'ReplicaSet',
    name: set.metadata?.name ?? '',
    namespace: set.metadata?.namespace ?? '',
    revision: revisionOf(set),
    desired: integer(set, ['spec', 'replicas'], 1),
    ready: integer(set, ['status', 'readyReplicas']),
    image: templateImage(field(set, 'spec', 'template')),
    owner: controllerOf(set)?.name ?? '',
    ageSeconds: secondsSince(set.metadata?.creationTimestamp, now),
  };
}

export function jobFacts(job: KubeObject, now: Date): JsonObject {
  const ended = list(job, 'status', 'conditions').find(
    (one) => ['Complete', 'Failed'].includes(text(one, 'type')) && text(one, 'status') === 'True',
  );
  return {
    kind: 'Job',
    name: job.metadata?.name ?? '',
    namespace: job.metadata?.namespace ?? '',
    active: integer(job, ['status', 'active']),
    succeeded: integer(job, ['status', 'succeeded']),
    failed: integer(job, ['status', 'failed']),
    complete: text(ended, 'type') === 'Complete',
    reason: text(ended, 'reason'),
    image: templateImage(field(job, 'spec', 'template')),
    ageSeconds: secondsSince(job.metadata?.creationTimestamp, now),
  };
}

export function autoscalerFacts(autoscaler: KubeObject, now: Date): JsonObject {
  const max = integer(autoscaler, ['spec', 'maxReplicas']);
  const desired = integer(autoscaler, ['status', 'desiredReplicas']);
  return {
    kind: 'HorizontalPodAutoscaler',
    name: autoscaler.metadata?.name ?? '',
    namespace: autoscaler.metadata?.namespace ?? '',
    targetKind: text(autoscaler, 'spec', 'scaleTargetRef', 'kind'),
    targetName: text(autoscaler, 'spec', 'scaleTargetRef', 'name'),
    min: integer(autoscaler, ['spec', 'minReplicas'], 1),
    max,
    current: integer(autoscaler, ['status', 'currentReplicas']),
    desired,
    atMaximum: max > 0 && desired >= max,
    ageSeconds: secondsSince(autoscaler.metadata?.creationTimestamp, now),
  };
}
