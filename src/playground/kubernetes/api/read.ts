import { stringify } from 'yaml';
import { isObject } from '../json.ts';
import { metricsOf } from '../metrics.ts';
import type { Resource } from '../resources.ts';
import {
  checkFields,
  type FieldRequirement,
  type LabelRequirement,
  matchesFields,
  matchesLabels,
  parseFieldSelector,
  parseLabelSelector,
} from '../selectors.ts';
import { badRequest, invalid, notFound, StatusError } from '../status.ts';
import type { KubeObject } from '../types.ts';
import type { ApiContext, Place } from './context.ts';
import { negotiate } from './negotiate.ts';
import { type Include, type ListMeta, showList, showOne, type View } from './present.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

export type Selection = { labels: LabelRequirement[]; fields: FieldRequirement[]; filtered: boolean };

export function selectionOf(resource: Resource, query: URLSearchParams): Selection {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const fields = parseFieldSelector(query.get('fieldSelector') ?? '');
  checkFields(resource.storage, fields);
  return { labels, fields, filtered: labels.length + fields.length > 0 };
}

export function isSelected(selection: Selection, object: KubeObject): boolean {
  return matchesLabels(selection.labels, object.metadata.labels) && matchesFields(selection.fields, object);
}

export function viewOf(context: ApiContext, request: ApiRequest, list: boolean): View {
  const include = request.query.get('includeObject');
  const known: Include = include === 'None' || include === 'Object' ? include : 'Metadata';
  return {
    representation: negotiate(request.headers.accept, { list }),
    include: known,
    now: context.simulation.clock.now(),
  };
}

/** A numeric query parameter; anything else is refused in Go's words. */
export function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** The resourceVersion of a request, refused when it is no number or lies in the future. */
export function requestedVersion(context: ApiContext, query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion');
  if (text === null || text === '') return undefined;
  if (!/^\d+$/.test(text)) {
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`,
    );
  }
  const current = context.simulation.store.resourceVersion();
  if (Number(text) > current) {
    throw new StatusError(
      504,
      'Timeout',
      `Timeout: Too large resource version: ${text}, current: ${current}`,
      {
        causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
        retryAfterSeconds: 1,
      },
    );
  }
  return Number(text);
}

export function getOne(context: ApiContext, request: ApiRequest, place: Place): Reply {
  const { resource, namespace, name } = place;
  const view = viewOf(context, request, false);
  requestedVersion(context, request.query);
  const object = findObject(context, resource, namespace, name);
  return reply(request, 200, showOne(resource, object, view), warningsFor(resource));
}

export function findObject(
  context: ApiContext,
  resource: Resource,
  namespace: string | undefined,
  name: string,
): KubeObject {
  const found = resource.storage.startsWith('metrics-')
    ? metricsOf(context.simulation, resource, namespace).find((object) => object.metadata.name === name)
    : context.simulation.store.get(resource.storage, namespace, name);
  if (found === undefined) throw notFound(resource, name);
  return found;
}

export function warningsFor(resource: Resource): string[] {
  return resource.storage === 'endpoints'
    ? ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']
    : [];
}

export function reply(request: ApiRequest, status: number, body: unknown, warnings: string[] = []): Reply {
  if (negotiate(request.headers.accept).yaml) {
    const text = stringify(body, { sortMapEntries: true });
    return { kind: 'json', status, body: text, contentType: 'application/yaml', warnings };
  }
  const pretty = ['true', '1'].includes(request.query.get('pretty') ?? '');
  return { kind: 'json', status, body: pretty ? JSON.stringify(body, undefined, 2) : body, warnings };
}

type Token = { resourceVersion: number; start: string };

function readContinue(text: string): Token {
  const raw = Buffer.from(text, 'base64url').toString('latin1');
  if (!raw.startsWith('{')) {
    throw badRequest(
      `invalid continue token: continue key is not valid: invalid character '${raw.charAt(0)}' looking for beginning of value`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw badRequest('invalid continue token: continue key is not valid: unexpected end of JSON input');
  }
  if (!isObject(value) || typeof value.rv !== 'number' || typeof value.start !== 'string') {
    throw badRequest(
      'invalid continue token: continue key is not valid: incorrect encoded start resourceVersion',
    );
  }
  return { resourceVersion: value.rv, start: value.start };
}

function writeContinue(resourceVersion: number, start: string): string {
  const value = { v: 'meta.k8s.io/v1', rv: resourceVersion, start };
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Where an object lies in its list, as its key in etcd below the list's prefix. */
function keyIn(object: KubeObject, namespace: string | undefined): string {
  return namespace === undefined && object.metadata.namespace !== undefined
    ? `${object.metadata.namespace}/${object.metadata.name}`
    : `/${object.metadata.name}`;
}

const EXPIRED_CONTINUE =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

function snapshot(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  namespace: string | undefined,
) {
  const { store } = context.simulation;
  const { query } = request;
  const version = requestedVersion(context, query);
  const match = query.get('resourceVersionMatch');
  if (match !== null && match !== '' && version === undefined) {
    throw invalid('ListOptions', 'meta.k8s.io', '', [
      {
        reason: 'FieldValueForbidden',
        message: 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
        field: 'resourceVersionMatch',
      },
    ]);
  }
  const text = query.get('continue');
  if (text !== null && text !== '') {
    if (version !== undefined && version !== 0) {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const token = readContinue(text);
    // A negative version asks for the rest of the list as it is now, consistent or not.
    const asked = token.resourceVersion < 0 ? store.resourceVersion() : token.resourceVersion;
    const objects = store.listAt(resource.storage, namespace, asked);
    if (objects === undefined) {
      const fresh = { continue: writeContinue(-1, token.start) };
      throw new StatusError(410, 'Expired', EXPIRED_CONTINUE, undefined, fresh);
    }
    return { objects, version: asked, start: token.start };
  }
  if (match === 'Exact' && version !== undefined) {
    const objects = store.listAt(resource.storage, namespace, version);
    if (objects === undefined) {
      throw new StatusError(410, 'Expired', 'The resourceVersion for the provided list is too old.');
    }
    return { objects, version, start: '' };
  }
  const objects: KubeObject[] = store.list(resource.storage, namespace);
  return { objects, version: store.resourceVersion(), start: '' };
}

export function listMany(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  namespace: string | undefined,
): Reply {
  const view = viewOf(context, request, true);
  const limit = integer(request.query, 'limit') ?? 0;
  integer(request.query, 'timeoutSeconds');
  const selection = selectionOf(resource, request.query);
  if (resource.storage.startsWith('metrics-')) {
    const objects = metricsOf(context.simulation, resource, namespace).filter((one) =>
      isSelected(selection, one),
    );
    return reply(request, 200, showList(resource, objects, { resourceVersion: '' }, view));
  }
  const { objects, version, start } = snapshot(context, request, resource, namespace);
  const rest = objects.filter((object) => isSelected(selection, object) && keyIn(object, namespace) >= start);
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const more = rest.length - page.length;
  const metadata: ListMeta = { resourceVersion: String(version) };
  if (more > 0 && last !== undefined) {
    metadata.continue = writeContinue(version, `${keyIn(last, namespace)}\u0000`);
    if (!selection.filtered) metadata.remainingItemCount = more;
  }
  return reply(request, 200, showList(resource, page, metadata, view), warningsFor(resource));
}
