import { type ApiRequest, matchesPath } from '../core/api-request.ts';
import { canonicalJson, isJsonObject, type Json, type JsonObject, sha256 } from '../core/json.ts';
import type { KindRef } from '../core/kinds.ts';
import type { FrozenRequest, Plan } from '../core/plan.ts';
import { planHash } from '../core/plan.ts';
import type { WriteToken } from '../core/settings.ts';
import { ACCESS_REVIEW_PATH, readTarget } from './read-paths.ts';
import { unwritable } from './writable-shape.ts';

/** A request as it stands at the gate: the path below the server's own, still encoded. */
export type AtGate = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  readonly body: string | undefined;
};

/** What leaves, or why nothing does. */
export type Judgement =
  | { readonly allowed: true; readonly query: URLSearchParams; readonly body: string | undefined }
  | { readonly allowed: false; readonly says: string };

const refuse = (says: string): Judgement => ({ allowed: false, says });

/** How far a reading goes: `only` these requests where it is for one operation, and kinds beside the table. */
export type ReadScope = { readonly only?: readonly ApiRequest[]; readonly discovered?: readonly KindRef[] };

/** The read grant: GETs of the allow-list, and asking what this identity may do. */
export function judgeRead(
  request: AtGate,
  protectedNamespaces: readonly string[],
  { only, discovered = [] }: ReadScope,
): Judgement {
  const asked = only?.some(
    ({ method, as, pathPattern }) =>
      method === request.method && as === 'read' && matchesPath(pathPattern, request.path),
  );
  if (asked === false) return refuse('this is none of the requests that the operation takes');
  if (request.method === 'POST' && request.path === ACCESS_REVIEW_PATH) return judgeReview(request);
  if (request.method !== 'GET') return refuse(`reading may not ${request.method}`);
  if (request.body !== undefined) return refuse('a read carries no body');
  const target = readTarget(request.path, discovered);
  if (target === null) return refuse('this path is not on the list of what may be read');
  const unknown = [...request.query.keys()].find((key) => !target.query.includes(key));
  if (unknown !== undefined)
    return refuse(`the query parameter ${unknown} is not on the list of what may be read`);
  if (target.resource === 'configmaps') {
    if (target.namespace === null) return refuse('ConfigMaps are read in one namespace at a time');
    if (protectedNamespaces.includes(target.namespace)) {
      return refuse(`the contents of ConfigMaps in the protected namespace ${target.namespace} are not read`);
    }
  }
  return { allowed: true, query: request.query, body: undefined };
}

const REVIEWED = ['verb', 'group', 'resource', 'subresource', 'name', 'namespace'];

/** A review is about the asking identity and one resource; its body is put together anew from what was read in it. */
function judgeReview({ query, body }: AtGate): Judgement {
  if ([...query.keys()].length > 0) return refuse('an access review takes no query');
  const review = jsonOf(body);
  const spec = isJsonObject(review) && isJsonObject(review.spec) ? review.spec : {};
  const { resourceAttributes: resource, nonResourceAttributes: path, ...more } = spec;
  const about = resource ?? path;
  const asks =
    isJsonObject(about) &&
    (resource === undefined || path === undefined) &&
    Object.keys(more).length === 0 &&
    Object.entries(about).every(
      ([key, value]) =>
        typeof value === 'string' && (resource === undefined ? ['verb', 'path'] : REVIEWED).includes(key),
    );
  if (!asks) return refuse('an access review asks about one resource or one path, and nothing else');
  const attributes =
    resource === undefined ? { nonResourceAttributes: about } : { resourceAttributes: about };
  const rebuilt = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: attributes,
  };
  return { allowed: true, query, body: JSON.stringify(rebuilt) };
}

function jsonOf(body: string | undefined): Json {
  try {
    return JSON.parse(body ?? '') as Json;
  } catch {
    return null;
  }
}

