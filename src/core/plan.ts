import type { Actor } from './actor.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Environment } from './environment.ts';
import type { IncidentId, PlanHash, PlanId } from './ids.ts';
import { canonicalJson, type Json, type JsonObject, sha256 } from './json.ts';
import type { FieldChange, ObjectRef } from './kube.ts';
import type { ActionType, WriteOperation } from './operation.ts';
import type { Autoscaling } from './safety/autoscaling.ts';

/** One write as it will go over the wire, byte for byte. The path carries no query; the gate adds what it must. */
export type FrozenRequest = {
  readonly method: 'PATCH' | 'DELETE' | 'POST';
  readonly path: string;
  readonly contentType: 'application/json-patch+json' | 'application/json';
  readonly body: Json;
  /** How to find out later whether it arrived. */
  readonly arrival:
    | { readonly kind: 'annotation'; readonly key: 'firstmate.dev/plan'; readonly value: string }
    | { readonly kind: 'uid_gone'; readonly uid: string };
  /**
   * Of an eviction: for how long after the execution began a 429 is asked again, which means that a disruption budget
   * allows nobody to go now.
   */
  readonly patienceMs?: number;
};

/** An object that the plan changes, and the fields (by JSON Pointer) whose values the diff shows. */
export type PlanTarget = {
  readonly ref: ObjectRef;
  readonly uid: string;
  readonly reviewed: { readonly [pointer: string]: Json };
};

/** All of `teams` may fill it; a plan is approved when every requirement is. An empty list is filled by nobody. */
export type ApprovalRequirement = {
  /** Whose rule it is: `policy checkout`, `runbook deployment-rollout-stuck`. */
  readonly by: string;
  readonly teams: readonly string[];
  /** Distinct people. */
  readonly quorum: number;
  /** Whether the approval of who asked for the change counts for nothing. */
  readonly barsRequester?: true;
};

/** Every rule that spoke, in order; `denied` when any of them denied. */
export type Verdict = {
  readonly allowed: boolean;
  readonly rules: readonly {
    readonly rule: string;
    readonly denies: boolean;
    /** Allowed, but people should see it before they approve. */
    readonly warns?: true;
    readonly says: string;
  }[];
  readonly policy: { readonly name: string; readonly hash: string } | null;
  readonly approvals: readonly ApprovalRequirement[];
  /** Where the cluster stood, when firstmate.yaml said so. */
  readonly environment?: Environment;
  /** How long people have, where a policy says so. */
  readonly validForMs?: number;
  /** The policy leaves it to firstmate: carried out without people, if the rules say so again at that moment. */
  readonly automatic?: true;
  /** The broken glass that it rests on; left out as ever. */
  readonly breakGlass?: BreakGlass;
};

/** How to take it back, captured before the change: null where a change has no inverse. */
export type Inverse = {
  readonly operation: WriteOperation;
  readonly command: string;
  readonly says: string;
} | null;

/** What the cluster's side of a plan consists of, as the rehearsal gives it. */
export type Draft = {
  readonly requests: readonly FrozenRequest[];
  readonly targets: readonly PlanTarget[];
  readonly diff: readonly FieldChange[];
  readonly inverse: Inverse;
  /** What is touched, in words and numbers. */
  readonly blast: { readonly objects: number; readonly pods: number; readonly says: string };
  /** What the server warned of in the rehearsal, and what the safety checks did; people see it before they approve. */
  readonly warnings: readonly string[];
  /** For the audit record: what the object was and will be (image tag, revision, replica count). */
  readonly fromVersion: string;
  readonly toVersion: string;
  /** For policies: facts of the change, each null where it does not apply. */
  readonly facts: {
    readonly versionsBack: number | null;
    readonly replicasBefore: number | null;
    readonly replicasAfter: number | null;
    /** Images that the change brings; left out where it brings none or where they are not known. */
    readonly images?: readonly string[] | null;
    /** Where the change is one of an autoscaler's bounds. */
    readonly autoscaling?: Autoscaling;
    /** Where pods go: how many of each workload, and how many that is to have. Left out where it is not known. */
    readonly taken?: readonly {
      readonly workload: string;
      readonly pods: number;
      readonly replicas: number;
    }[];
  };
  /** Each target before and after, redacted, for the conditions of policies; null after where it goes away. */
  readonly objects?: readonly { readonly before: JsonObject; readonly after: JsonObject | null }[];
};

export type Plan = Draft & {
  readonly id: PlanId;
  readonly hash: PlanHash;
  readonly incident: IncidentId;
  readonly cluster: string;
  readonly type: ActionType;
  /** The runbook's action, or `undo` for an inverse. */
  readonly action: string;
  readonly operation: WriteOperation;
  /** The same as a line that a person could run. */
  readonly command: string;
  readonly reason: string;
  /** Ids of steps and findings. */
  readonly evidence: readonly string[];
  readonly hypothesis: string | null;
  readonly runbook: { readonly name: string; readonly hash: string } | null;
  readonly verdict: Verdict;
  /** What is run afterwards, until it holds, to see whether the change helped. */
  readonly validate: {
    readonly command: string;
    readonly check: string | null;
    readonly withinMs: number;
  } | null;
  readonly requestedBy: Actor;
  readonly proposedAt: string;
  /** Counted from when Slack took the card: nobody can approve what nobody could see. */
  readonly validForMs: number;
};

export const PLAN_VALID_FOR_MS = 30 * 60_000;

/** The fields that an approval binds. Whatever else changes, these may not. */
export function planHash(
  plan: Pick<Plan, 'cluster' | 'requests' | 'targets' | 'diff' | 'verdict' | 'runbook' | 'validForMs'>,
): PlanHash {
  return sha256(
    canonicalJson({
      cluster: plan.cluster,
      requests: plan.requests,
      targets: plan.targets,
      diff: plan.diff,
      policy: plan.verdict.policy?.hash ?? null,
      approvals: plan.verdict.approvals,
      // Left out where it is not so, as in plans that are older than it.
      automatic: plan.verdict.automatic,
      breakGlass: plan.verdict.breakGlass,
      runbook: plan.runbook?.hash ?? null,
      validForMs: plan.validForMs,
    }),
  ) as PlanHash;
}

/** Two proposals with the same key ask for the same change: what was rejected once is not proposed again. */
export function proposalKey(plan: Pick<Plan, 'cluster' | 'operation'>): string {
  return sha256(canonicalJson({ cluster: plan.cluster, operation: plan.operation }));
}
