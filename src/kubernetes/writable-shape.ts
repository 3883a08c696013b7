import { isJsonObject, type Json } from '../core/json.ts';
import type { FrozenRequest } from '../core/plan.ts';

const NAME = '[a-z0-9.-]+';
const inNamespace = (group: string, resources: string): RegExp =>
  new RegExp(`^${group}/namespaces/${NAME}/(?:${resources})/${NAME}$`);

/** Which fields of which objects a JSON Patch may touch, by the start of the pointer; labels and annotations of each. */
const PATCHABLE: readonly (readonly [path: RegExp, fields: RegExp])[] = [
  [
    inNamespace('/apis/apps/v1', 'deployments|statefulsets|daemonsets|replicasets'),
    /^\/spec\/(?:replicas|template|paused|minReadySeconds|revisionHistoryLimit|progressDeadlineSeconds|strategy\/rollingUpdate|updateStrategy\/rollingUpdate)(?:\/|$)/,
  ],
  [
    inNamespace('/apis/autoscaling/v2', 'horizontalpodautoscalers'),
    /^\/spec\/(?:minReplicas|maxReplicas|behavior)(?:\/|$)/,
  ],
  [
    inNamespace('/apis/batch/v1', 'cronjobs'),
    /^\/spec\/(?:suspend|schedule|timeZone|concurrencyPolicy|startingDeadlineSeconds|successfulJobsHistoryLimit|failedJobsHistoryLimit|jobTemplate\/spec\/(?:activeDeadlineSeconds|backoffLimit|ttlSecondsAfterFinished|template))(?:\/|$)/,
  ],
  [new RegExp(`^/api/v1/nodes/${NAME}$`), /^\/spec\/unschedulable$/],
  [inNamespace('/api/v1', 'pods|services'), /(?!)/],
  [inNamespace('/apis/batch/v1', 'jobs'), /(?!)/],
];
const METADATA = /^\/metadata\/(?:annotations|labels)(?:\/|$)/;
const DELETABLE = [inNamespace('/api/v1', 'pods'), inNamespace('/apis/batch/v1', 'jobs')];
const EVICTION = new RegExp(`^/api/v1/namespaces/(${NAME})/pods/(${NAME})/eviction$`);

/** Why a frozen request is none that the write operations freeze; null when it is one. Such a fault of ours stays here. */
export function unwritable(frozen: FrozenRequest): string | null {
  switch (frozen.method) {
    case 'PATCH':
      return badPatch(frozen);
    case 'DELETE':
      if (!DELETABLE.some((path) => path.test(frozen.path)) || frozen.contentType !== 'application/json') {
        return 'only pods and jobs may be deleted';
      }
      return badDeleteOptions(frozen.body);
    case 'POST':
      return badEviction(frozen);
  }
}

function badPatch({ path, contentType, body }: FrozenRequest): string | null {
  const fields = PATCHABLE.find(([of]) => of.test(path))?.[1];
  if (fields === undefined || contentType !== 'application/json-patch+json') {
    return 'this path may not be patched';
  }
  if (!Array.isArray(body)) return 'a JSON Patch is a list';
  const steps = body.filter(isJsonObject);
  const mayChange = (pointer: Json | undefined): boolean =>
    typeof pointer === 'string' && (METADATA.test(pointer) || fields.test(pointer));
  const wrong = steps.find((step) => step.op !== 'test' && !mayChange(step.path));
  if (wrong !== undefined || steps.length !== body.length) {
    return 'the patch touches a field that may not be changed';
  }
  const bound = steps.some((step) => step.op === 'test' && step.path === '/metadata/uid');
  return bound ? null : 'a patch names the UID that it means';
}

function badDeleteOptions(options: Json | undefined): string | null {
  if (!isJsonObject(options) || options.dryRun !== undefined) {
    return 'the frozen DeleteOptions are not those of a write';
  }
  const uid = isJsonObject(options.preconditions) ? options.preconditions.uid : undefined;
  return typeof uid === 'string' ? null : 'a delete names the UID that it means';
}

function badEviction({ path, contentType, body }: FrozenRequest): string | null {
  const [, namespace, name] = EVICTION.exec(path) ?? [];
  if (name === undefined || contentType !== 'application/json') return 'only pods may be evicted';
  const metadata = isJsonObject(body) && isJsonObject(body.metadata) ? body.metadata : {};
  const meant = isJsonObject(body) && body.apiVersion === 'policy/v1' && body.kind === 'Eviction';
  if (!meant || metadata.name !== name || metadata.namespace !== namespace) {
    return 'an eviction names the pod that it means';
  }
  return badDeleteOptions(body.deleteOptions);
}
