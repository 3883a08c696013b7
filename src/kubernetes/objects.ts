import { list, text } from '../core/facts/fields.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube.ts';
import { redactJson } from '../core/redact.ts';
import { type Question, ReadFailed } from './faults.ts';

/** @throws ReadFailed rejected, for an answer that is no JSON object */
export function parseObject(cluster: string, question: Question, body: string): JsonObject {
  try {
    const parsed = JSON.parse(body) as Json;
    if (isJsonObject(parsed)) return parsed;
  } catch {
    // Falls through to the sentence below: a proxy's page, or an answer cut short.
  }
  throw new ReadFailed(
    'rejected',
    `The cluster ${cluster} answered something that is no Kubernetes object for ${question.resource}.`,
  );
}

/** An object of the API server as the rest of the house sees it: redacted, and without managedFields. */
export function kubeObject(value: Json): KubeObject {
  if (!isJsonObject(value)) return {};
  return typedObject(redactJson(withoutManagedFields(value)));
}

export function withoutManagedFields(object: JsonObject): JsonObject {
  if (!isJsonObject(object.metadata)) return object;
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * The same, not redacted: for what a write needs byte for byte. It must never leave src/kubernetes as text.
 * The API server types an object's metadata (k8s.io/apimachinery ObjectMeta); everything else stays unknown.
 */
export function typedObject(object: JsonObject): KubeObject {
  return object as KubeObject;
}

/** The objects of a List, each with the kind and apiVersion that the API server leaves out of a list's items. */
export function listItems(of: JsonObject): readonly JsonObject[] {
  const kind = text(of, 'kind').replace(/List$/, '');
  const apiVersion = text(of, 'apiVersion');
  return list(of, 'items')
    .filter(isJsonObject)
    .map((item) => ({ apiVersion, kind, ...item }));
}
