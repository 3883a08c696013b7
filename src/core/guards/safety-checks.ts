import type { Guard, RuleName } from './guard.ts';
import { safetyAutoscaler } from './safety-autoscaler.ts';
import { safetyGitopsOwner } from './safety-gitops-owner.ts';
import { safetyNodeCapacity } from './safety-node-capacity.ts';
import { safetyPdbHeadroom } from './safety-pdb-headroom.ts';
import { safetyReplicasLeft } from './safety-replicas-left.ts';
import { safetyRolloutUnderWay } from './safety-rollout-under-way.ts';
import { safetySlo } from './safety-slo.ts';
import { safetyStatefulVolumes } from './safety-stateful-volumes.ts';

/** The rules that look at facts of the cluster, read for this change. */
export const SAFETY_GUARDS: readonly { readonly rule: RuleName; readonly guard: Guard }[] = [
  { rule: 'safety.slo', guard: safetySlo },
  { rule: 'safety.pdb_headroom', guard: safetyPdbHeadroom },
  { rule: 'safety.replicas_left', guard: safetyReplicasLeft },
  { rule: 'safety.node_capacity', guard: safetyNodeCapacity },
  { rule: 'safety.stateful_volumes', guard: safetyStatefulVolumes },
  { rule: 'safety.rollout_under_way', guard: safetyRolloutUnderWay },
  { rule: 'safety.autoscaler', guard: safetyAutoscaler },
  { rule: 'safety.gitops_owner', guard: safetyGitopsOwner },
];
