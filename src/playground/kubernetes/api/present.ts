import type { JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { columnsFor, rowFor } from '../tables/table.ts';
import type { KubeObject } from '../types.ts';
import { asAutoscalerV1 } from './autoscaler-v1.ts';
import type { Representation } from './negotiate.ts';

/** The fields that an Event has under another name in events.k8s.io. */
function asNewEvent(object: JsonObject): JsonObject {
  const {
    involvedObject,
    message,
    source,
    firstTimestamp,
    lastTimestamp,
    count,
    reportingComponent,
    ...rest
  } = object;
  return {
    ...rest,
    regarding: involvedObject,
    note: message,
    ...(isObject(source) && Object.keys(source).length > 0
      ? { deprecatedSource: source }
      : { deprecatedSource: {} }),
    deprecatedFirstTimestamp: firstTimestamp ?? null,
    deprecatedLastTimestamp: lastTimestamp ?? null,
    ...(count === undefined ? {} : { deprecatedCount: count }),
    reportingController: reportingComponent,
  };
}

/** What was never stored has no resourceVersion, and what is measured no uid either. */
function shownMetadata(metadata: KubeObject['metadata']): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
}

/** How a version that is not the one of the store shows the fields of its objects. */
function formOf(resource: Resource): (fields: JsonObject) => JsonObject {
  if (resource.group === 'events.k8s.io') return asNewEvent;
  return apiVersionOf(resource) === 'autoscaling/v1' ? asAutoscalerV1 : (fields) => fields;
}

/** An object as one API version shows it. */
export function presentObject(resource: Resource, object: KubeObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...others } = object;
  const fields = { metadata: shownMetadata(metadata), ...others };
  const shown = formOf(resource)(fields);
  return { kind: resource.kind, apiVersion: apiVersionOf(resource), ...shown };
}

/** An annotation that only the full apps/v1 form of a DaemonSet carries. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export function partialMetadata(object: KubeObject, version = 'v1'): JsonObject {
  const { annotations, ...others } = object.metadata;
  const { [TEMPLATE_GENERATION]: _, ...kept } = annotations ?? {};
  const metadata = annotations === undefined ? others : { ...others, annotations: kept };
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: shownMetadata(metadata),
  };
}

export type ListMeta = { resourceVersion: string; continue?: string; remainingItemCount?: number };

/** What a table row carries of its object: `Metadata` by default, `Object` or `None` on request. */
export type Include = 'Metadata' | 'Object' | 'None';

export type View = { representation: Representation; include: Include; now: number };

function table(
  resource: Resource,
  view: View,
  metadata: JsonObject,
  objects: KubeObject[],
  withColumns: boolean,
) {
  const { version } = view.representation;
  const carried = (object: KubeObject): JsonObject =>
    view.include === 'None'
      ? { object: null }
      : {
          object:
            view.include === 'Object' ? presentObject(resource, object) : partialMetadata(object, version),
        };
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? columnsFor(resource) : null,
    rows: objects.map((object) => ({
      ...rowFor(resource, object, view.now),
      ...carried(object),
    })),
  };
}

export function showOne(resource: Resource, object: KubeObject, view: View, withColumns = true): JsonObject {
  switch (view.representation.form) {
    case 'table': {
      const metadata = { resourceVersion: object.metadata.resourceVersion };
      return table(resource, view, metadata, [object], withColumns);
    }
    case 'metadata':
      return partialMetadata(object, view.representation.version);
    default:
      return presentObject(resource, object);
  }
}

export function showList(
  resource: Resource,
  objects: KubeObject[],
  metadata: ListMeta,
  view: View,
): JsonObject {
  switch (view.representation.form) {
    case 'table':
      return table(resource, view, metadata, objects, true);
    case 'metadata':
      return {
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${view.representation.version}`,
        metadata,
        items: objects.map((object) => partialMetadata(object)),
      };
    default:
      return {
        kind: `${resource.kind}List`,
        apiVersion: apiVersionOf(resource),
        metadata,
        items: objects.map((object) => {
          const { kind: _kind, apiVersion: _version, ...item } = presentObject(resource, object);
          return item;
        }),
      };
  }
}
