import { text } from '../../core/facts/fields.ts';
import { eventFacts, eventsByTime, eventTime } from '../../core/facts/object.ts';
import { EVENT } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { EventsOperation } from '../../core/operation.ts';
import { age } from '../age.ts';
import { fetchObjects } from '../lists.ts';
import { kubeObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { columns } from '../table.ts';
import type { View } from './view.ts';

/** `kubectl events`: oldest first, so that the newest stands where people look. @throws ReadFailed */
export async function events(reading: Reading, operation: EventsOperation): Promise<View> {
  const about = operation.for;
  const fields = [
    ...(about === null
      ? []
      : [`involvedObject.kind=${about.kind.kind}`, `involvedObject.name=${about.name}`]),
    ...(operation.types.length === 1 ? [`type=${operation.types[0]}`] : []),
  ];
  const { objects, truncated } = await fetchObjects(reading, {
    kind: EVENT,
    namespace: operation.namespace,
    fieldSelector: fields.length === 0 ? null : fields.join(','),
  });
  const sorted = eventsByTime(objects.map(kubeObject));
  const everywhere = operation.namespace === null;
  const none = everywhere ? 'No events found.' : `No events found in ${operation.namespace} namespace.`;
  return {
    text: [sorted.length === 0 ? none : eventTable(sorted, reading.now, everywhere), truncated ?? '']
      .filter((line) => line !== '')
      .join('\n'),
    facts: { items: sorted.map((event) => eventFacts(event, reading.now)) },
    objects: sorted,
  };
}

export function eventTable(sorted: readonly KubeObject[], now: Date, namespaces: boolean): string {
  const rows = sorted.map((event) => {
    const { type, reason, message, object } = eventFacts(event, now);
    const row = [age(eventTime(event), now), String(type), String(reason), String(object), String(message)];
    return namespaces ? [text(event, 'metadata', 'namespace'), ...row] : row;
  });
  const header = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  return columns([namespaces ? ['NAMESPACE', ...header] : header, ...rows]);
}
