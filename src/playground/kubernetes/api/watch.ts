import type { JsonObject } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { failure, invalid, StatusError } from '../status.ts';
import type { Change } from '../store.ts';
import type { KubeObject } from '../types.ts';
import type { ApiContext } from './context.ts';
import { showOne, type View } from './present.ts';
import { integer, isSelected, type Selection, selectionOf, viewOf } from './read.ts';
import type { Reply, WatchPlan } from './reply.ts';
import { type ApiRequest, flag } from './request.ts';

const DEFAULT_TIMEOUT_SECONDS = 1800;

function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    const parse = `strconv.ParseUint: parsing "${text}": invalid syntax`;
    throw new StatusError(500, undefined, `resourceVersion: Invalid value: "${text}": ${parse}`);
  }
  return Number(text);
}

/** How a change looks through a selection: entering it is ADDED, leaving it DELETED, outside it nothing. */
function seen(
  selection: Selection,
  change: Change,
): { type: Change['type']; object: KubeObject } | undefined {
  const now = change.type !== 'DELETED' && isSelected(selection, change.object);
  const before = change.previous !== undefined && isSelected(selection, change.previous);
  if (now) return { type: before ? 'MODIFIED' : 'ADDED', object: change.object };
  if (!before) return undefined;
  const last = change.previous ?? change.object;
  const metadata = { ...last.metadata, resourceVersion: String(change.resourceVersion) };
  return { type: 'DELETED', object: { ...last, metadata } };
}

function expired(since: number, oldest: number): WatchPlan {
  const error = new StatusError(410, 'Expired', `too old resource version: ${since} (${oldest})`);
  return {
    initial: [{ type: 'ERROR', object: failure(error) }],
    line: () => undefined,
    bookmark: undefined,
    timeoutSeconds: 0,
  };
}

/** What an object without content still shows, for kinds whose fields are always written. */
const EMPTY: Record<string, JsonObject> = {
  services: { spec: {}, status: { loadBalancer: {} } },
  pods: { spec: { containers: null }, status: {} },
  nodes: { spec: {}, status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: {} } },
};

function bookmarkOf(resource: Resource, version: number, annotations?: Record<string, string>): JsonObject {
  return {
    type: 'BOOKMARK',
    object: {
      kind: resource.kind,
      apiVersion: apiVersionOf(resource),
      metadata: { resourceVersion: String(version), ...(annotations === undefined ? {} : { annotations }) },
      ...EMPTY[resource.storage],
    },
  };
}

/**
 * Opens a watch: from a resourceVersion on, or with the present objects first.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export function openWatch(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  namespace: string | undefined,
  name: string | undefined,
): Reply {
  const { store } = context.simulation;
  const { query } = request;
  const view = viewOf(context, request, true);
  const selection = selectionOf(resource, query);
  if (name !== undefined) selection.fields.push({ field: 'metadata.name', value: name, equal: true });
  const timeoutSeconds = integer(query, 'timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS;
  const sendInitial = flag(query, 'sendInitialEvents');
  if (sendInitial && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw invalid('ListOptions', 'meta.k8s.io', '', [
      {
        reason: 'FieldValueForbidden',
        message: 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        field: 'resourceVersionMatch',
      },
    ]);
  }
  const since = versionOf(query);
  const show = presenter(resource, view);
  const bookmarks = flag(query, 'allowWatchBookmarks');
  const line = lineFor(resource, namespace, selection, since ?? 0, show);
  const initial: unknown[] = [];
  if (since === undefined || since === 0 || sendInitial) {
    const objects: KubeObject[] = store.list(resource.storage, namespace);
    for (const object of objects.filter((one) => isSelected(selection, one))) {
      initial.push({ type: 'ADDED', object: show(object) });
    }
    if (sendInitial && bookmarks) {
      initial.push(bookmarkOf(resource, store.resourceVersion(), { 'k8s.io/initial-events-end': 'true' }));
    }
  } else {
    const past = store.changesSince(since);
    if (past === undefined) return { kind: 'watch', watch: expired(since, store.resourceVersion()) };
    initial.push(...past.flatMap((change) => line(change) ?? []));
  }
  const bookmark = bookmarks ? (version: number) => bookmarkOf(resource, version) : undefined;
  return { kind: 'watch', watch: { initial, line, bookmark, timeoutSeconds } };
}

/** Shows objects one after the other; a Table repeats its columns only in the first event. */
function presenter(resource: Resource, view: View): (object: KubeObject) => unknown {
  let first = true;
  return (object) => {
    const shown = showOne(resource, object, view, first);
    first = false;
    return shown;
  };
}

function lineFor(
  resource: Resource,
  namespace: string | undefined,
  selection: Selection,
  since: number,
  show: (object: KubeObject) => unknown,
): (change: Change) => unknown {
  return (change) => {
    if (change.resource !== resource.storage || change.resourceVersion <= since) return undefined;
    if (namespace !== undefined && change.object.metadata.namespace !== namespace) return undefined;
    const event = seen(selection, change);
    return event === undefined ? undefined : { type: event.type, object: show(event.object) };
  };
}
