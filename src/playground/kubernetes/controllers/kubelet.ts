import { DEFAULT_BEHAVIOUR, type ImageBehaviour, KUBELET_TIMES } from '../images.ts';
import { sameJson } from '../json.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { Pod } from '../types.ts';
import { recordEvent } from './events.ts';
import { type ContainerRuntime, newContainerRuntime, type PodRuntime } from './pod-runtime.ts';
import { podStatus } from './pod-status.ts';

function behaviourOf(simulation: Simulation, image: string): ImageBehaviour {
  return simulation.images.get(image) ?? DEFAULT_BEHAVIOUR;
}

/** The kubelets of all nodes: run what is bound to them, tell what happened in status and Events. */
export function runKubelets(simulation: Simulation): number | undefined {
  const { store, runtimes, clock } = simulation;
  let wake: number | undefined;
  const present = new Set<string>();
  for (const pod of store.list('pods')) {
    if (pod.spec.nodeName === undefined) continue;
    present.add(pod.metadata.uid);
    const runtime = runtimes.get(pod.metadata.uid) ?? startPod(simulation, pod);
    if (pod.metadata.deletionTimestamp !== undefined) {
      wake = earliest(wake, stopPod(simulation, pod, runtime));
      continue;
    }
    for (const container of runtime.containers) {
      stepContainer(simulation, pod, container);
      wake = earliest(wake, container.nextAt, container.ready ? undefined : container.readyAt);
    }
    const status = podStatus(pod, runtime, clock.now());
    if (!sameJson(status, pod.status)) store.put('pods', { ...pod, status });
  }
  for (const uid of runtimes.keys()) {
    if (!present.has(uid)) runtimes.delete(uid);
  }
  return wake;
}

function startPod(simulation: Simulation, pod: Pod): PodRuntime {
  const now = simulation.clock.now();
  const address = simulation.serial();
  const runtime: PodRuntime = {
    podIP: `10.244.${Math.floor(address / 250) % 250}.${(address % 250) + 2}`,
    startedAt: now,
    stopAt: undefined,
    containers: pod.spec.containers.map((container) =>
      newContainerRuntime(container.name, container.image, now),
    ),
    turned: new Map(),
  };
  simulation.runtimes.set(pod.metadata.uid, runtime);
  return runtime;
}

function stopPod(simulation: Simulation, pod: Pod, runtime: PodRuntime): number | undefined {
  const { store, clock } = simulation;
  if (runtime.stopAt === undefined) {
    runtime.stopAt = clock.now() + KUBELET_TIMES.stopMs;
    for (const container of runtime.containers.filter(({ phase }) => phase === 'running')) {
      tell(simulation, pod, container, 'Normal', 'Killing', `Stopping container ${container.name}`);
    }
  }
  if (clock.now() < runtime.stopAt) return runtime.stopAt;
  if ((pod.metadata.finalizers ?? []).length === 0) {
    store.remove('pods', pod.metadata.namespace, pod.metadata.name);
  }
  return undefined;
}

function tell(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const source = { component: 'kubelet', host: pod.spec.nodeName ?? '' };
  recordEvent(simulation, pod, source, type, reason, message, `spec.containers{${container.name}}`);
}

function stepContainer(simulation: Simulation, pod: Pod, container: ContainerRuntime): void {
  const now = simulation.clock.now();
  const wanted = pod.spec.containers.find(({ name }) => name === container.name)?.image;
  if (wanted !== undefined && container.run === undefined) container.image = wanted;
  if (!container.ready && container.readyAt !== undefined && container.readyAt <= now) {
    container.ready = true;
    container.readyAt = undefined;
  }
  if (container.nextAt === undefined || container.nextAt > now) return;
  const behaviour = behaviourOf(simulation, container.image);
  switch (container.phase) {
    case 'pulling':
      pull(simulation, pod, container, behaviour);
      return;
    case 'pull-backoff':
      backOffPull(simulation, pod, container);
      return;
    case 'creating':
      start(simulation, pod, container, behaviour);
      return;
    case 'running':
      exit(simulation, pod, container, behaviour);
      return;
    case 'crashed':
    case 'crash-backoff':
      restart(simulation, pod, container);
      return;
    case 'finished':
      container.nextAt = undefined;
  }
}

