import type { ApprovedPlan } from '../approval.ts';
import type { Observation } from '../evidence.ts';
import type { PlanId } from '../ids.ts';
import type { ReadOperation, WriteOperation } from '../operation.ts';
import type { Draft, Plan } from '../plan.ts';
import type { ClusterSafety } from './safety.ts';

/** The read grant: allow-listed GETs of one cluster. Never throws for what a cluster can do; the fault says it. */
export type ClusterReader = {
  read(operation: ReadOperation, within: { signal: AbortSignal; timeoutMs: number }): Promise<Observation>;
};

export type Rehearsal =
  | { readonly status: 'ok'; readonly draft: Draft }
  | { readonly status: 'failed'; readonly says: string };

/** The rehearse grant: one typed write as a server dry run. */
export type ClusterRehearser = {
  rehearse(
    operation: WriteOperation,
    about: { plan: PlanId; now: string; signal: AbortSignal; timeoutMs: number },
  ): Promise<Rehearsal>;
};

/** Whether what was reviewed is still so. `unknown` blocks like `changed`, but the plan may be tried again. */
export type Recheck =
  | { readonly status: 'holds' }
  | { readonly status: 'changed'; readonly says: string }
  | { readonly status: 'unknown'; readonly says: string };

/** How one request ended, and whether it may be sent again within this execution. */
export type WriteEnd =
  | { readonly outcome: 'applied'; readonly status: number; readonly says: string }
  | {
      readonly outcome: 'refused';
      readonly status: number;
      readonly says: string;
      readonly retryAfterMs: number | null;
    }
  | { readonly outcome: 'not_sent'; readonly says: string; readonly retryAfterMs: number | null }
  | { readonly outcome: 'unknown'; readonly says: string };

export type Arrival =
  | { readonly status: 'arrived'; readonly says: string }
  | { readonly status: 'not_arrived'; readonly says: string }
  | { readonly status: 'unknown'; readonly says: string };

/** The write grant: the frozen requests of one approved plan. */
export type ClusterWriter = {
  recheck(plan: Plan, signal: AbortSignal): Promise<Recheck>;
  write(approved: ApprovedPlan, index: number, signal: AbortSignal): Promise<WriteEnd>;
  /** Reads back whether a request arrived, by its mark on the object. */
  arrival(plan: Plan, index: number, signal: AbortSignal): Promise<Arrival>;
};

/** By the cluster's name; undefined for one that is not configured. */
export type Clusters = {
  reader(cluster: string): ClusterReader | undefined;
  rehearser(cluster: string): ClusterRehearser | undefined;
  writer(cluster: string): ClusterWriter | undefined;
  safety(cluster: string): ClusterSafety | undefined;
};
