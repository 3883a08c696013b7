import type { JsonObject } from '../json.ts';
import type { KubeObject } from '../kube.ts';
import { conditionIs, field, list, secondsSince, text } from './fields.ts';
import { podFacts } from './pod.ts';
import { autoscalerFacts, jobFacts, replicaSetFacts, workloadFacts } from './workload.ts';

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'];

/** What conditions (CEL) may look at in one object. Counts are whole numbers; what is missing is '' or 0 or false. */
export function objectFacts(object: KubeObject, now: Date): JsonObject {
  switch (object.kind) {
    case 'Pod':
      return podFacts(object, now);
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
      return workloadFacts(object, now);
    case 'ReplicaSet':
      return replicaSetFacts(object, now);
    case 'Job':
      return jobFacts(object, now);
    case 'HorizontalPodAutoscaler':
      return autoscalerFacts(object, now);
    case 'Node':
      return nodeFacts(object, now);
    case 'PersistentVolumeClaim':
      return claimFacts(object, now);
    case 'Event':
      return eventFacts(object, now);
    default:
      return common(object, now);
  }
}

function common(object: KubeObject, now: Date): JsonObject {
  return {
    kind: object.kind ?? '',
    name: object.metadata?.name ?? '',
    namespace: object.metadata?.namespace ?? '',
    ageSeconds: secondsSince(object.metadata?.creationTimestamp, now),
  };
}

function nodeFacts(node: KubeObject, now: Date): JsonObject {
  return {
    ...common(node, now),
    ready: conditionIs(node, 'Ready', 'True'),
    unschedulable: field(node, 'spec', 'unschedulable') === true,
    pressures: PRESSURES.filter((type) => conditionIs(node, type, 'True')),
  };
}

function claimFacts(claim: KubeObject, now: Date): JsonObject {
  return {
    ...common(claim, now),
    phase: text(claim, 'status', 'phase'),
    storageClass: text(claim, 'spec', 'storageClassName'),
    volume: text(claim, 'spec', 'volumeName'),
    capacity: text(claim, 'status', 'capacity', 'storage'),
    requested: text(claim, 'spec', 'resources', 'requests', 'storage'),
  };
}

/** `object` is kind and name in lower case, as kubectl writes it: `pod/checkout-5494fb79dc-qp76n`. */
export function eventFacts(event: KubeObject, now: Date): JsonObject {
  const about = field(event, 'involvedObject') ?? field(event, 'regarding');
  return {
    type: text(event, 'type'),
    reason: text(event, 'reason'),
    message: text(event, 'message') || text(event, 'note'),
    count: eventCount(event),
    object: `${text(about, 'kind').toLowerCase()}/${text(about, 'name')}`,
    ageSeconds: secondsSince(eventTime(event), now),
  };
}

function eventCount(event: KubeObject): number {
  const counts = [field(event, 'count'), field(event, 'series', 'count')];
  const found = counts.find((count) => typeof count === 'number' && Number.isInteger(count) && count > 0);
  return typeof found === 'number' ? found : 1;
}

/** When it was last seen: the newest of the times that an event may carry. */
export function eventTime(event: KubeObject): string {
  const times = [
    text(event, 'series', 'lastObservedTime'),
    text(event, 'lastTimestamp'),
    text(event, 'eventTime'),
    text(event, 'firstTimestamp'),
    event.metadata?.creationTimestamp ?? '',
  ];
  return times.find((time) => time !== '') ?? '';
}

/** Oldest first, as `kubectl events` prints them. */
export function eventsByTime(events: readonly KubeObject[]): readonly KubeObject[] {
  return events.toSorted((a, b) => (Date.parse(eventTime(a)) || 0) - (Date.parse(eventTime(b)) || 0));
}

/** The images of all containers of a pod template, in order. */
export function templateImages(template: unknown): readonly string[] {
  return list(template, 'spec', 'containers').map((container) => text(container, 'image'));
}
