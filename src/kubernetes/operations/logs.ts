import { field, text } from '../../core/facts/fields.ts';
import type { JsonObject } from '../../core/json.ts';
import { apiPath, POD } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import { labelQuery } from '../../core/label-selector.ts';
import type { LogsOperation } from '../../core/operation.ts';
import { containersOf, inTroubleFirst } from '../../core/pods.ts';
import { redactText } from '../../core/redact.ts';
import { boundedTail } from '../bounds.ts';
import { allEnded } from '../concurrency.ts';
import { ReadFailed } from '../faults.ts';
import { fetchObject, fetchObjects } from '../lists.ts';
import { kubeObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import type { View } from './view.ts';

/** Of a workload's pods, so many are read: the ones in trouble first. */
const MOST_PODS = 3;
const MOST_CONTAINERS = 8;
const MOST_BYTES_PER_CONTAINER = 1024 * 1024;
const FACTS_BYTES = 16 * 1024;
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

type Source = { readonly pod: KubeObject; readonly container: string };
type Log = Source & { readonly text: string; readonly note: string | null };

/**
 * `kubectl logs`. For a workload or a selector the pods in trouble come first; each log has a heading when there is
 * more than one. A container that has no log (yet) is told in the text and is no failure. @throws ReadFailed
 */
export async function logs(reading: Reading, operation: LogsOperation): Promise<View> {
  const pods = await podsOf(reading, operation);
  if (pods.length === 0) {
    return {
      text: `No pods found in ${operation.namespace} namespace.`,
      facts: { lines: 0, text: '' },
      objects: [],
    };
  }
  const shown = inTroubleFirst(pods).slice(0, MOST_PODS);
  const sources = shown.flatMap((pod) =>
    containerNames(pod, operation).map((container) => ({ pod, container })),
  );
  const all = await allEnded(
    sources.slice(0, MOST_CONTAINERS).map((source) => readLog(reading, operation, source)),
  );
  // Most containers never ran before: of several, only those that did are worth a line.
  const withText = all.filter((log) => log.text !== '');
  const read = operation.previous && withText.length > 0 ? withText : all;
  const several = read.length > 1;
  const left = pods.length - shown.length;
  const more = left > 0 ? [`(${left} more ${left === 1 ? 'pod' : 'pods'} of the same kind not shown)`] : [];
  const body = read.map((log) => redactText(log.text)).join('');
  return {
    text: [...read.map((log) => display(log, several)), ...more].join('\n'),
    facts: {
      lines: body === '' ? 0 : body.replace(/\n$/, '').split('\n').length,
      text: boundedTail(body, FACTS_BYTES),
    },
    objects: pods,
  };
}

function display(log: Log, several: boolean): string {
  const heading = several ? [`==> ${log.pod.metadata?.name ?? ''} ${log.container} <==`] : [];
  return [...heading, log.note ?? log.text.replace(/\n$/, '')].join('\n');
}

async function podsOf(reading: Reading, operation: LogsOperation): Promise<readonly KubeObject[]> {
  const { target, namespace } = operation;
  if (target?.kind.kind === 'Pod') {
    return [kubeObject(await fetchObject(reading, POD, namespace, target.name))];
  }
  const selector =
    target === null
      ? operation.selector
      : podSelector(reading, await fetchObject(reading, target.kind, namespace, target.name));
  const { objects } = await fetchObjects(reading, { kind: POD, namespace, selector });
  return objects.map(kubeObject);
}

function podSelector(reading: Reading, workload: JsonObject): string {
  const selector = field(workload, 'spec', 'selector');
  // A Service's are labels alone.
  const query = labelQuery(workload.kind === 'Service' ? { matchLabels: selector } : selector);
  if (query !== null) return query;
  throw new ReadFailed(
    'rejected',
    `${workload.kind} ${text(workload, 'metadata', 'name')} in ${reading.cluster} does not say which pods are its own; name a pod or use -l.`,
  );
}

/** The named one, all, or as kubectl picks: the annotated default, else the one in trouble, else the first. */
function containerNames(pod: KubeObject, operation: LogsOperation): readonly string[] {
  if (operation.container !== null) return [operation.container];
  const containers = containersOf(pod);
  const init = containersOf(pod, 'initContainers');
  if (operation.allContainers) return [...init, ...containers].map((one) => one.name);
  const wanted = pod.metadata?.annotations?.[DEFAULT_CONTAINER];
  const troubled = containers.find((one) => one.reason !== '' && one.reason !== 'Completed');
  const one = containers.find((candidate) => candidate.name === wanted) ?? troubled ?? containers[0];
  return one === undefined ? [] : [one.name];
}

async function readLog(reading: Reading, operation: LogsOperation, source: Source): Promise<Log> {
  const pod = source.pod.metadata?.name ?? '';
  try {
    const { text } = await reading.get({
      verb: 'get',
      resource: 'pods/log',
      namespace: operation.namespace,
      name: pod,
      path: `${apiPath(POD, operation.namespace, pod)}/log`,
      accept: 'text/plain, application/json',
      query: {
        container: source.container,
        tailLines: String(operation.tail),
        limitBytes: String(MOST_BYTES_PER_CONTAINER),
        ...(operation.previous ? { previous: 'true' } : {}),
        ...(operation.timestamps ? { timestamps: 'true' } : {}),
        ...(operation.sinceSeconds === null ? {} : { sinceSeconds: String(operation.sinceSeconds) }),
      },
    });
    const note = text === '' ? `(${source.container} of ${pod} has written nothing)` : null;
    return { ...source, text, note };
  } catch (error) {
    // 400 is how the kubelet says that there is no such log: not started yet, never restarted, no such container.
    if (!(error instanceof ReadFailed) || error.status !== 400) throw error;
    return { ...source, text: '', note: `(no log: ${error.serverWords})` };
  }
}
