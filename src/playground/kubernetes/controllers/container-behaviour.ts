import { quantity } from '../admission/validate.ts';
import { DEFAULT_BEHAVIOUR, type ImageBehaviour, KUBELET_TIMES } from '../images.ts';
import { at, textOr } from '../json.ts';
import { appOf } from '../metrics-usage.ts';
import type { Simulation } from '../simulation.ts';
import type { Container, Pod } from '../types.ts';

const INIT: ImageBehaviour = { kind: 'exits', afterMs: KUBELET_TIMES.initMs, exitCode: 0, log: [] };
const JOB: ImageBehaviour = { kind: 'exits', afterMs: KUBELET_TIMES.jobMs, exitCode: 0, log: ['done'] };

function isInit(pod: Pod, name: string): boolean {
  return (pod.spec.initContainers ?? []).some((container) => container.name === name);
}

function plain(simulation: Simulation, pod: Pod, container: Container): ImageBehaviour {
  const known = simulation.images.get(container.image);
  if (known !== undefined) return typeof known === 'function' ? known(pod, container, simulation) : known;
  if (isInit(pod, container.name)) return INIT;
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner?.kind === 'Job' ? JOB : DEFAULT_BEHAVIOUR;
}

/**
 * How a container behaves in its pod: as its image does, unless it takes more memory than its limit, or its readiness
 * probe asks for a path that is not there. `image` is the one it runs, which an edited pod may be about to change.
 */
export function behaviourOf(simulation: Simulation, pod: Pod, name: string, image: string): ImageBehaviour {
  const declared = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(
    (one) => one.name === name,
  );
  const container: Container = { ...declared, name, image };
  const behaviour = plain(simulation, pod, container);
  if (behaviour.kind !== 'runs') return behaviour;
  const need = simulation.facts.usage.get(appOf(pod))?.memory;
  const limit = container.resources?.limits?.memory;
  if (need !== undefined && limit !== undefined && need > quantity(limit)) {
    return {
      kind: 'exits',
      afterMs: KUBELET_TIMES.outOfMemoryMs,
      exitCode: 137,
      reason: 'OOMKilled',
      log: behaviour.log ?? [],
      readyAfterMs: behaviour.readyAfterMs ?? KUBELET_TIMES.readyAfterMs,
    };
  }
  const path = at(container.readinessProbe, 'httpGet', 'path');
  if (behaviour.paths === undefined || path === undefined || behaviour.paths.includes(textOr(path))) {
    return behaviour;
  }
  const probeFailure = 'HTTP probe failed with statuscode: 404';
  return { kind: 'never-ready', log: behaviour.log ?? [], probeFailure };
}

/** The ConfigMap, Secret or key that a container's environment asks for and the cluster does not have. */
export function missingSetting(simulation: Simulation, pod: Pod, container: Container): string | undefined {
  const { store } = simulation;
  const { namespace } = pod.metadata;
  const lacks = (kind: 'configmap' | 'secret', reference: unknown, key?: string): string | undefined => {
    const name = textOr(at(reference, 'name'));
    if (name === '' || at(reference, 'optional') === true) return undefined;
    const found = store.get(`${kind}s`, namespace, name);
    if (found === undefined) return `${kind} "${name}" not found`;
    if (key === undefined || at(found, 'data', key) !== undefined) return undefined;
    return `couldn't find key ${key} in ${kind === 'configmap' ? 'ConfigMap' : 'Secret'} ${namespace}/${name}`;
  };
  for (const source of Array.isArray(container.envFrom) ? container.envFrom : []) {
    const missing =
      lacks('configmap', at(source, 'configMapRef')) ?? lacks('secret', at(source, 'secretRef'));
    if (missing !== undefined) return missing;
  }
  for (const variable of Array.isArray(container.env) ? container.env : []) {
    const map = at(variable, 'valueFrom', 'configMapKeyRef');
    const secret = at(variable, 'valueFrom', 'secretKeyRef');
    const missing =
      lacks('configmap', map, textOr(at(map, 'key'))) ?? lacks('secret', secret, textOr(at(secret, 'key')));
    if (missing !== undefined) return missing;
  }
  return undefined;
}
