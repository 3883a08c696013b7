import { withDefaults } from '../admission/defaults.ts';
import { qosClass, withAccountToken } from '../admission/pod-admission.ts';
import { type JsonObject, objectOr } from '../json.ts';
import { randomSuffix } from '../names.ts';
import type { Simulation } from '../simulation.ts';
import { StatusError } from '../status.ts';
import type { KubeObject, Pod, PodTemplate } from '../types.ts';
import { recordEvent } from './events.ts';
import { controllerReference, newMeta } from './objects.ts';
import { admitPod } from './quota.ts';

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

export type NewPod = {
  component: string;
  name?: string;
  nodeName?: string;
  labels?: Record<string, string>;
  /** Volumes beside the template's own. */
  volumes?: { name: string; [source: string]: unknown }[];
};

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** When a controller whose pod was refused tries again, in ms; undefined when it may try now. */
export function waitsUntil(simulation: Simulation, owner: KubeObject): number | undefined {
  const { facts, clock } = simulation;
  const retry = facts.retries.get(owner.metadata.uid);
  if (retry === undefined || retry.key !== retryKey(simulation, owner) || retry.at <= clock.now()) {
    return undefined;
  }
  return retry.at;
}

/** What the next attempt depends on: a changed owner, quota or limit is reason to try at once. */
function retryKey({ store }: Simulation, owner: KubeObject): string {
  const { namespace, generation } = owner.metadata;
  const rules = [...store.list('resourcequotas', namespace), ...store.list('limitranges', namespace)];
  const pods = store.list('pods', namespace).length;
  return JSON.stringify([generation, pods, rules.map(({ spec }) => spec)]);
}

/** Creates a pod as its controller; undefined, with an Event and a time to try again, where admission refuses it. */
export function createPod(
  simulation: Simulation,
  owner: KubeObject,
  template: PodTemplate,
  options: NewPod,
): Pod | undefined {
  const source = { component: options.component };
  const { retries } = simulation.facts;
  if (waitsUntil(simulation, owner) !== undefined) return undefined;
  try {
    const pod = putPod(simulation, owner, template, options);
    retries.delete(owner.metadata.uid);
    recordEvent(simulation, owner, source, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    return pod;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const delay = retries.get(owner.metadata.uid)?.delayMs ?? FIRST_RETRY_MS / 2;
    const delayMs = Math.min(delay * 2, LAST_RETRY_MS);
    const at = simulation.clock.now() + delayMs;
    retries.set(owner.metadata.uid, { key: retryKey(simulation, owner), at, delayMs });
    recordEvent(simulation, owner, source, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
    return undefined;
  }
}

function putPod(simulation: Simulation, owner: KubeObject, template: PodTemplate, options: NewPod): Pod {
  const prefix = `${owner.metadata.name}-`;
  const name = options.name ?? `${prefix}${randomSuffix()}`;
  const labels = { ...template.metadata?.labels, ...options.labels };
  const annotations = template.metadata?.annotations;
  const replaced = new Set((options.volumes ?? []).map((volume) => volume.name));
  const volumes = [
    ...(template.spec.volumes ?? []).filter((volume) => !replaced.has(volume.name)),
    ...(options.volumes ?? []),
  ];
  const spec = volumes.length === 0 ? template.spec : { ...template.spec, volumes };
  const admitted = admitPod(
    simulation,
    owner.metadata.namespace ?? '',
    name,
    withDefaultPodSpec({ ...template, spec }),
  );
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
      ...spec,
      ...admitted,
      ...(options.nodeName === undefined ? {} : { nodeName: options.nodeName }),
    },
    status: { phase: 'Pending', qosClass: qosClass(template.spec.containers) },
  };
  return simulation.store.put('pods', pod);
}

function withDefaultPodSpec(template: PodTemplate): JsonObject {
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
