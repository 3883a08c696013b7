import { qosClass } from '../admission/pod-admission.ts';
import { stampOf } from '../clock.ts';
import type { Condition, ContainerState, ContainerStatus, Pod, PodStatus, Terminated } from '../types.ts';
import type { ContainerRun, ContainerRuntime, PodRuntime } from './pod-runtime.ts';

const NODE_ADDRESS = '192.0.2.10';
const IMAGE_DIGEST = 'sha256:0000000000000000000000000000000000000000000000000000000000000000';

function terminated(run: ContainerRun, containerID: string): Terminated {
  return {
    exitCode: run.exitCode ?? 0,
    reason: run.reason ?? 'Completed',
    startedAt: stampOf(run.startedAt),
    finishedAt: stampOf(run.finishedAt ?? run.startedAt),
    containerID,
  };
}

function idOf(pod: Pod, container: ContainerRuntime, restart: number): string {
  return `containerd://${pod.metadata.uid}-${container.name}-${restart}`;
}

function stateOf(pod: Pod, container: ContainerRuntime): ContainerState {
  switch (container.phase) {
    case 'pulling':
      return container.message === undefined
        ? { waiting: { reason: 'ContainerCreating' } }
        : {
            waiting: {
              reason: 'ImagePullBackOff',
              message: `Back-off pulling image "${container.image}": ${container.message}`,
            },
          };
    case 'pull-backoff':
      return { waiting: { reason: 'ErrImagePull', message: container.message ?? '' } };
    case 'creating':
      return { waiting: { reason: 'ContainerCreating' } };
    case 'config-error':
      return { waiting: { reason: 'CreateContainerConfigError', message: container.message ?? '' } };
    case 'running':
      return { running: { startedAt: stampOf(container.run?.startedAt ?? 0) } };
    case 'crash-backoff':
      return {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off ${container.backoffMs / 1000}s restarting failed container=${container.name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`,
        },
      };
    case 'crashed':
    case 'finished':
      return container.run === undefined
        ? { waiting: { reason: 'ContainerCreating' } }
        : { terminated: terminated(container.run, idOf(pod, container, container.restarts)) };
  }
}

function lastStateOf(pod: Pod, container: ContainerRuntime): ContainerState {
  if (container.phase === 'crash-backoff' && container.run !== undefined) {
    return { terminated: terminated(container.run, idOf(pod, container, container.restarts)) };
  }
  if (container.previous === undefined) return {};
  return { terminated: terminated(container.previous, idOf(pod, container, container.restarts - 1)) };
}

function containerStatus(pod: Pod, container: ContainerRuntime, initialized: boolean): ContainerStatus {
  return {
    name: container.name,
    state: initialized ? stateOf(pod, container) : { waiting: { reason: 'PodInitializing' } },
    lastState: lastStateOf(pod, container),
    ready: container.init ? hasEndedWell(container) : container.ready,
    restartCount: container.restarts,
    image: container.image,
    imageID: container.run === undefined ? '' : `${container.image.replace(/:[^:/]*$/, '')}@${IMAGE_DIGEST}`,
    ...(container.run === undefined ? {} : { containerID: idOf(pod, container, container.restarts) }),
    started: container.phase === 'running',
  };
}

function hasEndedWell({ phase, run }: ContainerRuntime): boolean {
  return phase === 'finished' && run?.exitCode === 0;
}

function isInitialized({ inits }: PodRuntime): boolean {
  return inits.every(hasEndedWell);
}

function phaseOf(runtime: PodRuntime): PodStatus['phase'] {
  const { containers, inits } = runtime;
  if (inits.some(({ phase, run }) => phase === 'finished' && run?.exitCode !== 0)) return 'Failed';
  if (!isInitialized(runtime)) return 'Pending';
  if (containers.every(({ phase }) => phase === 'finished')) {
    return containers.every(({ run }) => run?.exitCode === 0) ? 'Succeeded' : 'Failed';
  }
  return containers.some(({ run }) => run === undefined) ? 'Pending' : 'Running';
}

function conditionsOf(pod: Pod, runtime: PodRuntime, now: number, nodeReady: boolean): Condition[] {
  const done = phaseOf(runtime) === 'Succeeded';
  const unready = runtime.containers.filter(({ ready }) => !ready).map(({ name }) => name);
  const incomplete = runtime.inits.filter((container) => !hasEndedWell(container)).map(({ name }) => name);
  const observed = pod.metadata.generation ?? 1;
  const condition = (type: string, holds: boolean): Condition => {
    const status = holds ? 'True' : 'False';
    const turned = runtime.turned.get(type);
    const at = turned?.status === status ? turned.at : now;
    runtime.turned.set(type, { status, at });
    const readiness = type === 'Ready' || type === 'ContainersReady';
    return {
      type,
      observedGeneration: observed,
      status,
      lastProbeTime: null,
      lastTransitionTime: stampOf(at),
      ...(type === 'Initialized' && !holds
        ? {
            reason: 'ContainersNotInitialized',
            message: `containers with incomplete status: [${incomplete.join(' ')}]`,
          }
        : {}),
      ...(readiness && !holds && unready.length > 0
        ? done
          ? { reason: 'PodCompleted' }
          : {
              reason: 'ContainersNotReady',
              message: `containers with unready status: [${unready.join(' ')}]`,
            }
        : {}),
    };
  };
  const scheduled: Condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: stampOf(runtime.startedAt),
  };
  const started = [...runtime.inits, ...runtime.containers].some(({ run }) => run !== undefined);
  return [
    scheduled,
    condition('PodReadyToStartContainers', started),
    condition('Initialized', incomplete.length === 0),
    condition('ContainersReady', unready.length === 0),
    condition('Ready', unready.length === 0 && nodeReady),
  ];
}

/** The status a kubelet reports for a pod, from what its node knows of the containers. */
export function podStatus(pod: Pod, runtime: PodRuntime, now: number, nodeReady: boolean): PodStatus {
  const initialized = isInitialized(runtime);
  const inits = runtime.inits.map((container, index) =>
    containerStatus(pod, container, runtime.inits.slice(0, index).every(hasEndedWell)),
  );
  return {
    observedGeneration: pod.metadata.generation ?? 1,
    phase: phaseOf(runtime),
    conditions: conditionsOf(pod, runtime, now, nodeReady),
    hostIP: NODE_ADDRESS,
    hostIPs: [{ ip: NODE_ADDRESS }],
    ...(runtime.sandboxFailed ? {} : { podIP: runtime.podIP, podIPs: [{ ip: runtime.podIP }] }),
    startTime: stampOf(runtime.startedAt),
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
    containerStatuses: runtime.containers.map((container) => containerStatus(pod, container, initialized)),
    qosClass: qosClass(pod.spec.containers),
  };
}
