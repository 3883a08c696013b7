import type { ActionType } from './operation.ts';

export type AllowedAction = {
  readonly type: ActionType;
  readonly requireApproval: boolean;
  /** Team names of firstmate.yaml. Empty means nobody. */
  readonly approvers: readonly string[];
  readonly maxVersionsBack: number | null;
  readonly minReplicas: number | null;
  readonly maxReplicas: number | null;
};

/** Who may change what for one service (policies/*.yaml). */
export type Policy = {
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
