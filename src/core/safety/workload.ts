import { condition, field, integer, list, members, text } from '../facts/fields.ts';
import { replicaCounts } from '../facts/workload.ts';
import { type KubeObject, objectName } from '../kube.ts';
import { isPaused, rolloutState } from '../rollout.ts';
import type { WorkloadFacts } from './facts.ts';

/** A Deployment, ReplicaSet, StatefulSet or DaemonSet as the safety checks see it. */
export function workloadSafety(workload: KubeObject): WorkloadFacts {
  const { desired, ready, available, updated } = replicaCounts(workload);
  return {
    name: nameOfObject(workload),
    desired,
    ready,
    available: Math.min(available, ready),
    updated,
    replaces: replacing(workload, desired),
    rollout: rolloutNow(workload),
    volumes: volumesOf(workload),
  };
}

/** `Deployment shop/checkout`. */
export function nameOfObject(object: KubeObject): string {
  return objectName({
    kind: object.kind ?? '',
    namespace: object.metadata?.namespace ?? null,
    name: object.metadata?.name ?? '',
  });
}

/** Labels that a workload's pods bear. */
export function templateLabels(workload: unknown): { readonly [key: string]: string } {
  return Object.fromEntries(
    members(workload, 'spec', 'template', 'metadata', 'labels').map(([key, value]) => [key, String(value)]),
  );
}

/** The API's defaults and roundings: a Deployment rounds maxUnavailable down, the sets round it up. */
function replacing(workload: KubeObject, desired: number): WorkloadFacts['replaces'] {
  if (workload.kind === 'Deployment') {
    const strategy = field(workload, 'spec', 'strategy');
    if (text(strategy, 'type') === 'Recreate') return { how: 'at_once' };
    const away = share(field(strategy, 'rollingUpdate', 'maxUnavailable') ?? '25%', desired, Math.floor);
    const more = share(field(strategy, 'rollingUpdate', 'maxSurge') ?? '25%', desired, Math.ceil);
    // With both at nothing a rollout could not begin; the controller then takes one.
    return { how: 'rolling', maxUnavailable: away === 0 && more === 0 ? 1 : away };
  }
  if (workload.kind === 'ReplicaSet') return { how: 'by_hand' };
  const strategy = field(workload, 'spec', 'updateStrategy');
  if (text(strategy, 'type') === 'OnDelete') return { how: 'by_hand' };
  const away = share(field(strategy, 'rollingUpdate', 'maxUnavailable') ?? 1, desired, Math.ceil);
  return workload.kind === 'StatefulSet'
    ? { how: 'by_number', maxUnavailable: Math.max(1, away) }
    : { how: 'rolling', maxUnavailable: away };
}

function share(value: unknown, of: number, round: (number: number) => number): number {
  if (typeof value === 'number') return value;
  const [, percent] = /^(\d{1,3})%$/.exec(String(value)) ?? [];
  return percent === undefined ? of : round((Number(percent) / 100) * of);
}

/** A crashed pod long after a rollout is not a rollout: what the controllers wrote down decides. */
function rolloutNow(workload: KubeObject): WorkloadFacts['rollout'] {
  if (isPaused(workload)) return 'paused';
  const observed =
    integer(workload, ['status', 'observedGeneration']) >= (workload.metadata?.generation ?? 0);
  switch (workload.kind) {
    case 'Deployment': {
      if (!observed) return 'going';
      const reason = text(condition(workload, 'Progressing'), 'reason');
      if (reason === 'NewReplicaSetAvailable') return 'done';
      const state = rolloutState(workload);
      return state.stuck ? 'stuck' : state.done ? 'done' : 'going';
    }
    case 'StatefulSet':
      if (text(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') return 'done';
      if (!observed) return 'going';
      return text(workload, 'status', 'updateRevision') === text(workload, 'status', 'currentRevision') ||
        rolloutState(workload).done
        ? 'done'
        : 'going';
    case 'DaemonSet': {
      if (text(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete') return 'done';
      const { updated, desired } = replicaCounts(workload);
      return observed && updated >= desired ? 'done' : 'going';
    }
    default:
      return 'done';
  }
}

function volumesOf(workload: KubeObject): WorkloadFacts['volumes'] {
  if (workload.kind !== 'StatefulSet') return null;
  const claims = list(workload, 'spec', 'volumeClaimTemplates').map((claim) =>
    text(claim, 'metadata', 'name'),
  );
  if (claims.length === 0) return null;
  const whenScaled = text(workload, 'spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled');
  return { claims, deletedWhenScaled: whenScaled === 'Delete' };
}
