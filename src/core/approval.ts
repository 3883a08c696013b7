import type { Incident } from './incident.ts';
import { planOf } from './incident.ts';
import type { Plan } from './plan.ts';
import { planHash } from './plan.ts';

declare const approved: unique symbol;

/** A plan that people (or a policy) approved. Only this file makes one, so only what passed here can be written. */
export type ApprovedPlan = { readonly plan: Plan; readonly [approved]: true };

export type ApprovalRefusal = { readonly refused: true; readonly says: string };

/** Checks once more, against the timeline, that this very plan was approved and that its execution was claimed. */
export function approvedPlan(incident: Incident, plan: Plan): ApprovedPlan | ApprovalRefusal {
  const state = planOf(incident, plan.id);
  if (state === undefined) return { refused: true, says: `${incident.id} has no plan ${plan.id}` };
  if (state.status !== 'executing')
    return { refused: true, says: `plan ${plan.id} is ${state.status}, not claimed for execution` };
  if (planHash(plan) !== state.plan.hash || plan.hash !== state.plan.hash) {
    return { refused: true, says: `plan ${plan.id} is not the plan that was approved` };
  }
  return Object.freeze({ plan: state.plan }) as ApprovedPlan;
}
