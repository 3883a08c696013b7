import type { JsonObject } from '../../core/json.ts';
import type { KindRef } from '../../core/kinds.ts';
import type { Draft } from '../../core/plan.ts';
import type { PatchStep } from './patch.ts';

/** What one write operation comes to on the objects as they are now, before it is rehearsed. */
export type Proposal = {
  readonly kind: KindRef;
  /** As the API server gave it, not redacted. */
  readonly live: JsonObject;
  readonly change: 'delete' | { readonly steps: readonly PatchStep[] };
  /** JSON Pointers of what the plan is bound to besides what the diff shows. */
  readonly reviewed: readonly string[];
} & Pick<Draft, 'inverse' | 'blast' | 'fromVersion' | 'toVersion' | 'facts'>;

/** Why there is nothing to rehearse: a sentence for people. */
export type NoProposal = { readonly refused: string };

export function refuse(says: string): NoProposal {
  return { refused: says };
}

/** What the preparing of a write may look at. */
export type Preparing = { readonly now: string };
