import type { Silence } from '../silenced.ts';

/** What people silenced where the alerts come from. Never throws for what the other side can do. */
export type Silences = {
  /**
   * The silences of a cluster's Alertmanager that are active now; none for a cluster whose Alertmanager is not
   * configured. `fault` is a sentence that says where and what: whether something is silenced is not known then.
   */
  of(cluster: string, signal: AbortSignal): Promise<readonly Silence[] | { readonly fault: string }>;
};
