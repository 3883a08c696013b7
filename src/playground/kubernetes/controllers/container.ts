import { type ImageBehaviour, KUBELET_TIMES } from '../images.ts';
import { appOf } from '../metrics-usage.ts';
import type { Simulation } from '../simulation.ts';
import type { Container, Pod } from '../types.ts';
import { behaviourOf, missingSetting } from './container-behaviour.ts';
import { recordEvent } from './events.ts';
import type { ContainerRuntime } from './pod-runtime.ts';

/** Tells of a container in an Event of its pod, as its kubelet. */
export function tell(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  const source = { component: 'kubelet', host: pod.spec.nodeName ?? '' };
  const list = container.init ? 'initContainers' : 'containers';
  recordEvent(simulation, pod, source, type, reason, message, `spec.${list}{${container.name}}`);
}

function declared(pod: Pod, name: string): Container | undefined {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find((one) => one.name === name);
}

/** Takes a container one step further if its time has come; gives when it wants to be looked at again, in ms. */
export function stepContainer(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
): (number | undefined)[] {
  const now = simulation.clock.now();
  const wanted = declared(pod, container.name)?.image;
  if (wanted !== undefined && container.run === undefined) container.image = wanted;
  if (container.phase === 'running') watch(simulation, pod, container);
  if (!container.ready && container.readyAt !== undefined && container.readyAt <= now) {
    container.ready = true;
    container.readyAt = undefined;
  }
  if (container.nextAt !== undefined && container.nextAt <= now) turn(simulation, pod, container);
  return [container.nextAt, container.ready ? undefined : container.readyAt, container.probeAt];
}

function turn(simulation: Simulation, pod: Pod, container: ContainerRuntime): void {
  const behaviour = behaviourOf(simulation, pod, container.name, container.image);
  switch (container.phase) {
    case 'pulling':
      pull(simulation, pod, container, behaviour);
      return;
    case 'pull-backoff':
      backOffPull(simulation, pod, container);
      return;
    case 'creating':
    case 'config-error':
      create(simulation, pod, container, behaviour);
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

/** A container that runs follows what changes around it: its load, its probe, the script of its pod. */
function watch(simulation: Simulation, pod: Pod, container: ContainerRuntime): void {
  if (!simulation.images.has(container.image) && !simulation.facts.usage.has(appOf(pod))) return;
  const now = simulation.clock.now();
  const behaviour = behaviourOf(simulation, pod, container.name, container.image);
  if (behaviour.kind === 'exits') {
    container.nextAt ??= now + behaviour.afterMs;
    return;
  }
  container.nextAt = undefined;
  if (behaviour.kind === 'never-ready') {
    container.ready = false;
    container.readyAt = undefined;
    if ((container.probeAt ?? now) > now) return;
    const message = `Readiness probe failed: ${behaviour.probeFailure}`;
    tell(simulation, pod, container, 'Warning', 'Unhealthy', message);
    container.probeAt = now + KUBELET_TIMES.probePeriodMs;
    return;
  }
  container.probeAt = undefined;
  if (behaviour.kind === 'runs' && !container.ready) {
    container.readyAt ??= now + (behaviour.readyAfterMs ?? KUBELET_TIMES.readyAfterMs);
  }
}

function create(
  simulation: Simulation,
  pod: Pod,
  container: ContainerRuntime,
  behaviour: ImageBehaviour,
): void {
  const spec = declared(pod, container.name);
  const missing = spec === undefined ? undefined : missingSetting(simulation, pod, spec);
  if (missing === undefined) {
    container.message = undefined;
    start(simulation, pod, container, behaviour);
    return;
  }
  container.phase = 'config-error';
  container.message = missing;
  container.nextAt = simulation.clock.now() + KUBELET_TIMES.configRetryMs;
  tell(simulation, pod, container, 'Warning', 'Failed', `Error: ${missing}`);
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
  container.probeAt = undefined;
  if (behaviour.kind === 'runs') {
    container.readyAt = now + (behaviour.readyAfterMs ?? KUBELET_TIMES.readyAfterMs);
  }
  if (behaviour.kind === 'exits' && behaviour.readyAfterMs !== undefined) {
    container.readyAt = now + behaviour.readyAfterMs;
  }
  if (behaviour.kind === 'never-ready') watch(simulation, pod, container);
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
    log: behaviour.log,
    reason: behaviour.reason ?? (behaviour.exitCode === 0 ? 'Completed' : 'Error'),
  };
  container.ready = false;
  container.readyAt = undefined;
  const asked = pod.spec.restartPolicy ?? 'Always';
  // An init container that ended well is done, whatever the pod's policy.
  const policy = container.init && asked === 'Always' ? 'OnFailure' : asked;
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
  start(simulation, pod, container, behaviourOf(simulation, pod, container.name, container.image));
}
