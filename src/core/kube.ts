import type { Json } from './json.ts';

/** Any Kubernetes object as the API server gives it; only metadata is known for certain. */
export type KubeObject = {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly labels?: { readonly [key: string]: string };
    readonly annotations?: { readonly [key: string]: string };
    readonly ownerReferences?: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly uid: string;
      readonly controller?: boolean;
    }[];
  };
  readonly [key: string]: unknown;
};

/** Which object, in which cluster: nothing is named without its cluster. */
export type ObjectRef = {
  readonly cluster: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
};

/** `Deployment shop/checkout`. */
export function objectName(ref: { kind: string; namespace: string | null; name: string }): string {
  return `${ref.kind} ${ref.namespace === null ? '' : `${ref.namespace}/`}${ref.name}`;
}

/** One field that a change touches, as a person reads it: `spec.template.spec.containers[api].image`. */
export type FieldChange = {
  readonly object: string;
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
};
