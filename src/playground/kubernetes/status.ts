import type { JsonObject } from './json.ts';

export type Cause = { reason: string; message: string; field?: string };

export type Details = {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: Cause[];
  retryAfterSeconds?: number;
};

/**
 * A request that the API server refuses, as the `Status` object it answers.
 * Format: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string | undefined;
  readonly details: Details | undefined;
  /** List metadata of the Status: a continue token to go on with. */
  readonly metadata: { continue?: string };

  constructor(
    code: number,
    reason: string | undefined,
    message: string,
    details?: Details,
    metadata: { continue?: string } = {},
  ) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
    this.metadata = metadata;
  }
}

export function failure(error: StatusError): JsonObject {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.metadata,
    status: 'Failure',
    message: error.message,
    ...(error.reason === undefined ? {} : { reason: error.reason }),
    ...(error.details === undefined ? {} : { details: error.details }),
    code: error.code,
  };
}

/** What an error names: the plural with its group, as in `deployments.apps`, and the details that go with it. */
export type Named = { plural: string; group: string; kind: string };

function qualified(resource: Named): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function detailsOf(resource: Named, name: string | undefined): Details {
  return {
    ...(name === undefined || name === '' ? {} : { name }),
    ...(resource.group === '' ? {} : { group: resource.group }),
    kind: resource.plural,
  };
}

export function notFound(resource: Named, name: string): StatusError {
  return new StatusError(
    404,
    'NotFound',
    `${qualified(resource)} "${name}" not found`,
    detailsOf(resource, name),
  );
}

export function noSuchResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource';
  return new StatusError(405, 'MethodNotAllowed', message, {});
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message);
}

export function alreadyExists(resource: Named, name: string): StatusError {
  return new StatusError(
    409,
    'AlreadyExists',
    `${qualified(resource)} "${name}" already exists`,
    detailsOf(resource, name),
  );
}

const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(resource: Named, name: string, why = MODIFIED): StatusError {
  return new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );
}

/** A precondition of a delete that does not hold; here the server names the kind, not the plural. */
export function preconditionFailed(kind: string, name: string, why: string): StatusError {
  return new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${kind} "${name}": ${why}`, {
    name,
    kind,
  });
}

export function forbidden(resource: Named, name: string | undefined, why: string): StatusError {
  const object = name === undefined || name === '' ? '' : ` "${name}"`;
  return new StatusError(
    403,
    'Forbidden',
    `${qualified(resource)}${object} is forbidden: ${why}`,
    detailsOf(resource, name),
  );
}

/** 422 with one cause a field; `kind` carries its group, as in `Deployment.apps`. */
export function invalid(kind: string, group: string, name: string, causes: Cause[]): StatusError {
  const texts = causes.map((cause) => `${cause.field}: ${cause.message}`);
  const unique = [...new Set(texts)];
  const listed = unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`;
  const qualifiedKind = group === '' ? kind : `${kind}.${group}`;
  return new StatusError(422, 'Invalid', `${qualifiedKind} "${name}" is invalid: ${listed}`, {
    ...(name === '' ? {} : { name }),
    ...(group === '' ? {} : { group }),
    ...(kind === '' ? {} : { kind }),
    causes,
  });
}
