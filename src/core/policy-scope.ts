import { actorName } from './actor.ts';
import type { GuardInput } from './guards/guard.ts';
import type { Json, JsonObject } from './json.ts';

/** What a policy's condition may speak of. */
export const CONDITION_NAMES = ['request', 'object', 'oldObject', 'service', 'incident', 'now'] as const;

/** The fields of those whose fields are always the same; of `object` and `oldObject` the cluster decides. */
export const CONDITION_FIELDS: { readonly [name: string]: readonly string[] } = {
  request: [
    ...['type', 'verb', 'name', 'namespace', 'kind', 'cluster', 'environment', 'requestedBy', 'confidence'],
    ...['fromVersion', 'toVersion', 'objects', 'pods', 'versionsBack', 'replicasBefore', 'replicasAfter'],
    ...['images', 'replicas', 'currentReplicas', 'toRevision', 'container', 'overwrite'],
    ...['deleteEmptyDirData', 'force', 'timeoutSeconds', 'graceSeconds'],
  ],
  service: ['name', 'owner', 'runtime'],
  incident: [
    ...['id', 'severity', 'status', 'title', 'cluster', 'service', 'namespace', 'workload', 'openedAt'],
    ...['visibility', 'lead', 'alerts'],
  ],
};

/**
 * The names and their values, once for each object of the change. `object` is null where the object goes away; where
 * an object is not known, its names are left out, so that a condition which needs them has no answer.
 */
export function conditionScopes(input: GuardInput): readonly JsonObject[] {
  const { facts, now } = input;
  const scope = { request: request(input), service: facts.service, incident: facts.incident, now };
  const objects = input.draft.objects ?? [];
  return objects.length === 0
    ? [scope]
    : objects.map(({ before, after }) => ({ ...scope, oldObject: before, object: after }));
}

function request(input: GuardInput): JsonObject {
  const { operation, draft, actionType, cluster, environment, requestedBy, confidence } = input;
  const fields: { [key: string]: Json } = {};
  for (const [key, value] of Object.entries(operation)) {
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) fields[key] = value;
  }
  const { facts, blast, fromVersion, toVersion } = draft;
  return {
    ...fields,
    type: actionType,
    kind: draft.targets[0]?.ref.kind ?? null,
    cluster,
    environment: environment?.name ?? null,
    requestedBy: actorName(requestedBy),
    confidence,
    fromVersion,
    toVersion,
    objects: blast.objects,
    pods: blast.pods,
    versionsBack: facts.versionsBack,
    replicasBefore: facts.replicasBefore,
    replicasAfter: facts.replicasAfter,
    images: facts.images ?? null,
  };
}
