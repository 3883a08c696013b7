import { text } from '../../core/facts/fields.ts';
import { eventFacts, eventsByTime, objectFacts } from '../../core/facts/object.ts';
import { EVENT, type KindRef } from '../../core/kinds.ts';
import type { KubeObject } from '../../core/kube.ts';
import type { DescribeOperation } from '../../core/operation.ts';
import { inTroubleFirst } from '../../core/pods.ts';
import { describeObject } from '../describe/object.ts';
import { fetchObjects } from '../lists.ts';
import { kubeObject } from '../objects.ts';
import type { Reading } from '../reading.ts';
import { eventTable } from './events.ts';
import type { View } from './view.ts';

/** Of a list, so many are described; the others are named. */
const MOST_DESCRIBED = 8;

/** `kubectl describe`: what an object is, how it is, and its events. @throws ReadFailed */
export async function describe(reading: Reading, operation: DescribeOperation<KindRef>): Promise<View> {
  const { kind, name, namespace, selector } = operation;
  const { objects: raw, truncated } = await fetchObjects(reading, { kind, namespace, name, selector });
  const all = raw.map(kubeObject);
  if (all.length === 0) {
    const where = namespace === null ? '' : ` in ${namespace} namespace`;
    return { text: `No resources found${where}.`, facts: { items: [], events: [] }, objects: [] };
  }
  const objects = kind.kind === 'Pod' ? inTroubleFirst(all) : all;
  const events = eventsByTime(await eventsAbout(reading, operation, objects));
  const blocks = objects.slice(0, MOST_DESCRIBED).map((object) => {
    const own = events.filter((event) => text(event, 'involvedObject', 'name') === object.metadata?.name);
    const table = own.length === 0 ? '<none>' : `\n${indent(eventTable(own, reading.now, false))}`;
    return `${describeObject(object, reading.now)}\nEvents: ${table}`;
  });
  const rest = objects.slice(MOST_DESCRIBED).map((object) => object.metadata?.name ?? '');
  const notes = [rest.length > 0 ? `(not described: ${rest.slice(0, 50).join(', ')})` : '', truncated ?? ''];
  return {
    text: [blocks.join('\n\n\n'), ...notes].filter((part) => part !== '').join('\n'),
    facts: {
      items: objects.map((object) => objectFacts(object, reading.now)),
      events: events.map((event) => eventFacts(event, reading.now)),
    },
    objects: [...objects, ...events],
  };
}

/** One query for one object, one for all of a list: never one for each. */
async function eventsAbout(
  reading: Reading,
  operation: DescribeOperation<KindRef>,
  objects: readonly KubeObject[],
): Promise<readonly KubeObject[]> {
  const only = objects.length === 1 ? `,involvedObject.name=${objects[0]?.metadata?.name ?? ''}` : '';
  const { objects: events } = await fetchObjects(reading, {
    kind: EVENT,
    // Events about things without a namespace lie in `default`; only the query over all finds them for certain.
    namespace: operation.kind.namespaced ? operation.namespace : null,
    fieldSelector: `involvedObject.kind=${operation.kind.kind}${only}`,
  });
  const names = new Set(objects.map((object) => object.metadata?.name));
  return events.map(kubeObject).filter((event) => names.has(text(event, 'involvedObject', 'name')));
}

function indent(block: string): string {
  return block
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
