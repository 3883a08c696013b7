import { slackUserOf } from './actor.ts';
import { quorumMet } from './eligibility.ts';
import type { Incident } from './incident.ts';
import { planOf } from './incident.ts';
import type { Plan } from './plan.ts';
import { planHash } from './plan.ts';
import type { PlanState } from './plan-state.ts';

declare const approved: unique symbol;

/** A plan that people (or a policy) approved. Only this file makes one, so only what passed here can be written. */
export type ApprovedPlan = { readonly plan: Plan; readonly [approved]: true };

export type ApprovalRefusal = { readonly refused: true; readonly says: string };

/**
 * Checks once more, against the timeline, that this very plan was approved and that its execution was claimed: by the
 * people that its verdict asks for, or by a policy that leaves it to firstmate.
 */
export function approvedPlan(incident: Incident, plan: Plan): ApprovedPlan | ApprovalRefusal {
  const state = planOf(incident, plan.id);
  if (state === undefined) return { refused: true, says: `${incident.id} has no plan ${plan.id}` };
  if (state.status !== 'executing')
    return { refused: true, says: `plan ${plan.id} is ${state.status}, not claimed for execution` };
  if (plan.hash !== state.plan.hash || !isAsApproved({ ...state, plan })) {
    return { refused: true, says: `plan ${plan.id} is not the plan that was approved` };
  }
  const { verdict, requestedBy } = state.plan;
  const votes = state.votes.filter(({ vote }) => vote === 'approve');
  const people = quorumMet(verdict.approvals, votes, slackUserOf(requestedBy));
  if (!verdict.allowed || !(people.met || verdict.automatic === true))
    return { refused: true, says: `plan ${plan.id} lacks approvals: ${people.missing.join('; ')}` };
  return Object.freeze({ plan: state.plan }) as ApprovedPlan;
}

/** Whether what its hash covers is still, to the byte, what the approval named. */
export function isAsApproved({ plan, approvedHash }: Pick<PlanState, 'plan' | 'approvedHash'>): boolean {
  return plan.hash === approvedHash && planHash(plan) === approvedHash;
}
