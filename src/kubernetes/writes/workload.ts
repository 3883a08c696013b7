import { text } from '../../core/facts/fields.ts';
import { replicaCounts } from '../../core/facts/workload.ts';
import type { JsonObject } from '../../core/json.ts';
import type { KindRef } from '../../core/kinds.ts';
import { objectName } from '../../core/kube.ts';
import { typedObject } from '../objects.ts';
import { kindPrefix } from '../paths.ts';

export function replicasOf(workload: JsonObject): number {
  return replicaCounts(typedObject(workload)).desired;
}

/** `Deployment shop/checkout`, `Node node-a`. */
export function nameOf(object: JsonObject): string {
  const [kind, namespace, name] = [
    text(object, 'kind'),
    text(object, 'metadata', 'namespace'),
    text(object, 'metadata', 'name'),
  ];
  return objectName({ kind, namespace: namespace === '' ? null : namespace, name });
}

export function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

/** `deployment/checkout -n shop`: a workload as an argument of kubectl. */
export function asArgument(kind: KindRef, namespace: string, name: string): string {
  return `${kindPrefix(kind).split('.')[0]}/${name} -n ${namespace}`;
}

/** The tag or digest of each image, with its repository where that tells them apart. */
export function shortImages(images: readonly string[]): string {
  return images.map((image) => image.split('/').at(-1) ?? image).join(', ');
}

/** A pointer whose value moves whenever a workload's template does, so that a patch of parts is bound to the whole. */
export function templateMark(workload: JsonObject): readonly string[] {
  switch (workload.kind) {
    case 'Deployment':
      return ['/metadata/annotations/deployment.kubernetes.io~1revision'];
    case 'DaemonSet':
      return ['/metadata/annotations/deprecated.daemonset.template.generation'];
    case 'StatefulSet':
      return ['/status/updateRevision'];
    default:
      return [];
  }
}
