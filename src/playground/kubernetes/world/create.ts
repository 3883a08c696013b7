import { randomUUID } from 'node:crypto';
import { withDefaults } from '../admission/defaults.ts';
import { afterUpdate, type Manager } from '../api/managed-fields.ts';
import { compact, isObject, type JsonObject, objectOr, textOr } from '../json.ts';
import { apiVersionOf, findKind } from '../resources.ts';
import type { Simulation } from '../simulation.ts';
import type { KubeObject } from '../types.ts';

function clusterAddress(simulation: Simulation, spec: JsonObject): JsonObject {
  if (spec.clusterIP !== undefined) return spec;
  const address = `10.96.40.${(simulation.serial() % 250) + 1}`;
  return { ...spec, clusterIP: address, clusterIPs: [address] };
}

const WITH_GENERATION = new Set([
  'Deployment',
  'DaemonSet',
  'StatefulSet',
  'ReplicaSet',
  'Pod',
  'PodDisruptionBudget',
  'Job',
  'HorizontalPodAutoscaler',
]);

/** Puts an object into the cluster as a client's create would, without asking anybody's leave. */
export function create(simulation: Simulation, manifest: JsonObject): KubeObject {
  const apiVersion = textOr(manifest.apiVersion);
  const kind = textOr(manifest.kind);
  const resource = findKind(apiVersion, kind);
  if (resource === undefined) throw new Error(`the playground has no ${kind} of ${apiVersion}`);
  const { metadata, kind: _kind, apiVersion: _version, ...fields } = manifest;
  const filled = withDefaults(resource.storage, fields);
  const spec = kind === 'Service' ? { spec: clusterAddress(simulation, objectOr(filled.spec)) } : {};
  const given = isObject(metadata) ? metadata : {};
  const object: KubeObject = compact({
    apiVersion: apiVersionOf(resource),
    kind,
    metadata: {
      ...given,
      name: textOr(given.name),
      uid: randomUUID(),
      resourceVersion: '',
      ...(WITH_GENERATION.has(kind) ? { generation: 1 } : {}),
      creationTimestamp: simulation.clock.stamp(),
    },
    ...filled,
    ...spec,
  });
  const applied: Manager = { name: 'kubectl-client-side-apply', operation: 'Update', apiVersion };
  const managedFields = afterUpdate(undefined, object, applied, simulation.clock.stamp());
  return simulation.store.put(resource.storage, {
    ...object,
    metadata: { ...object.metadata, managedFields },
  });
}
