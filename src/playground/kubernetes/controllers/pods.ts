import { withDefaults } from '../admission/defaults.ts';
import { qosClass, withAccountToken } from '../admission/pod-admission.ts';
import { objectOr } from '../json.ts';
import { randomSuffix } from '../names.ts';
import type { Simulation } from '../simulation.ts';
import type { KubeObject, Pod, PodTemplate } from '../types.ts';
import { recordEvent } from './events.ts';
import { controllerReference, newMeta } from './objects.ts';

export function isReady(pod: Pod): boolean {
  return (pod.status.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

/** Whether a pod counts for its owner: neither ended nor being deleted. */
export function isActive(pod: Pod): boolean {
  const { phase } = pod.status;
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
}

export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined;
}

export function createPod(
  simulation: Simulation,
  owner: KubeObject,
  template: PodTemplate,
  options: { component: string; name?: string; nodeName?: string; labels?: Record<string, string> },
): Pod {
  const prefix = `${owner.metadata.name}-`;
  const name = options.name ?? `${prefix}${randomSuffix()}`;
  const labels = { ...template.metadata?.labels, ...options.labels };
  const annotations = template.metadata?.annotations;
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: newMeta(simulation, {
      name,
      generateName: prefix,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      generation: 1,
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(owner)],
    }),
    spec: {
      ...template.spec,
      ...withDefaultPodSpec(template),
      ...(options.nodeName === undefined ? {} : { nodeName: options.nodeName }),
    },
    status: { phase: 'Pending', qosClass: qosClass(template.spec.containers) },
  };
  const stored = simulation.store.put('pods', pod);
  const source = { component: options.component };
  recordEvent(simulation, owner, source, 'Normal', 'SuccessfulCreate', `Created pod: ${name}`);
  return stored;
}

function withDefaultPodSpec(template: PodTemplate): object {
  const { spec } = withDefaults('pods', { spec: template.spec });
  return withAccountToken(objectOr(spec));
}

/** Asks for a pod's end with its own grace period; its node removes it when the containers have stopped. */
export function deletePod(simulation: Simulation, pod: Pod, graceSeconds?: number): Pod {
  if (pod.metadata.deletionTimestamp !== undefined) return pod;
  const { store, clock } = simulation;
  const grace = graceSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  const deleting: Pod = {
    ...pod,
    metadata: {
      ...pod.metadata,
      generation: (pod.metadata.generation ?? 1) + 1,
      deletionTimestamp: new Date(clock.now() + grace * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
      deletionGracePeriodSeconds: grace,
    },
  };
  const stored = store.put('pods', deleting);
  // A pod that no node has taken yet has nothing to stop.
  if (grace === 0 || pod.spec.nodeName === undefined) {
    store.remove('pods', pod.metadata.namespace, pod.metadata.name);
  }
  return stored;
}
