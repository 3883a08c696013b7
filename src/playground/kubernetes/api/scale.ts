import { at, isObject, type JsonObject, numberOr, objectOr, textOr } from '../json.ts';
import { selectorText } from '../selectors.ts';
import { conflict, invalid } from '../status.ts';
import type { KubeObject } from '../types.ts';
import type { ApiContext, Place } from './context.ts';
import { decodeObject, isDryRun } from './decode.ts';
import { managerOf } from './object.ts';
import { patched } from './patch.ts';
import { findObject, reply } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';
import { updateObject } from './update.ts';

/** The Scale of a workload: its wanted and present count and the selector of its pods. */
function scaleOf(object: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = at(object, 'spec', 'selector');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: numberOr(at(object, 'spec', 'replicas')) },
    status: {
      replicas: numberOr(at(object, 'status', 'replicas')),
      selector: selectorText(isObject(selector) ? selector : undefined),
    },
  };
}

export function getScale(context: ApiContext, request: ApiRequest, place: Place): Reply {
  return reply(request, 200, scaleOf(findObject(context, place.resource, place.namespace, place.name)));
}

export function writeScale(context: ApiContext, request: ApiRequest, place: Place): Reply {
  const { resource, namespace, name } = place;
  const patch = request.method === 'PATCH';
  const dryRun = isDryRun(request, patch ? 'PatchOptions' : 'UpdateOptions');
  const current = findObject(context, resource, namespace, name);
  const sent = patch
    ? patched(request, scaleOf(current))
    : decodeObject(request, { kind: 'Scale', group: 'autoscaling', version: 'v1' });
  const version = textOr(at(sent, 'metadata', 'resourceVersion'));
  if (version !== '' && version !== current.metadata.resourceVersion) throw conflict(resource, name);
  const replicas = at(sent, 'spec', 'replicas') ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    const message = `Invalid value: ${JSON.stringify(JSON.stringify(sent))}: json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32`;
    throw invalid('', '', '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
  }
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw invalid('Scale', 'autoscaling', name, [
      { reason: 'FieldValueInvalid', message, field: 'spec.replicas' },
    ]);
  }
  const next = { ...current, spec: { ...objectOr(current.spec), replicas } };
  const stored = updateObject(context, place, current, next, {
    dryRun,
    manager: managerOf(request, resource, 'scale'),
  });
  return reply(request, 200, scaleOf(stored));
}
