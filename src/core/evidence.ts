import type { JsonObject } from './json.ts';
import type { KubeObject, ObjectRef } from './kube.ts';

/** Why a read gave nothing, from a fixed set; `says` is for people. */
export type ReadFault =
  | 'forbidden'
  | 'not_found'
  | 'unreachable'
  | 'throttled'
  | 'timeout'
  | 'too_large'
  | 'rejected'
  | 'refused_by_gate'
  | 'cancelled';

/**
 * What one read operation saw. `text` is what kubectl would print, redacted; `facts` is what conditions look at;
 * `objects` are the raw objects for the finding checks, never stored.
 */
export type Observation =
  | {
      readonly status: 'ok';
      readonly text: string;
      readonly facts: JsonObject;
      readonly objects: readonly KubeObject[];
      readonly requests: number;
    }
  | {
      readonly status: 'failed';
      readonly fault: ReadFault;
      readonly says: string;
      readonly requests: number;
    };

/** Something about an object that a check of core/findings noticed. `kind` is dotted: `container.crash_loop`. */
export type Finding = {
  readonly id: string;
  readonly kind: string;
  readonly object: ObjectRef;
  readonly says: string;
  /** Ids of the steps that saw it. */
  readonly evidence: readonly string[];
};
