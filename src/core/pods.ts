import { conditionIs, field, integer, list, text } from './facts/fields.ts';
import type { KubeObject } from './kube.ts';

/** A container as its pod tells of it; `reason` is why it waits or ended, empty while it runs. */
export type ContainerView = {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly state: 'waiting' | 'running' | 'terminated' | 'unknown';
  readonly reason: string;
  readonly message: string;
  /** Of the present end, else of the last one; null when it never ended. */
  readonly exitCode: number | null;
  readonly lastReason: string;
};

export function containersOf(pod: KubeObject, which: 'containers' | 'initContainers' = 'containers') {
  const statuses = list(
    pod,
    'status',
    which === 'containers' ? 'containerStatuses' : 'initContainerStatuses',
  );
  return list(pod, 'spec', which).map((container): ContainerView => {
    const name = text(container, 'name');
    const status = statuses.find((one) => text(one, 'name') === name);
    const state = (['waiting', 'running', 'terminated'] as const).find(
      (kind) => field(status, 'state', kind) !== undefined,
    );
    const now = state === undefined ? undefined : field(status, 'state', state);
    const last = field(status, 'lastState', 'terminated');
    const exited = [state === 'terminated' ? now : undefined, last].find((one) => one !== undefined);
    return {
      name,
      image: text(container, 'image'),
      ready: field(status, 'ready') === true,
      restarts: integer(status, ['restartCount']),
      state: state ?? 'unknown',
      reason: text(now, 'reason'),
      message: text(now, 'message'),
      exitCode: exited === undefined ? null : integer(exited, ['exitCode']),
      lastReason: text(last, 'reason'),
    };
  });
}

export function podReady(pod: KubeObject): boolean {
  return conditionIs(pod, 'Ready', 'True');
}

/** Why a pod is not simply running: a container's reason first, then the pod's own; empty when all is well. */
export function podReason(pod: KubeObject): string {
  const stuckInit = containersOf(pod, 'initContainers').find(
    (one) => one.state === 'waiting' || (one.state === 'terminated' && one.exitCode !== 0),
  );
  const stuck = containersOf(pod).find(
    (one) => one.state === 'waiting' || (one.state === 'terminated' && one.reason !== 'Completed'),
  );
  const unscheduled = list(pod, 'status', 'conditions').find(
    (one) => text(one, 'type') === 'PodScheduled' && text(one, 'status') === 'False',
  );
  const waitsForInit = stuck?.reason === 'PodInitializing' ? undefined : stuck?.reason;
  return (
    [stuckInit?.reason, waitsForInit, text(pod, 'status', 'reason'), text(unscheduled, 'reason')].find(
      (reason) => reason !== undefined && reason !== '',
    ) ??
    stuck?.reason ??
    ''
  );
}

/** How much a pod asks for attention: a higher number is more trouble, 0 is none. */
export function podTrouble(pod: KubeObject): number {
  const containers = containersOf(pod);
  const restarts = containers.reduce((sum, one) => sum + one.restarts, 0);
  const done = text(pod, 'status', 'phase') === 'Succeeded';
  const broken = podReason(pod) === '' ? 0 : 1_000_000;
  const unready = podReady(pod) || done ? 0 : 100_000;
  return broken + unready + Math.min(restarts, 99_999);
}

/** The pods in trouble first, then by name. */
export function inTroubleFirst(pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.toSorted(
    (a, b) =>
      podTrouble(b) - podTrouble(a) || (a.metadata?.name ?? '').localeCompare(b.metadata?.name ?? '', 'en'),
  );
}

/** The one owner that manages it, as its ownerReferences say. */
export function controllerOf(object: KubeObject) {
  return object.metadata?.ownerReferences?.find((owner) => owner.controller === true);
}
