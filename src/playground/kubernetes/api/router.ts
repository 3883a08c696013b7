import type { User } from '../access/authenticate.ts';
import { authorize } from '../access/authorize.ts';
import {
  selfSubjectAccessReview,
  selfSubjectReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  tokenRequest,
  tokenReview,
} from '../access/reviews.ts';
import type { JsonObject } from '../json.ts';
import { API_GROUPS, findResource, type Resource } from '../resources.ts';
import { forbidden, methodNotAllowed, noSuchResource, StatusError } from '../status.ts';
import { bindNamed, bindPod } from './binding.ts';
import type { ApiContext, Place } from './context.ts';
import { createOne } from './create.ts';
import { decodeObject, expectedOf } from './decode.ts';
import { deleteMany, deleteOne } from './delete.ts';
import { answerPath } from './discovery.ts';
import { evict } from './eviction.ts';
import { readLog } from './logs.ts';
import { patchOne } from './patch.ts';
import { getOne, listMany } from './read.ts';
import { json, type Reply } from './reply.ts';
import { type ApiRequest, attributesOf, type Target, targetOf, verbOf } from './request.ts';
import { getScale, writeScale } from './scale.ts';
import { CONNECTIONS, refuseConnection } from './subresources.ts';
import { replaceOne } from './update.ts';
import { openWatch } from './watch.ts';

function deniedPath(user: User, verb: string, path: string): StatusError {
  return new StatusError(
    403,
    'Forbidden',
    `forbidden: User "${user.name}" cannot ${verb} path "${path}"`,
    {},
  );
}

