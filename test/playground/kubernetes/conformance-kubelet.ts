import { type Controller, earliest } from '../../../src/playground/kubernetes/simulation.ts';
import type { Condition, ContainerStatus, Pod, PodStatus } from '../../../src/playground/kubernetes/types.ts';

const STARTS_AFTER_MS = 1_000;
/** The recorded node without a kubelet. */
const SILENT_NODE = 'fake-node-3';

function running(pod: Pod, now: string): PodStatus {
  const condition = (type: string): Condition => ({
    type,
    observedGeneration: 1,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: now,
  });
  const scheduled: Condition = {
    type: 'PodScheduled',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: pod.metadata.creationTimestamp,
  };
  const others = ['PodReadyToStartContainers', 'Initialized', 'ContainersReady', 'Ready'].map(condition);
  return {
    ...pod.status,
    observedGeneration: 1,
    phase: 'Running',
    conditions: [scheduled, ...others],
    hostIP: '192.0.2.10',
    hostIPs: [{ ip: '192.0.2.10' }],
    podIP: '10.244.0.99',
    podIPs: [{ ip: '10.244.0.99' }],
    startTime: pod.metadata.creationTimestamp,
    containerStatuses: pod.spec.containers.map(
      ({ name, image }): ContainerStatus => ({
        name,
        state: { running: { startedAt: now } },
        lastState: {},
        ready: true,
        restartCount: 0,
        image,
        imageID: 'fake@sha256:0000000000000000000000000000000000000000000000000000000000000000',
        containerID: `fake://${pod.metadata.uid}-${name}-0`,
        started: true,
      }),
    ),
  };
}

/** The kubelet the recordings were made with: it runs every image at once and ends pods without waiting. */
export const runFakeKubelet: Controller = ({ store, clock }) => {
  let wake: number | undefined;
  for (const pod of store.list('pods')) {
    const { nodeName } = pod.spec;
    if (nodeName === undefined || nodeName === SILENT_NODE) continue;
    if (pod.metadata.deletionTimestamp !== undefined) {
      store.remove('pods', pod.metadata.namespace, pod.metadata.name);
      continue;
    }
    if (pod.status.containerStatuses !== undefined) continue;
    const startsAt = Date.parse(pod.metadata.creationTimestamp) + STARTS_AFTER_MS;
    if (clock.now() < startsAt) wake = earliest(wake, startsAt);
    else store.put('pods', { ...pod, status: running(pod, clock.stamp()) });
  }
  return wake;
};

/** Keeps the recorded node without a kubelet unknown to the node controller. */
export const loseSilentNode: Controller = ({ facts }) => {
  if (!facts.outages.has(SILENT_NODE)) facts.outages.set(SILENT_NODE, { since: 0, until: undefined });
  return undefined;
};
