import { commandLine } from '../../core/command/command-line.ts';
import { parseCommand } from '../../core/command/parse.ts';
import type { JsonObject } from '../../core/json.ts';
import type { KindRef } from '../../core/kinds.ts';
import type { WriteOperation } from '../../core/operation.ts';
import type { Draft, Inverse } from '../../core/plan.ts';
import type { PatchStep } from './patch.ts';

/** What one request of a write does to its object. */
export type Change =
  | { readonly do: 'patch'; readonly steps: readonly PatchStep[] }
  | { readonly do: 'delete'; readonly options: JsonObject }
  | { readonly do: 'evict'; readonly options: JsonObject; readonly patienceMs: number };

export type ObjectChange = {
  readonly kind: KindRef;
  /** As the API server gave it, not redacted. */
  readonly live: JsonObject;
  readonly change: Change;
  /** JSON Pointers of what the plan is bound to besides what the diff shows. */
  readonly reviewed: readonly string[];
};

/** What one write operation comes to on the objects as they are now, before it is rehearsed. */
export type Proposal = {
  /** In the order in which they are sent, one request each. */
  readonly changes: readonly ObjectChange[];
} & Pick<Draft, 'inverse' | 'blast' | 'fromVersion' | 'toVersion' | 'facts'>;

/** Why there is nothing to rehearse: a sentence for people. */
export type NoProposal = { readonly refused: string };

export function refuse(says: string): NoProposal {
  return { refused: says };
}

/** What the preparing of a write may look at. */
export type Preparing = { readonly now: string };

export const NO_FACTS: Draft['facts'] = {
  versionsBack: null,
  replicasBefore: null,
  replicasAfter: null,
};

/** The way back as an operation of its own; null where what was there before is nothing that a line can say. */
export function inverseBy(operation: WriteOperation, says: string): Inverse {
  const command = commandLine(operation);
  return parseCommand(command).verdict === 'refuse'
    ? null
    : { operation, command, says: `${says}: ${command}` };
}
