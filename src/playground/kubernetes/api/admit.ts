import { jobLabels, withJobLabels } from '../admission/job-labels.ts';
import { LIMIT_NOTE, limitNote } from '../admission/limit-note.ts';
import { nameAdvice } from '../admission/name-advice.ts';
import { qosClass, withAccountToken } from '../admission/pod-admission.ts';
import { podOf, podSecurity } from '../admission/pod-security.ts';
import { withLimits } from '../admission/quota.ts';
import { type JsonObject, objectOr } from '../json.ts';
import type { Resource } from '../resources.ts';
import { forbidden } from '../status.ts';
import type { KubeObject } from '../types.ts';
import type { ApiContext } from './context.ts';

/** What the admission plugins of a default cluster add to a new object, or refuse of it. */
export function admitted(
  context: ApiContext,
  resource: Resource,
  namespace: string | undefined,
  name: string,
  object: JsonObject,
): JsonObject {
  if (resource.storage !== 'pods' || namespace === undefined) return object;
  const { store } = context.simulation;
  const note = limitNote(store, namespace, object.spec);
  const spec = withLimits(store, resource, namespace, name, withAccountToken(objectOr(object.spec)));
  const status = { ...objectOr(object.status), qosClass: qosClass(spec.containers) };
  const metadata = objectOr(object.metadata);
  const annotations = {
    ...objectOr(metadata.annotations),
    ...(note === undefined ? {} : { [LIMIT_NOTE]: note }),
  };
  const noted = Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations };
  return { ...object, metadata: noted, spec, status };
}

/** Labels that the server gives some kinds. */
export function labelled(resource: Resource, object: JsonObject, name: string, uid: string): JsonObject {
  const metadata = objectOr(object.metadata);
  const given = objectOr(metadata.labels);
  const withLabels = (filled: JsonObject, labels: JsonObject) => ({
    ...filled,
    metadata: { ...metadata, labels },
  });
  if (resource.storage === 'namespaces') {
    return withLabels(object, { ...given, 'kubernetes.io/metadata.name': name });
  }
  if (resource.storage !== 'jobs') return object;
  const job = withJobLabels(object, name, uid);
  return withLabels(job, Object.keys(given).length === 0 ? jobLabels(job.spec) : given);
}

const NO_ADDRESS = new Set(['ExternalName']);

/** Gives a new Service an address in the cluster, as the server's allocator does. */
export function addressed(context: ApiContext, resource: Resource, object: JsonObject): JsonObject {
  const spec = objectOr(object.spec);
  if (resource.storage !== 'services' || spec.clusterIP !== undefined) return object;
  if (NO_ADDRESS.has(String(spec.type))) return object;
  const number = context.simulation.serial();
  const clusterIP = `10.96.${(Math.floor(number / 250) % 200) + 50}.${(number % 250) + 2}`;
  return { ...object, spec: { ...spec, clusterIP, clusterIPs: [clusterIP] } };
}

/** Refuses a pod that its namespace's security level forbids; gives what the server warns of. */
export function adviceOn(
  context: ApiContext,
  resource: Resource,
  namespace: string | undefined,
  object: KubeObject,
): string[] {
  const { name } = object.metadata;
  const pod = podOf(resource.storage, object);
  if (pod === undefined || namespace === undefined) return [];
  const isPod = resource.storage === 'pods';
  const { refused, warnings } = podSecurity(context.simulation.store, namespace, pod, isPod);
  if (refused !== undefined) throw forbidden(resource, name, refused);
  return [...nameAdvice(resource.storage, name), ...warnings];
}
