import { KUBELET_TIMES } from '../images.ts';
import { sameJson } from '../json.ts';
import { appOf } from '../metrics-usage.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { Pod } from '../types.ts';
import { stepContainer, tell } from './container.ts';
import { recordEvent } from './events.ts';
import { isOut } from './machine.ts';
import { type ContainerRuntime, newContainerRuntime, type PodRuntime } from './pod-runtime.ts';
import { podStatus } from './pod-status.ts';

/** The kubelets of all nodes: run what is bound to them, tell what happened in status and Events. */
export function runKubelets(simulation: Simulation): number | undefined {
  const { store, runtimes, clock, images, facts } = simulation;
  let wake: number | undefined;
  const present = new Set<string>();
  const nodes = new Map(store.list('nodes').map((node) => [node.metadata.name, node]));
  for (const pod of store.list('pods')) {
    if (pod.spec.nodeName === undefined) continue;
    present.add(pod.metadata.uid);
    const ready = nodes.get(pod.spec.nodeName)?.status.conditions.find(({ type }) => type === 'Ready');
    const nodeReady = ready === undefined || ready.status === 'True';
    if (isOut(simulation, pod.spec.nodeName)) {
      if (!nodeReady) loseReadiness(simulation, pod);
      continue;
    }
    const runtime = runtimes.get(pod.metadata.uid) ?? startPod(simulation, pod);
    const scripts = images.size + facts.usage.size;
    const { rest } = runtime;
    if (rest?.pod === pod && rest.nodeReady === nodeReady && rest.scripts === scripts) {
      wake = earliest(wake, rest.until);
      if (rest.until === undefined || rest.until > clock.now()) continue;
    }
    if (pod.metadata.deletionTimestamp !== undefined) {
      wake = earliest(wake, stopPod(simulation, pod, runtime));
      continue;
    }
    const until = runContainers(simulation, pod, runtime, ready?.message ?? '');
    wake = earliest(wake, until);
    const status = podStatus(pod, runtime, clock.now(), nodeReady);
    if (!sameJson(status, pod.status)) store.put('pods', { ...pod, status });
    else runtime.rest = followsFacts(simulation, pod) ? undefined : { pod, nodeReady, scripts, until };
  }
  for (const uid of runtimes.keys()) {
    if (!present.has(uid)) runtimes.delete(uid);
  }
  return wake;
}

/** Whether what the containers do may change without anything of the pod changing. */
function followsFacts({ images, facts }: Simulation, pod: Pod): boolean {
  if (facts.usage.has(appOf(pod))) return true;
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].some(({ image }) => images.has(image));
}

/** Of a node that does not answer only this is known: what ran there is not ready any more. */
function loseReadiness({ store, clock }: Simulation, pod: Pod): void {
  const conditions = (pod.status.conditions ?? []).map((condition) =>
    condition.type === 'Ready' && condition.status === 'True'
      ? { ...condition, status: 'False' as const, lastTransitionTime: clock.stamp() }
      : condition,
  );
  if (!sameJson(conditions, pod.status.conditions)) {
    store.put('pods', { ...pod, status: { ...pod.status, conditions } });
  }
}

function hasEndedWell({ phase, run }: ContainerRuntime): boolean {
  return phase === 'finished' && run?.exitCode === 0;
}

/** Runs the init containers one after the other, then all others together. */
function runContainers(
  simulation: Simulation,
  pod: Pod,
  runtime: PodRuntime,
  nodeMessage: string,
): number | undefined {
  runtime.sandboxFailed = !hasSandbox(runtime) && lacksNetwork(pod, nodeMessage);
  if (runtime.sandboxFailed) return failSandbox(simulation, pod, runtime);
  const init = runtime.inits.find((container) => !hasEndedWell(container));
  const turn = init === undefined ? runtime.containers : [init];
  const wakes = turn.flatMap((container) => stepContainer(simulation, pod, container));
  if (init !== undefined && hasEndedWell(init)) return simulation.clock.now();
  return earliest(...wakes);
}

function hasSandbox(runtime: PodRuntime): boolean {
  return [...runtime.inits, ...runtime.containers].some(
    ({ run, phase }) => run !== undefined || phase !== 'pulling',
  );
}

function lacksNetwork(pod: Pod, nodeMessage: string): boolean {
  return pod.spec.hostNetwork !== true && nodeMessage.includes('NetworkPluginNotReady');
}

function failSandbox(simulation: Simulation, pod: Pod, runtime: PodRuntime): number {
  const now = simulation.clock.now();
  if (runtime.sandboxAt > now) return runtime.sandboxAt;
  runtime.sandboxAt = now + KUBELET_TIMES.sandboxRetryMs;
  const source = { component: 'kubelet', host: pod.spec.nodeName ?? '' };
  const message =
    'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="calico" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized';
  recordEvent(simulation, pod, source, 'Warning', 'FailedCreatePodSandBox', message);
  return runtime.sandboxAt;
}

function startPod(simulation: Simulation, pod: Pod): PodRuntime {
  const now = simulation.clock.now();
  const address = simulation.serial();
  const runtime: PodRuntime = {
    podIP: `10.244.${Math.floor(address / 250) % 250}.${(address % 250) + 2}`,
    startedAt: now,
    stopAt: undefined,
    sandboxFailed: false,
    sandboxAt: now,
    inits: (pod.spec.initContainers ?? []).map(({ name, image }) =>
      newContainerRuntime(name, image, now, true),
    ),
    containers: pod.spec.containers.map((container) =>
      newContainerRuntime(container.name, container.image, now),
    ),
    turned: new Map(),
    rest: undefined,
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
