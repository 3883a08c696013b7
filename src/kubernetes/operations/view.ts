import type { JsonObject } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube.ts';

/** What a read operation makes of the answers; redacted and bounded once more before it leaves the room. */
export type View = {
  readonly text: string;
  readonly facts: JsonObject;
  readonly objects: readonly KubeObject[];
};
