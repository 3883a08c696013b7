import { configError } from './findings/config-error.ts';
import { crashLoop } from './findings/crash-loop.ts';
import type { FindingCheck, FindingDraft } from './findings/finding-check.ts';
import { imagePull } from './findings/image-pull.ts';
import { nodeNotReady } from './findings/node-not-ready.ts';
import { nodePressure } from './findings/node-pressure.ts';
import { oomKilled } from './findings/oom-killed.ts';
import { podNotReady } from './findings/pod-not-ready.ts';
import { podUnschedulable } from './findings/pod-unschedulable.ts';
import { replicasMissing } from './findings/replicas-missing.ts';
import { rolloutStuck } from './findings/rollout-stuck.ts';
import type { KubeObject } from './kube.ts';

/** Every look that is taken at what a step read; causes first, since the first findings are told first. */
export const FINDING_CHECKS: readonly FindingCheck[] = [
  nodeNotReady,
  nodePressure,
  imagePull,
  configError,
  oomKilled,
  crashLoop,
  podUnschedulable,
  rolloutStuck,
  replicasMissing,
  podNotReady,
];

/**
 * What is wrong with these objects. `now` (ISO 8601) is when they were read. Ids are stable, and pods that share an
 * owner share a finding.
 */
export function findingsIn(
  objects: readonly KubeObject[],
  about: { readonly cluster: string; readonly now: string },
): readonly FindingDraft[] {
  return FINDING_CHECKS.flatMap((check) => check({ ...about, objects }));
}
