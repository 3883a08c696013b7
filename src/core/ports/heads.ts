import type { Checkpoint } from '../checkpoint.ts';

/** Where checkpoints are kept outside of the store: lines are only ever added. */
export type HeadsFile = {
  /** The last whole checkpoint in it; null when it has none. */
  last(): Promise<Pick<Checkpoint, 'n' | 'hash'> | null>;
  /** On disk when it resolves. */
  append(checkpoints: readonly Checkpoint[]): Promise<void>;
};

/** The ledger's checkpoints. */
export type CheckpointSource = {
  /** Chains what happened since the last one; null when nothing ever happened. */
  checkpoint(at: string): Promise<Checkpoint | null>;
  checkpointsAfter(n: number): Promise<readonly Checkpoint[]>;
};
