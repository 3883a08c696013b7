/** What the safety checks look at, as it was read a moment ago. A fact that could not be read says why. */

export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly says: string };

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

export function unknown(says: string): { readonly known: false; readonly says: string } {
  return { known: false, says };
}

/** A workload that the change touches, or whose pod it removes. */
export type WorkloadFacts = {
  /** `Deployment shop/checkout`. */
  readonly name: string;
  readonly desired: number;
  readonly ready: number;
  readonly available: number;
  /** Pods that bear the newest template. */
  readonly updated: number;
  /**
   * How a new template reaches its pods, of which `maxUnavailable` may be away at once: those that do not serve first,
   * or by number whether they serve or not (StatefulSet).
   */
  readonly replaces:
    | { readonly how: 'rolling' | 'by_number'; readonly maxUnavailable: number }
    | { readonly how: 'at_once' | 'by_hand' };
  readonly rollout: 'done' | 'going' | 'stuck' | 'paused';
  /** The volumes that its pods keep; null where they keep none. */
  readonly volumes: { readonly claims: readonly string[]; readonly deletedWhenScaled: boolean } | null;
};

export type RemovedPod = {
  readonly name: string;
  readonly ready: boolean;
  /** The workload's name; null for a pod of its own. */
  readonly workload: string | null;
};

/** A PodDisruptionBudget that selects pods of the change (policy/v1). */
export type BudgetFacts = {
  /** `shop/checkout`. */
  readonly name: string;
  /** Null when its status is older than its spec. */
  readonly disruptionsAllowed: number | null;
  readonly currentHealthy: number;
  readonly expectedPods: number;
  readonly minAvailable: number | string | null;
  readonly maxUnavailable: number | string | null;
  /** Names of workloads and of removed pods that it selects. */
  readonly covers: readonly string[];
};

export type AutoscalerFacts = {
  readonly name: string;
  readonly workload: string;
  readonly min: number;
  readonly max: number;
};

/** Who keeps an object as it is: a tool that writes it from Git, or a controller that we know nothing of. */
export type Owner = GitOwner | { readonly by: 'controller'; readonly name: string; readonly object: string };

/** Self-healing that nobody can see counts as on. */
export type GitOwner = {
  readonly by: 'git';
  /** `Argo CD application argocd/shop`. */
  readonly name: string;
  /** The object that it manages. */
  readonly object: string;
  readonly selfHeal: Known<boolean>;
  /** Where it takes the object from; null when that cannot be seen. */
  readonly source: { readonly repository: string; readonly path: string } | null;
};

/** Thousandths of a core, bytes, and pods. */
export type Room = { readonly cpu: number; readonly memory: number; readonly pods: number };

/** What a drain has to find a place for, and where there is some. */
export type DrainFacts = {
  readonly nodes: readonly string[];
  readonly moving: readonly ({ readonly name: string } & Room)[];
  readonly free: readonly ({ readonly name: string } & Room)[];
};

/** The facts of one drafted change that its cluster knows. */
export type ClusterFacts = {
  readonly workloads: Known<readonly WorkloadFacts[]>;
  readonly removed: Known<readonly RemovedPod[]>;
  readonly budgets: Known<readonly BudgetFacts[]>;
  readonly autoscalers: Known<readonly AutoscalerFacts[]>;
  readonly owners: Known<readonly Owner[]>;
  /** Null for a change that drains nothing. */
  readonly drain: Known<DrainFacts | null>;
};

/** One objective's indicator now, in per cent. */
export type SloFacts = { readonly slo: string; readonly availability: Known<number> };

export type SafetyFacts = ClusterFacts & { readonly slos: readonly SloFacts[] };

/** Where nothing could be asked. */
export function nothingKnown(says: string): ClusterFacts {
  const fact = unknown(says);
  return { workloads: fact, removed: fact, budgets: fact, autoscalers: fact, owners: fact, drain: fact };
}
