import { listOr } from '../json.ts';
import type { LogLine } from '../log-source.ts';
import { resourceOfStorage } from '../resources.ts';
import { badRequest, invalid, StatusError } from '../status.ts';
import type { Pod } from '../types.ts';
import type { ApiContext } from './context.ts';
import { findObject, integer } from './read.ts';
import type { Reply } from './reply.ts';
import { type ApiRequest, flag } from './request.ts';

type LogOptions = {
  tailLines: number | undefined;
  limitBytes: number | undefined;
  since: number | undefined;
  timestamps: boolean;
  previous: boolean;
};

function refuse(pod: string, field: string, message: string, reason = 'FieldValueInvalid'): StatusError {
  return invalid('PodLogOptions', '', pod, [{ reason, message, field }]);
}

function optionsOf(pod: string, query: URLSearchParams, now: number): LogOptions {
  const tailLines = integer(query, 'tailLines');
  const limitBytes = integer(query, 'limitBytes');
  const sinceSeconds = integer(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  if (tailLines !== undefined && tailLines < 0) {
    throw refuse(pod, 'tailLines', `Invalid value: ${tailLines}: must be greater than or equal to 0`);
  }
  if (limitBytes !== undefined && limitBytes < 1) {
    throw refuse(pod, 'limitBytes', `Invalid value: ${limitBytes}: must be greater than 0`);
  }
  if (sinceSeconds !== undefined && sinceTime !== null) {
    const message = 'Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified';
    throw refuse(pod, '[]', message, 'FieldValueForbidden');
  }
  if (sinceSeconds !== undefined && sinceSeconds < 1) {
    throw refuse(pod, 'sinceSeconds', `Invalid value: ${sinceSeconds}: must be greater than 0`);
  }
  const since =
    sinceSeconds !== undefined
      ? now - sinceSeconds * 1000
      : sinceTime === null
        ? undefined
        : Date.parse(sinceTime);
  return {
    tailLines,
    limitBytes,
    since,
    timestamps: flag(query, 'timestamps'),
    previous: flag(query, 'previous'),
  };
}

function containerOf(pod: Pod, asked: string | null): string {
  const inits = (pod.spec.initContainers ?? []).map(({ name }) => name);
  const names = pod.spec.containers.map(({ name }) => name);
  const { name } = pod.metadata;
  if (asked !== null && asked !== '') {
    if (![...inits, ...names].includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  const [only, second] = names;
  if (only === undefined || second !== undefined || inits.length > 0) {
    const all = [...inits, ...names].join(' ');
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${all}]`);
  }
  return only;
}

function waitingReason(pod: Pod, container: string): string | undefined {
  const status = pod.status.containerStatuses?.find(({ name }) => name === container);
  return status?.state.waiting?.reason;
}

function rendered(lines: LogLine[], options: LogOptions): string {
  const since = options.since;
  const recent = since === undefined ? lines : lines.filter((line) => line.at >= since);
  const tail =
    options.tailLines === undefined ? recent : recent.slice(Math.max(0, recent.length - options.tailLines));
  const text = tail
    .map((line) => `${options.timestamps ? `${nanoStamp(line.at)} ` : ''}${line.text}\n`)
    .join('');
  return options.limitBytes === undefined
    ? text
    : Buffer.from(text).subarray(0, options.limitBytes).toString();
}

function nanoStamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}000000Z`;
}

/** Answers a container's log as text; the errors are the server's, those of a kubelet as it words them. */
export function readLog(context: ApiContext, request: ApiRequest, namespace: string, name: string): Reply {
  const { store, clock } = context.simulation;
  findObject(context, resourceOfStorage('pods'), namespace, name);
  const pod = store.get('pods', namespace, name);
  if (pod === undefined) throw new StatusError(404, 'NotFound', `pods "${name}" not found`);
  const options = optionsOf(name, request.query, clock.now());
  const container = containerOf(pod, request.query.get('container'));
  // The server has no kubelet to ask yet, and answers with nothing.
  if (pod.spec.nodeName === undefined) return { kind: 'text', status: 204, body: '' };
  const node = store.get('nodes', undefined, pod.spec.nodeName);
  if (node !== undefined && listOr(node.status.addresses).length === 0) {
    throw new StatusError(500, undefined, 'no preferred addresses found; known addresses: []');
  }
  const lines = context.logs(pod, container, options.previous);
  if (lines === undefined && options.previous) {
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  }
  if (lines === undefined) {
    const reason = waitingReason(pod, container) ?? 'ContainerCreating';
    const words: Record<string, string> = {
      ErrImagePull: "image can't be pulled",
      ImagePullBackOff: 'trying and failing to pull image',
    };
    throw badRequest(
      `container "${container}" in pod "${name}" is waiting to start: ${words[reason] ?? reason}`,
    );
  }
  return { kind: 'text', status: 200, body: rendered(lines, options), contentType: 'text/plain' };
}
