import { setCondition } from '../controllers/objects.ts';
import { at, textOr } from '../json.ts';
import { resourceOfStorage } from '../resources.ts';
import { badRequest, conflict, invalid } from '../status.ts';
import type { ApiContext, Place } from './context.ts';
import { decodeObject, isDryRun } from './decode.ts';
import { findObject, reply } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

const BINDING = { kind: 'Binding', group: '', version: 'v1' };

/**
 * Binds a pod to a node, as a scheduler does: 409 when it is bound already.
 * https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/binding-v1/
 */
export function bindPod(context: ApiContext, request: ApiRequest, place: Place): Reply {
  const dryRun = isDryRun(request, 'CreateOptions');
  const body = decodeObject(request, BINDING);
  const { resource, namespace, name } = place;
  if (textOr(at(body, 'metadata', 'name'), name) !== name) {
    throw badRequest('name in URL does not match name in Binding object');
  }
  const target = textOr(at(body, 'target', 'name'));
  if (target === '') {
    const cause = { reason: 'FieldValueRequired', message: 'Required value', field: 'target.name' };
    throw invalid('Binding', '', name, [cause]);
  }
  findObject(context, resource, namespace, name);
  const { store, clock } = context.simulation;
  const pod = store.get('pods', namespace, name);
  if (pod === undefined) throw badRequest(`pods "${name}" not found`);
  if (pod.spec.nodeName !== undefined) {
    throw conflict(resource, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  }
  const conditions = setCondition(
    pod.status.conditions ?? [],
    { type: 'PodScheduled', status: 'True', lastProbeTime: null },
    clock.stamp(),
  );
  const bound = { ...pod, spec: { ...pod.spec, nodeName: target }, status: { ...pod.status, conditions } };
  if (!dryRun) store.put('pods', bound);
  return reply(request, 201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}

/** The same by the older path, where the body alone names the pod. */
export function bindNamed(context: ApiContext, request: ApiRequest, namespace: string | undefined): Reply {
  const name = textOr(at(decodeObject(request, BINDING), 'metadata', 'name'));
  return bindPod(context, request, { resource: resourceOfStorage('pods'), namespace, name });
}
