import { checkQuota, withLimits } from '../admission/quota.ts';
import { quantity } from '../admission/validate.ts';
import { at, type JsonObject, objectOr, sameJson } from '../json.ts';
import { resourceOfStorage } from '../resources.ts';
import type { Simulation } from '../simulation.ts';
import type { KubeObject, Pod } from '../types.ts';

const MEBIBYTE = 2 ** 20;

function written(kind: string, value: number): string {
  if (kind.endsWith('cpu')) {
    const millis = Math.round(value * 1000);
    return millis % 1000 === 0 ? String(millis / 1000) : `${millis}m`;
  }
  if (!/memory$|storage$/.test(kind)) return String(value);
  const mebibytes = Math.round(value / MEBIBYTE);
  return mebibytes > 0 && mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

/** How much of one kind a namespace uses: https://kubernetes.io/docs/concepts/policy/resource-quotas/ */
function used(simulation: Simulation, namespace: string, kind: string, pods: readonly Pod[]): number {
  if (kind === 'pods' || kind === 'count/pods') return pods.length;
  const [list = '', name = ''] = (/^(cpu|memory)$/.test(kind) ? `requests.${kind}` : kind).split('.');
  if (list === 'requests' && name === 'storage') {
    return simulation.store
      .list('persistentvolumeclaims', namespace)
      .reduce((sum, claim) => sum + quantity(at(claim, 'spec', 'resources', 'requests', 'storage') ?? 0), 0);
  }
  if (list === 'requests' || list === 'limits') {
    return pods
      .flatMap((pod) => pod.spec.containers)
      .map((container) => quantity(container.resources?.[list]?.[name] ?? 0))
      .reduce((sum, value) => sum + value, 0);
  }
  const storage = kind.replace(/^count\//, '').split('.')[0] ?? '';
  return simulation.store.list(storage, namespace).length;
}

/** Quotas count every pod that has not ended. */
function isCounted({ status }: Pod): boolean {
  return status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

function counted(simulation: Simulation, quota: KubeObject): KubeObject {
  const namespace = quota.metadata.namespace ?? '';
  const hard = objectOr(at(quota, 'spec', 'hard'));
  const pods = simulation.store.list('pods', namespace).filter(isCounted);
  const status = {
    hard,
    used: Object.fromEntries(
      Object.keys(hard).map((kind) => [kind, written(kind, used(simulation, namespace, kind, pods))]),
    ),
  };
  return sameJson(status, quota.status)
    ? quota
    : simulation.store.put('resourcequotas', { ...quota, status });
}

/** Counts what the namespaces use of their quotas. */
export function countQuotas(simulation: Simulation): undefined {
  for (const quota of simulation.store.list('resourcequotas')) counted(simulation, quota);
  return undefined;
}

/** What admission makes of the spec of a pod that a controller creates; throws StatusError where it refuses. */
export function admitPod(
  simulation: Simulation,
  namespace: string,
  name: string,
  spec: JsonObject,
): JsonObject {
  const { store } = simulation;
  const pods = resourceOfStorage('pods');
  const limited = withLimits(store, pods, namespace, name, spec);
  const quotas = store.list('resourcequotas', namespace);
  if (quotas.length === 0) return limited;
  for (const quota of quotas) counted(simulation, quota);
  checkQuota(store, pods, namespace, name, limited);
  return limited;
}
