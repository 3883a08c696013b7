import { randomUUID } from 'node:crypto';
import { stampOf } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import { at, isObject, numberOr, objectOr, textOr } from '../json.ts';
import { badRequest, invalid, notFound } from '../status.ts';
import type { Store } from '../store.ts';
import { issueToken, serviceAccountUser, type Tokens, tokenUser, type User } from './authenticate.ts';
import { type Attributes, authorize, grantsOf } from './authorize.ts';

function attributesOf(spec: JsonObject): Attributes {
  const resource = spec.resourceAttributes;
  const plain = spec.nonResourceAttributes;
  if (isObject(resource) === isObject(plain)) {
    throw invalid('', 'authorization.k8s.io', '', [
      {
        reason: 'FieldValueInvalid',
        message:
          'Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
        field: 'spec.resourceAttributes',
      },
    ]);
  }
  if (isObject(plain)) return { verb: textOr(plain.verb), path: textOr(plain.path) };
  const attributes = objectOr(resource);
  const optional = (key: string) =>
    textOr(attributes[key]) === '' ? {} : { [key]: textOr(attributes[key]) };
  return {
    verb: textOr(attributes.verb),
    group: textOr(attributes.group),
    resource: textOr(attributes.resource),
    ...optional('subresource'),
    ...optional('namespace'),
    ...optional('name'),
  };
}

function accessStatus(store: Store, user: User, spec: JsonObject): JsonObject {
  return { ...authorize(store, user, attributesOf(spec)) };
}

export function selfSubjectAccessReview(store: Store, user: User, body: JsonObject): JsonObject {
  const spec = objectOr(body.spec);
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: accessStatus(store, user, spec),
  };
}

/** Answers what another user may do; `kind` is SubjectAccessReview, or its form for one namespace. */
export function subjectAccessReview(store: Store, kind: string, body: JsonObject): JsonObject {
  const spec = objectOr(body.spec);
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  const user: User = { name: textOr(spec.user), groups: [...groups, 'system:authenticated'] };
  return {
    kind,
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec,
    status: accessStatus(store, user, spec),
  };
}

export function selfSubjectRulesReview(store: Store, user: User, body: JsonObject): JsonObject {
  const namespace = textOr(at(body, 'spec', 'namespace'));
  if (namespace === '') throw badRequest('no namespace on request');
  const rules = user.groups.includes('system:masters')
    ? [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ]
    : grantsOf(store, user, namespace).flatMap((grant) => grant.rules);
  return {
    kind: 'SelfSubjectRulesReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: {},
    status: {
      resourceRules: rules.filter((rule) => !('nonResourceURLs' in rule)),
      nonResourceRules: rules.filter((rule) => 'nonResourceURLs' in rule),
      incomplete: false,
    },
  };
}

function userInfo(user: User): JsonObject {
  return {
    username: user.name,
    ...(user.uid === undefined ? {} : { uid: user.uid }),
    groups: user.groups,
    ...(user.extra === undefined ? {} : { extra: user.extra }),
  };
}

export function selfSubjectReview(user: User, now: string): JsonObject {
  return {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: now },
    status: { userInfo: userInfo(user) },
  };
}

export function tokenReview(tokens: Tokens, body: JsonObject, now: number): JsonObject {
  const spec = objectOr(body.spec);
  const user = tokenUser(tokens, textOr(spec.token), now);
  return {
    kind: 'TokenReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    spec,
    status:
      user === undefined
        ? { user: {}, error: 'invalid bearer token' }
        : { authenticated: true, user: userInfo(user), audiences: ['https://kubernetes.default.svc'] },
  };
}

const MINIMUM_SECONDS = 600;
const DEFAULT_SECONDS = 3600;

/** Issues a bearer token for a service account; refused below ten minutes. */
export function tokenRequest(
  store: Store,
  tokens: Tokens,
  account: { namespace: string; name: string },
  body: JsonObject,
  now: number,
): JsonObject {
  const found = store.get('serviceaccounts', account.namespace, account.name);
  const named = { plural: 'serviceaccounts', group: '', kind: 'ServiceAccount' };
  if (found === undefined) throw notFound(named, account.name);
  const seconds = numberOr(at(body, 'spec', 'expirationSeconds'), DEFAULT_SECONDS);
  if (seconds < MINIMUM_SECONDS) {
    const message = `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`;
    throw invalid('TokenRequest', 'authentication.k8s.io', '', [
      { reason: 'FieldValueInvalid', message, field: 'spec.expirationSeconds' },
    ]);
  }
  const user = serviceAccountUser(account.namespace, account.name, found.metadata.uid);
  const extra = { 'authentication.kubernetes.io/credential-id': [`JTI=${randomUUID()}`] };
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {
      name: account.name,
      namespace: account.namespace,
      uid: found.metadata.uid,
      creationTimestamp: stampOf(now),
    },
    spec: {
      audiences: ['https://kubernetes.default.svc'],
      expirationSeconds: seconds,
      boundObjectRef: null,
    },
    status: {
      token: issueToken(tokens, { ...user, extra, endsAt: now + seconds * 1000 }),
      expirationTimestamp: stampOf(now + seconds * 1000),
    },
  };
}
