import { allowances, type GuardInput, restrictionsOn } from './guards/guard.ts';
import { protectedOnes } from './guards/protected-namespace.ts';
import type { ApprovalRequirement } from './plan.ts';

/**
 * Who must approve: one requirement for each policy and one for the runbook, all of which must be met. A policy that
 * asks for nobody leaves it to the runbook's groups, and where there are none either, the requirement is one that
 * nobody can meet. In a protected namespace two people must, whatever the policy says. Elsewhere
 * one of those who may break the glass is enough while it is broken.
 */
export function approvalsFor(input: GuardInput): readonly ApprovalRequirement[] {
  const groups = input.runbook?.groups ?? [];
  const guarded = protectedOnes(input).length > 0;
  if (input.breakGlass !== null && !guarded)
    return [{ by: 'break-glass', teams: input.breakGlass.teams, quorum: 1 }];
  const least = guarded ? 2 : 1;
  const barred = barsRequester(input, guarded) ? ({ barsRequester: true } as const) : {};
  const required: ApprovalRequirement[] = allowances(input)
    .filter(
      ({ policy, action }) =>
        action.requireApproval ||
        action.approvers.length > 0 ||
        groups.length === 0 ||
        (policy.quorum ?? action.quorum) !== undefined,
    )
    .map(({ policy, action }) => ({
      by: `policy ${policy.service}`,
      teams: action.approvers,
      quorum: Math.max(least, policy.quorum ?? 1, action.quorum ?? 1),
      ...barred,
    }));
  if (input.runbook !== null && groups.length > 0) {
    required.push({ by: `runbook ${input.runbook.name}`, teams: groups, quorum: least, ...barred });
  }
  return required.length > 0 ? required : [{ by: 'no rule', teams: [], quorum: least, ...barred }];
}

/** Where a policy does not say: when several people must approve, or the namespace is protected. */
function barsRequester(input: GuardInput, guarded: boolean): boolean {
  return (
    policyWords(input).some((said) => said === false) ||
    allowances(input).some(({ policy, action }) => {
      const several = Math.max(policy.quorum ?? 1, action.quorum ?? 1) > 1;
      return (guarded || several) && (action.selfApproval ?? policy.selfApproval) !== true;
    })
  );
}

function policyWords(input: GuardInput): readonly (boolean | undefined)[] {
  return restrictionsOn(input).map(({ selfApproval }) => selfApproval);
}

/** How long people have, where a policy says it; the shortest counts. */
export function validFor(input: GuardInput): number | null {
  const times = restrictionsOn(input).flatMap(({ expiryMs }) => expiryMs ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
