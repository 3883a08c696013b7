import type { ActionType } from './operation.ts';

/**
 * A window in which nothing is changed: once, `from` until `to` or for a duration; or again and again, each occurrence
 * of an RFC 5545 rule starting a window of the duration. Times are local (`2026-12-20T18:00`) in an IANA time zone.
 */
export type Freeze = {
  readonly name: string;
  readonly timeZone: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly rrule: string | null;
  readonly duration: WindowLength | null;
};

/** Days are days of the calendar, which a clock change makes longer or shorter; hours are always 60 minutes. */
export type WindowLength = { readonly days: number; readonly ms: number };

/** How much may change. Each holds over what a plan was resolved to, not over what was asked for. */
export type ChangeLimits = {
  /** Of one service in one cluster. */
  readonly changesPerHour?: number;
  readonly objectsPerPlan?: number;
  /** 0 to 1, of the workload's replicas; a rollout touches all of them. */
  readonly shareOfReplicas?: number;
  readonly replicaDelta?: number;
};

/** A CEL expression that must be true for each object of a change; `message` says to people what is asked for. */
export type PolicyCondition = { readonly expression: string; readonly message: string | null };

/** What narrows a policy or one of its entries. What is not there narrows nothing; both levels must hold. */
export type Restrictions = {
  /** Names or `*` globs; a change outside is not allowed. */
  readonly clusters?: readonly string[];
  readonly environments?: readonly string[];
  /** A protected namespace has to be named, a glob does not reach it. */
  readonly namespaces?: readonly string[];
  /** How many distinct people must approve. */
  readonly quorum?: number;
  /** How long people have, when that is less than elsewhere. */
  readonly expiryMs?: number;
  /** Whether who asked for the change may approve it; no, where several must approve or the namespace is protected. */
  readonly selfApproval?: boolean;
  readonly freezes?: readonly Freeze[];
  readonly limits?: ChangeLimits;
  readonly conditions?: readonly PolicyCondition[];
};

export type AllowedAction = Restrictions & {
  readonly type: ActionType;
  readonly requireApproval: boolean;
  /** Team names of firstmate.yaml. Empty means nobody. */
  readonly approvers: readonly string[];
  readonly maxVersionsBack: number | null;
  readonly minReplicas: number | null;
  readonly maxReplicas: number | null;
  /** For set_image: `registry.example/shop` allows every image below it. */
  readonly imageRegistries?: readonly string[];
};

/** Who may change what for one service (policies/*.yaml). */
export type Policy = Restrictions & {
  readonly service: string;
  readonly file: string;
  readonly hash: string;
  readonly allowedActions: readonly AllowedAction[];
  readonly safetyChecks: readonly {
    readonly name: string;
    readonly settings: { readonly [key: string]: unknown };
  }[];
  readonly incidentTag: string | null;
};

/** A policy file that does not hold denies everything for its service, and says so. */
export type BrokenPolicy = { readonly service: string | null; readonly file: string; readonly says: string };

/** `safety_checks` that a policy can ask for by name; the others are made for every change. */
export const KEEPS_AVAILABILITY = 'must_not_reduce_availability_below';
export const SAFETY_CHECKS: readonly string[] = [KEEPS_AVAILABILITY];
