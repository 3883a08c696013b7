import { type JsonObject, objectOr } from '../json.ts';

/**
 * Gives a new Job the selector and the labels that tie its pods to it by its uid, unless it brings its own.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector
 */
export function withJobLabels(object: JsonObject, name: string, uid: string): JsonObject {
  const spec = objectOr(object.spec);
  if (spec.manualSelector === true) return object;
  const own = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  const template = objectOr(spec.template);
  const metadata = objectOr(template.metadata);
  return {
    ...object,
    spec: {
      ...spec,
      selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      manualSelector: false,
      template: {
        ...template,
        metadata: { ...metadata, labels: { ...objectOr(metadata.labels), ...own } },
      },
    },
  };
}

/** A Job without a selector of its own bears the labels of its pods, too. */
export function jobLabels(spec: unknown): JsonObject {
  const template = objectOr(objectOr(spec).template);
  return objectOr(objectOr(template.metadata).labels);
}
