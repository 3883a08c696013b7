import { Ajv, type SchemaObject } from 'ajv';
import type { Labels } from '../core/alert.ts';
import type { SourceSettings } from '../core/settings.ts';

/** Where a body is not what its source sends (a JSON Pointer), and what is wrong there. */
export type BodyFault = { readonly pointer: string; readonly says: string };

/** A part of a body, by its JSON Schema. */
export type Shape<T> = {
  readonly is: (value: unknown) => value is T;
  /** Null when it has this shape. `at` is the pointer of the part within its body. */
  fault(value: unknown, at?: string): BodyFault | null;
  /** @throws Error with the pointer */
  take(value: unknown, at?: string): T;
};

const ajv = new Ajv({ strict: true });
ajv.addFormat('instant', (time: string) => !Number.isNaN(Date.parse(time)));

/** RFC 3339, as Go and PagerDuty write it. */
export const TIME = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
  format: 'instant',
} as const;

export const LABELS = { type: 'object', additionalProperties: { type: 'string' } } as const;

/** Fields that the schema does not list are allowed: senders add some. */
export function shape<T>(schema: SchemaObject): Shape<T> {
  const valid = ajv.compile<T>(schema);
  const fault = (value: unknown, at = ''): BodyFault | null => {
    if (valid(value)) return null;
    const [first] = valid.errors ?? [];
    const pointer = `${at}${first?.instancePath ?? ''}`;
    return { pointer: pointer === '' ? '/' : pointer, says: first?.message ?? 'is not a webhook body' };
  };
  return {
    is: (value): value is T => valid(value),
    fault,
    take(value, at = '') {
      if (valid(value)) return value;
      const found = fault(value, at);
      throw new Error(`${found?.pointer} ${found?.says}`);
    },
  };
}

export function utc(time: string): string {
  return new Date(time).toISOString();
}

/** The cluster that a source is bound to, or the one that the label names; null when it names none. */
export function clusterOf(labels: Labels, source: SourceSettings): string | null {
  return 'name' in source.cluster ? source.cluster.name : (labels[source.cluster.label] ?? null);
}