function pull(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
  behaviour: ImageBehaviour,
): void {
  const now = simulation.clock.now();
  if (behaviour.kind !== 'unpullable') {
    tell(
      simulation,
      pod,
      container,
      'Normal',
      'Pulled',
      `Container image "${container.image}" already present on machine`,
    );
    container.phase = 'creating';
    container.message = undefined;
    container.nextAt = now + KUBELET_TIMES.startMs;
    return;
  }
  tell(simulation, pod, container, 'Normal', 'Pulling', `Pulling image "${container.image}"`);
  const failed = `Failed to pull image "${container.image}": ${behaviour.message}`;
  tell(simulation, pod, container, 'Warning', 'Failed', failed);
  tell(simulation, pod, container, 'Warning', 'Failed', 'Error: ErrImagePull');
  container.phase = 'pull-backoff';
  container.message = behaviour.message;
  container.nextAt = now + KUBELET_TIMES.pullFailureMs;
}

function backOffPull(simulation: Simulation, pod: Pod, container: ContainerRuntime): void {
  container.phase = 'pulling';
  container.backoffMs = Math.min(
    Math.max(KUBELET_TIMES.pullBackoffMs, container.backoffMs * 2),
    KUBELET_TIMES.pullBackoffMaxMs,
  );
  container.nextAt = simulation.clock.now() + container.backoffMs;
  tell(simulation, pod, container, 'Normal', 'BackOff', `Back-off pulling image "${container.image}"`);
  tell(simulation, pod, container, 'Warning', 'Failed', 'Error: ImagePullBackOff');
}

function start(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
  behaviour: ImageBehaviour,
): void {
  const now = simulation.clock.now();
  tell(simulation, pod, container, 'Normal', 'Created', `Created container: ${container.name}`);
  tell(simulation, pod, container, 'Normal', 'Started', `Started container ${container.name}`);
  if (container.run !== undefined) container.previous = container.run;
  container.run = { startedAt: now, image: container.image };
  container.phase = 'running';
  container.ready = false;
  container.nextAt = behaviour.kind === 'exits' ? now + behaviour.afterMs : undefined;
  if (behaviour.kind === 'runs') {
    container.readyAt = now + (behaviour.readyAfterMs ?? KUBELET_TIMES.readyAfterMs);
  }
  if (behaviour.kind === 'never-ready') {
    const message = `Readiness probe failed: ${behaviour.probeFailure}`;
    tell(simulation, pod, container, 'Warning', 'Unhealthy', message);
  }
}

function exit(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
  behaviour: ImageBehaviour,
): void {
  if (behaviour.kind !== 'exits' || container.run === undefined) {
    container.nextAt = undefined;
    return;
  }
  const now = simulation.clock.now();
  container.run = {
    ...container.run,
    finishedAt: now,
    exitCode: behaviour.exitCode,
    reason: behaviour.reason ?? (behaviour.exitCode === 0 ? 'Completed' : 'Error'),
  };
  container.ready = false;
  container.readyAt = undefined;
  const policy = pod.spec.restartPolicy ?? 'Always';
  if (policy === 'Never' || (policy === 'OnFailure' && behaviour.exitCode === 0)) {
    container.phase = 'finished';
    container.nextAt = undefined;
    return;
  }
  if (now - container.run.startedAt >= KUBELET_TIMES.backoffResetMs) container.backoffMs = 0;
  if (container.restarts === 0) {
    container.phase = 'crashed';
    container.nextAt = now + KUBELET_TIMES.firstRestartMs;
    return;
  }
  container.backoffMs = Math.min(
    Math.max(KUBELET_TIMES.crashBackoffMs, container.backoffMs * 2),
    KUBELET_TIMES.crashBackoffMaxMs,
  );
  container.phase = 'crash-backoff';
  container.nextAt = now + container.backoffMs;
  const name = `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`;
  const message = `Back-off restarting failed container ${container.name} in pod ${name}`;
  tell(simulation, pod, container, 'Warning', 'BackOff', message);
}

function restart(simulation: Simulation, pod: Pod, container: ContainerRuntime): void {
  container.restarts += 1;
  tell(
    simulation,
    pod,
    container,
    'Normal',
    'Pulled',
    `Container image "${container.image}" already present on machine`,
  );
  start(simulation, pod, container, behaviourOf(simulation, container.image));
}
