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