function denied(user: User, verb: string, target: Extract<Target, { kind: 'resource' }>): StatusError {
  const attributes = attributesOf(verb, target);
  const namespace = 'path' in attributes ? undefined : attributes.namespace;
  const scope = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const { plural, group, subresource, name } = target;
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  const why = `User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  return forbidden({ plural, group, kind: '' }, name, why);
}

/** Refuses what RBAC does not allow; also what does not exist, so that names cannot be guessed. */
function checkAccess(
  context: ApiContext,
  request: ApiRequest,
  target: Target,
  impersonationDenied: boolean,
): void {
  const verb = verbOf(request.method, target, request.query);
  const asked = impersonationDenied ? `impersonate-on:user-info:${verb}` : verb;
  const { store } = context.simulation;
  const verdict = authorize(store, request.user, attributesOf(asked, target));
  if (verdict.allowed) return;
  throw target.kind === 'path'
    ? deniedPath(request.user, verb, target.path)
    : denied(request.user, asked, target);
}

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** Answers one request; throws StatusError for every refusal. */
export function answer(
  context: ApiContext,
  request: ApiRequest,
  host: string,
  impersonationDenied = false,
): Reply {
  const target = targetOf(request.path);
  checkAccess(context, request, target, impersonationDenied);
  if (target.kind === 'path') {
    if (request.method !== 'GET') throw methodNotAllowed();
    return answerPath(request, host, context.withMetrics);
  }
  if (target.group !== '' && !isServed(context, target.group)) {
    return { kind: 'text', status: 404, body: '404 page not found\n' };
  }
  const resource = findResource(target.group, target.version, target.plural);
  if (resource === undefined) throw noSuchResource();
  if (
    resource.namespaced !== (target.namespace !== undefined) &&
    (target.name !== undefined || !resource.namespaced)
  ) {
    throw noSuchResource();
  }
  if (!METHODS.has(request.method)) throw methodNotAllowed();
  if (target.subresource !== undefined && target.name !== undefined) {
    const place = { resource, namespace: target.namespace, name: target.name };
    return answerSubresource(context, request, place, target.subresource);
  }
  return target.name === undefined
    ? answerCollection(context, request, resource, target)
    : answerObject(context, request, { resource, namespace: target.namespace, name: target.name }, target);
}

function isServed(context: ApiContext, wanted: string): boolean {
  if (wanted === 'metrics.k8s.io' && !context.withMetrics) return false;
  return API_GROUPS.some(({ group }) => group === wanted);
}

function answerCollection(
  context: ApiContext,
  request: ApiRequest,
  resource: Resource,
  target: Extract<Target, { kind: 'resource' }>,
): Reply {
  const verb = verbOf(request.method, target, request.query);
  if (!resource.verbs.includes(verb) || verb === 'update' || verb === 'patch') throw methodNotAllowed();
  switch (verb) {
    case 'list':
      return listMany(context, request, resource, target.namespace);
    case 'watch':
      return openWatch(context, request, resource, target.namespace, undefined);
    case 'deletecollection':
      return deleteMany(context, request, resource, target.namespace);
    default: {
      if (resource.namespaced && target.namespace === undefined) throw methodNotAllowed();
      if (resource.plural === 'bindings') return bindNamed(context, request, target.namespace);
      const review = reviewOf(context, request, resource);
      return review === undefined
        ? createOne(context, request, resource, target.namespace)
        : json(201, review);
    }
  }
}

function answerObject(
  context: ApiContext,
  request: ApiRequest,
  place: Place,
  target: Extract<Target, { kind: 'resource' }>,
): Reply {
  const verb = verbOf(request.method, target, request.query);
  if (verb === 'create' || !place.resource.verbs.includes(verb)) throw methodNotAllowed();
  switch (verb) {
    case 'get':
      return getOne(context, request, place);
    case 'watch':
      return openWatch(context, request, place.resource, place.namespace, place.name);
    case 'update':
      return replaceOne(context, request, place);
    case 'patch':
      return patchOne(context, request, place);
    default:
      return deleteOne(context, request, place);
  }
}

function answerSubresource(context: ApiContext, request: ApiRequest, place: Place, name: string): Reply {
  const found = place.resource.subresources.find((sub) => sub.name === name);
  if (found === undefined) throw noSuchResource();
  const verbs: Record<string, string> = { GET: 'get', POST: 'create', PUT: 'update', PATCH: 'patch' };
  const verb = verbs[request.method] ?? 'delete';
  if (!found.verbs.includes(verb)) throw methodNotAllowed();
  switch (name) {
    case 'scale':
      return verb === 'get' ? getScale(context, request, place) : writeScale(context, request, place);
    case 'eviction':
      return evict(context, request, place);
    case 'log':
      return readLog(context, request, place.namespace ?? '', place.name);
    case 'token':
      return json(201, tokenFor(context, request, place));
    case 'binding':
      return bindPod(context, request, place);
    default:
      if (CONNECTIONS.has(name)) throw refuseConnection(name);
      if (verb === 'get') return getOne(context, request, place);
      return verb === 'update'
        ? replaceOne(context, request, place, name)
        : patchOne(context, request, place, name);
  }
}

function tokenFor(context: ApiContext, request: ApiRequest, place: Place): JsonObject {
  const { store, clock } = context.simulation;
  const body = decodeObject(request, { kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1' });
  const account = { namespace: place.namespace ?? '', name: place.name };
  return tokenRequest(store, context.tokens, account, body, clock.now());
}

/** The answer to a review, which is created but never stored; undefined for every other resource. */
function reviewOf(context: ApiContext, request: ApiRequest, resource: Resource): JsonObject | undefined {
  const { store, clock } = context.simulation;
  const body = () => decodeObject(request, expectedOf(resource));
  switch (resource.plural) {
    case 'selfsubjectaccessreviews':
      return selfSubjectAccessReview(store, request.user, body());
    case 'selfsubjectrulesreviews':
      return selfSubjectRulesReview(store, request.user, body());
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      return subjectAccessReview(store, resource.kind, body());
    case 'selfsubjectreviews':
      body();
      return selfSubjectReview(request.user, clock.stamp());
    case 'tokenreviews':
      return tokenReview(context.tokens, body(), clock.now());
    default:
      return undefined;
  }
}
