import type { WriteOperation } from '../operation.ts';
import type { Drafted } from '../safety/effect.ts';
import type { ClusterFacts } from '../safety/facts.ts';

/** The read grant once more, for one drafted change: what the safety checks need, as it is now. Never throws for what a cluster can do. */
export type ClusterSafety = {
  look(
    change: { readonly operation: WriteOperation; readonly drafted: Drafted },
    within: { signal: AbortSignal; timeoutMs: number },
  ): Promise<ClusterFacts>;
};
