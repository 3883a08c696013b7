import { parse } from 'yaml';
import { isObject, type JsonObject, textOr } from '../json.ts';
import { apiVersionOf, type Resource } from '../resources.ts';
import { badRequest, invalid, StatusError } from '../status.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { decodeProtobuf } from './protobuf.ts';
import type { ApiRequest } from './request.ts';

function mediaType(request: ApiRequest): string {
  return (request.headers.contentType.split(';')[0] ?? '').trim();
}

export function parseJson(text: string, prefix: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${prefix}: unexpected end of JSON input`);
  }
}

function unreadable(kind: string, why: string, body: string): StatusError {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${body})`,
  );
}

const NOT_AN_OBJECT =
  'json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function bodyText(body: Buffer): string {
  return body.length === 0 ? '<empty>' : body.subarray(0, 1024).toString();
}

/** The object in a request's body, as JSON or YAML, of the kind that the path asks for. */
export function decodeObject(
  request: ApiRequest,
  expected: { kind: string; group: string; version: string },
): JsonObject {
  const type = mediaType(request);
  const binary = type === 'application/vnd.kubernetes.protobuf' ? decodeProtobuf(request.body) : undefined;
  if (binary !== undefined) {
    checkKind(binary, expected);
    return binary;
  }
  if (type !== 'application/json' && type !== 'application/yaml' && type !== '') {
    throw new StatusError(
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    );
  }
  const text = request.body.toString();
  let value: unknown;
  try {
    value = type === 'application/yaml' ? parse(text) : JSON.parse(text);
  } catch {
    throw unreadable(expected.kind, 'unexpected end of JSON input', bodyText(request.body));
  }
  if (!isObject(value))
    throw unreadable(expected.kind, NOT_AN_OBJECT, request.body.subarray(0, 3).toString('hex'));
  checkKind(value, expected);
  return value;
}

function checkKind(value: JsonObject, expected: { kind: string; group: string; version: string }): void {
  const kind = textOr(value.kind, expected.kind);
  const version = textOr(value.apiVersion, apiVersionOf(expected));
  if (kind !== expected.kind) {
    const internal = expected.group === '' ? 'core' : expected.group.split('.')[0];
    throw badRequest(
      `${kind} in version "${version}" cannot be handled as a ${expected.kind}: converting (${version.replace('/', '.')}.${kind}) to (${internal}.${expected.kind}): unknown conversion`,
    );
  }
  if (version !== apiVersionOf(expected)) {
    throw badRequest(
      `the API version in the data (${version}) does not match the expected API version (${apiVersionOf(expected)})`,
    );
  }
}

/** The DeleteOptions of a request: from its body when it has one, and then the query counts for nothing. */
export function deleteOptions(request: ApiRequest): JsonObject {
  if (request.body.length > 0) {
    const value = parseJson(request.body.toString(), "couldn't get version/kind; json parse error");
    const options = isObject(value) ? value : {};
    checkOptions('DeleteOptions', options.dryRun, options.propagationPolicy);
    return options;
  }
  const { query } = request;
  const dryRun = query.getAll('dryRun');
  const policy = query.get('propagationPolicy') ?? undefined;
  checkOptions('DeleteOptions', dryRun, policy);
  const grace = query.get('gracePeriodSeconds');
  return {
    ...(dryRun.length === 0 ? {} : { dryRun }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
  };
}

const POLICIES = ['Foreground', 'Background', 'Orphan'];

function checkOptions(kind: string, dryRun: unknown, policy: unknown): void {
  checkDryRun(kind, Array.isArray(dryRun) ? dryRun.map(String) : []);
  if (policy !== undefined && !POLICIES.includes(String(policy))) {
    const supported = [...POLICIES, 'nil'].map((one) => `"${one}"`).join(', ');
    const message = `Unsupported value: "${String(policy)}": supported values: ${supported}`;
    throw invalid(kind, 'meta.k8s.io', '', [
      { reason: 'FieldValueNotSupported', message, field: 'propagationPolicy' },
    ]);
  }
}

function checkDryRun(kind: string, values: string[]): void {
  if (values.every((value) => value === 'All')) return;
  const message = `Unsupported value: [${values.map((value) => `"${value}"`).join(',')}]: supported values: "All"`;
  throw invalid(kind, 'meta.k8s.io', '', [{ reason: 'FieldValueNotSupported', message, field: 'dryRun' }]);
}

const VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

/** Whether a write is a dry run, after checking the options that all writes share. */
export function isDryRun(
  request: ApiRequest,
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
): boolean {
  const values = request.query.getAll('dryRun').filter((value) => value !== '');
  checkDryRun(kind, values);
  const level = request.query.get('fieldValidation') ?? '';
  if (!VALIDATIONS.includes(level)) {
    const supported = VALIDATIONS.map((one) => `"${one}"`).join(', ');
    const message = `Unsupported value: "${level}": supported values: ${supported}`;
    throw invalid(kind, 'meta.k8s.io', '', [
      { reason: 'FieldValueNotSupported', message, field: 'fieldValidation' },
    ]);
  }
  return values.length > 0;
}

export function patchType(request: ApiRequest): string {
  return mediaType(request);
}

export function expectedOf(resource: Resource): { kind: string; group: string; version: string } {
  return { kind: resource.kind, group: resource.group, version: resource.version };
}

/** The fields that a JSON body names twice; none where nobody asked for validation. */
export function repeatedFields(request: ApiRequest): string[] {
  const ignored = request.query.get('fieldValidation') === 'Ignore';
  return ignored || mediaType(request) !== 'application/json' ? [] : duplicateFields(request.body.toString());
}
