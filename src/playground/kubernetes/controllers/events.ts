import { randomUUID } from 'node:crypto';
import { microStampOf } from '../clock.ts';
import { earliest, type Simulation } from '../simulation.ts';
import type { Store } from '../store.ts';
import type { KubeEvent, KubeObject } from '../types.ts';

export type EventSource = { component: string; host?: string };

/** Events are kept for one hour, as the API server's default `--event-ttl`. */
const TTL_MS = 3_600_000;

/** The name of the Event that tells a thing, by what it is about and says. */
const names = new WeakMap<Store, Map<string, string>>();

function toldIn(store: Store): Map<string, string> {
  const known = names.get(store) ?? new Map<string, string>();
  names.set(store, known);
  return known;
}

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
  const told = toldIn(store);
  const key = [object.metadata.uid, reason, message, source.component].join('\n');
  const earlier = store.get('events', namespace, told.get(key) ?? '');
  if (earlier !== undefined) {
    store.put('events', { ...earlier, count: (earlier.count ?? 1) + 1, lastTimestamp: clock.stamp() });
    return;
  }
  const base = eventBase(simulation, object, namespace, fieldPath);
  told.set(key, base.metadata.name);
  store.put('events', {
    ...base,
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

const seen = new WeakMap<KubeEvent, number>();

function lastSeen(event: KubeEvent): number {
  const known = seen.get(event);
  if (known !== undefined) return known;
  const at = Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp);
  seen.set(event, at);
  return at;
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
