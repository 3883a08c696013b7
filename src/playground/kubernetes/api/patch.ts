import { prune } from '../admission/fields.ts';
import { typeFault } from '../admission/types.ts';
import { isObject, type JsonObject, objectOr, textOr } from '../json.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMerge } from '../patch/strategic-merge.ts';
import type { Resource } from '../resources.ts';
import { badRequest, invalid, StatusError } from '../status.ts';
import { applied, readApply } from './apply.ts';
import { asStored } from './autoscaler-v1.ts';
import type { ApiContext, Place } from './context.ts';
import { createApplied } from './create.ts';
import { isDryRun, parseJson, patchType } from './decode.ts';
import { managerOf } from './object.ts';
import { presentObject, showOne } from './present.ts';
import { findObject, reply, viewOf } from './read.ts';
import type { Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';
import { checkName, updateObject } from './update.ts';

const APPLY = 'application/apply-patch+yaml';

/** The document that a patch turns another one into, by its content type. */
export function patched(request: ApiRequest, document: JsonObject): JsonObject {
  const type = patchType(request);
  const known = [
    'application/json-patch+json',
    'application/merge-patch+json',
    'application/strategic-merge-patch+json',
  ];
  if (!known.includes(type)) {
    throw new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  }
  const patch = parseJson(request.body.toString(), 'error decoding patch');
  const result =
    type === 'application/json-patch+json'
      ? applyJsonPatch(document, patch)
      : isObject(patch)
        ? type === 'application/merge-patch+json'
          ? applyMergePatch(document, patch)
          : applyStrategicMerge(document, patch)
        : undefined;
  if (!isObject(result)) throw badRequest('error decoding patch: the patch does not give an object');
  return result;
}

export function patchOne(
  context: ApiContext,
  request: ApiRequest,
  place: Place,
  subresource?: string,
): Reply {
  const { resource, namespace, name } = place;
  const view = viewOf(context, request, false);
  const dryRun = isDryRun(request, 'PatchOptions');
  if (patchType(request) === APPLY) return applyOne(context, request, place, dryRun);
  if (request.query.has('force')) {
    const message = 'Forbidden: may not be specified for non-apply patch';
    throw invalid('PatchOptions', 'meta.k8s.io', '', [
      { reason: 'FieldValueForbidden', message, field: 'force' },
    ]);
  }
  const current = findObject(context, resource, namespace, name);
  const result = asStored(resource, patched(request, presentObject(resource, current)));
  const { object: next, unknown } = prune(resource, result);
  checkDecoded(request, resource, next, unknown);
  const metadata = objectOr(next.metadata);
  checkName(name, metadata);
  const uid = textOr(metadata.uid, current.metadata.uid);
  if (uid !== current.metadata.uid) {
    const cause = {
      reason: 'FieldValueInvalid',
      message: `Invalid value: "${uid}": field is immutable`,
      field: 'metadata.uid',
    };
    throw invalid(resource.kind, resource.group, name, [cause, cause]);
  }
  const stored = updateObject(context, place, current, next, {
    dryRun,
    subresource,
    manager: managerOf(request, resource, subresource),
  });
  const quiet = request.query.get('fieldValidation') === 'Ignore';
  const warnings = quiet ? [] : unknown.map((field) => `unknown field "${field}"`);
  return reply(request, 200, showOne(resource, stored, view), warnings);
}

/** How Go prints a decoded document, which is how the server shows a strategic patch. */
function goText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return value === null ? '<nil>' : String(value);
  const fields = Object.keys(value).sort();
  return `map[${fields.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}

/** Refuses what a patch made of an object when it is none of its kind any more. */
function checkDecoded(request: ApiRequest, resource: Resource, next: JsonObject, unknown: string[]): void {
  const strict = request.query.get('fieldValidation') === 'Strict' && unknown.length > 0;
  const named = unknown.map((field) => `unknown field "${field}"`).join(', ');
  const fault = strict ? `strict decoding error: ${named}` : typeFault(resource, next);
  if (fault === undefined) return;
  const shown =
    patchType(request) === 'application/strategic-merge-patch+json'
      ? goText(parseJson(request.body.toString(), 'error decoding patch'))
      : JSON.stringify(next);
  const message = `Invalid value: ${JSON.stringify(shown)}: ${fault}`;
  throw invalid('', '', '', [{ reason: 'FieldValueInvalid', message, field: 'patch' }]);
}

function applyOne(context: ApiContext, request: ApiRequest, place: Place, dryRun: boolean): Reply {
  const { resource, namespace, name } = place;
  const applying = readApply(request, resource);
  const { store, clock } = context.simulation;
  const current = store.get(resource.storage, namespace, name);
  if (current === undefined) return createApplied(context, request, place, applying, dryRun);
  const view = viewOf(context, request, false);
  const { object, managedFields } = applied(current, applying, clock.stamp());
  const stored = updateObject(context, place, current, object, {
    dryRun,
    manager: applying.manager,
    managedFields,
  });
  return reply(request, 200, showOne(resource, stored, view));
}
