import type { ContainerStatus, KubeObject, PodStatus } from '../types.ts';
import { humanDuration } from './duration.ts';

// Tables are made of whatever is stored, so every part of a pod's status may be missing.
function statusOf(object: KubeObject): Partial<PodStatus> {
  return typeof object.status === 'object' && object.status !== null ? object.status : {};
}

function statuses(object: KubeObject): ContainerStatus[] {
  return statusOf(object).containerStatuses ?? [];
}

function containerCount(object: KubeObject): number {
  const { spec } = object;
  const containers =
    typeof spec === 'object' && spec !== null && 'containers' in spec ? spec.containers : undefined;
  return Array.isArray(containers) ? containers.length : 0;
}

export function podReady(object: KubeObject): string {
  const ready = statuses(object).filter(
    (status) => status.ready && status.state.running !== undefined,
  ).length;
  return `${ready}/${containerCount(object)}`;
}

/** The STATUS column: what the containers wait for or ended with, else the phase. */
export function podStatusText(object: KubeObject): string {
  const status = statusOf(object);
  let reason: string = status.reason ?? status.phase ?? 'Unknown';
  let running = false;
  for (const container of [...statuses(object)].reverse()) {
    const { waiting, terminated } = container.state;
    if (waiting !== undefined && waiting.reason !== '') reason = waiting.reason;
    else if (terminated !== undefined) reason = terminated.reason || `ExitCode:${terminated.exitCode}`;
    else if (container.ready && container.state.running !== undefined) running = true;
  }
  if (reason === 'Completed' && running) {
    const ready = status.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True');
    reason = ready === true ? 'Running' : 'NotReady';
  }
  if (object.metadata.deletionTimestamp !== undefined) {
    return status.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  }
  return reason;
}

export function podRestarts(object: KubeObject, now: number): string {
  const list = statuses(object);
  const restarts = list.reduce((total, container) => total + container.restartCount, 0);
  const ends = list.flatMap((container) => {
    const finished = container.lastState?.terminated?.finishedAt;
    return finished === undefined ? [] : [Date.parse(finished)];
  });
  return restarts === 0 || ends.length === 0
    ? String(restarts)
    : `${restarts} (${humanDuration(now - Math.max(...ends))} ago)`;
}
