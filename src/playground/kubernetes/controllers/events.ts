import { randomUUID } from 'node:crypto';
import { microStampOf } from '../clock.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { KubeEvent, KubeObject } from '../types.ts';

export type EventSource = { component: string; host?: string };

/** Events are kept for one hour, as the API server's default `--event-ttl`. */
const TTL_MS = 3_600_000;

function eventName(simulation: Simulation, object: KubeObject): string {
  const nanoseconds = BigInt(simulation.clock.now()) * 1_000_000n + BigInt(simulation.serial() % 1_000_000);
  return `${object.metadata.name}.${nanoseconds.toString(16)}`;
}

/**
 * Tells of something that happened to an object. The same thing told again within the hour raises the count of the
 * first Event, as client-go's correlator does.
 */
export function recordEvent(
  simulation: Simulation,
  object: KubeObject,
  source: EventSource,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  fieldPath?: string,
): void {
  const { store, clock } = simulation;
  const namespace = object.metadata.namespace ?? 'default';
  const earlier = store
    .list('events', namespace)
    .find(
      (event) =>
        event.involvedObject.uid === object.metadata.uid &&
        event.reason === reason &&
        event.message === message &&
        event.source?.component === source.component,
    );
  if (earlier !== undefined) {
    store.put('events', { ...earlier, count: (earlier.count ?? 1) + 1, lastTimestamp: clock.stamp() });
    return;
  }
  store.put('events', {
    ...eventBase(simulation, object, namespace, fieldPath),
    reason,
    message,
    type,
    source,
    firstTimestamp: clock.stamp(),
    lastTimestamp: clock.stamp(),
    count: 1,
    eventTime: null,
    reportingComponent: source.component,
    reportingInstance: source.host ?? '',
  });
}

/** The scheduler writes events in the newer form: `eventTime` and `action`, no count. */
export function recordSchedulerEvent(
  simulation: Simulation,
  object: KubeObject,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): void {
  simulation.store.put('events', {
    ...eventBase(simulation, object, object.metadata.namespace ?? 'default', undefined),
    reason,
    message,
    type,
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: microStampOf(simulation.clock.now()),
    action: type === 'Normal' ? 'Binding' : 'Scheduling',
    reportingComponent: 'default-scheduler',
    reportingInstance: 'default-scheduler-control-plane',
  });
}

function eventBase(
  simulation: Simulation,
  object: KubeObject,
  namespace: string,
  fieldPath: string | undefined,
): Pick<KubeEvent, 'apiVersion' | 'kind' | 'metadata' | 'involvedObject'> {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: eventName(simulation, object),
      namespace,
      uid: randomUUID(),
      resourceVersion: '',
      creationTimestamp: simulation.clock.stamp(),
    },
    involvedObject: {
      kind: object.kind,
      ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
      name: object.metadata.name,
      uid: object.metadata.uid,
      apiVersion: object.apiVersion,
      resourceVersion: object.metadata.resourceVersion,
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
  };
}

function lastSeen(event: KubeEvent): number {
  return Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp);
}

/** Forgets events after an hour. */
export function expireEvents({ store, clock }: Simulation): number | undefined {
  let wake: number | undefined;
  for (const event of store.list('events')) {
    const until = lastSeen(event) + TTL_MS;
    if (until <= clock.now()) store.remove('events', event.metadata.namespace, event.metadata.name);
    else wake = earliest(wake, until);
  }
  return wake;
}