/** The rehearse grant: one write, and only as a dry run, which is put in here and nowhere else. */
export function judgeRehearsal(request: AtGate, frozen: FrozenRequest): Judgement {
  const body = frozenBody(request, frozen);
  if (typeof body === 'string') return refuse(body);
  if (frozen.method === 'PATCH') {
    const query = new URLSearchParams({ dryRun: 'All', fieldManager: 'firstmate' });
    return { allowed: true, query, body: JSON.stringify(body.json) };
  }
  if (!isJsonObject(body.json)) return refuse('a delete without DeleteOptions cannot be rehearsed');
  if (frozen.method === 'POST') {
    const options = isJsonObject(body.json.deleteOptions) ? body.json.deleteOptions : {};
    return {
      allowed: true,
      query: new URLSearchParams(),
      body: JSON.stringify({ ...body.json, deleteOptions: { ...options, dryRun: ['All'] } }),
    };
  }
  // A DELETE with a body takes its options from the body alone: a query parameter would not stop it.
  return {
    allowed: true,
    query: new URLSearchParams(),
    body: JSON.stringify({ ...body.json, dryRun: ['All'] }),
  };
}

/** The write grant: a request that is, to the byte of its canonical form, one that the approval covers. */
export function judgeWrite(
  request: AtGate,
  plan: Plan,
  { cluster, writeTimeoutMs }: { readonly cluster: string; readonly writeTimeoutMs: number },
): Judgement {
  if (plan.cluster !== cluster) return refuse(`plan ${plan.id} is for ${plan.cluster}, not for ${cluster}`);
  if (planHash(plan) !== plan.hash) return refuse(`plan ${plan.id} is not the plan that its hash names`);
  const frozen = plan.requests.find((one) => typeof frozenBody(request, one) !== 'string');
  if (frozen === undefined) return refuse(`this is not one of the requests of plan ${plan.id}`);
  const query = new URLSearchParams({
    ...(frozen.method === 'PATCH' ? { fieldManager: 'firstmate' } : {}),
    timeout: `${writeTimeoutMs}ms`,
  });
  return { allowed: true, query, body: JSON.stringify(frozen.body) };
}

/** Where tokens of a service account are minted: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
export function tokenPath({ namespace, serviceAccount }: WriteToken): string {
  return `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
}

/** No audience: the API server's own. Not bound to an object, since there is none that ends with the plan. */
export function tokenRequest({ minutes }: WriteToken): JsonObject {
  return {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: minutes * 60 },
  };
}

/** The token grant: one body, to one service account, and nothing else. */
export function judgeToken(request: AtGate, token: WriteToken): Judgement {
  if (request.method !== 'POST' || request.path !== tokenPath(token))
    return refuse(`tokens are minted for ${token.namespace}/${token.serviceAccount} only`);
  if ([...request.query.keys()].length > 0) return refuse('a token request takes no query');
  if (request.contentType !== 'application/json') return refuse('a token request is JSON');
  const body = canonicalJson(tokenRequest(token));
  let asked: Json;
  try {
    asked = JSON.parse(request.body ?? '') as Json;
  } catch {
    return refuse('the body is not JSON');
  }
  if (canonicalJson(asked) !== body)
    return refuse('this is not the token request that is set in firstmate.yaml');
  return { allowed: true, query: new URLSearchParams(), body };
}

/** The request's body when it is exactly the frozen one and of a shape that may be written; else why not. */
function frozenBody(request: AtGate, frozen: FrozenRequest): { readonly json: Json } | string {
  if ([...request.query.keys()].length > 0) return 'a write carries no query of its own';
  let json: Json;
  try {
    json = JSON.parse(request.body ?? '') as Json;
  } catch {
    return 'the body is not JSON';
  }
  const same =
    request.method === frozen.method &&
    request.path === frozen.path &&
    request.contentType === frozen.contentType &&
    sha256(canonicalJson(json)) === sha256(canonicalJson(frozen.body));
  if (!same) return 'this is not the request that was frozen';
  return unwritable(frozen) ?? { json };
}
