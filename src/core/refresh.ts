import { inForce } from './break-glass.ts';
import type { Incident } from './incident.ts';
import { UNDO } from './next.ts';
import { type Plan, proposalKey } from './plan.ts';
import type { PlanState } from './plan-state.ts';

/** Rules that say no to what is so now, and may say yes to the same change later or under a broken glass. */
const OF_THE_MOMENT = /^(?:policy\.(?:freeze|limits|conditions)|safety\..*)$/;

/** Why no new plan is made in place of this one, as a sentence; null when Refresh makes one. */
export function refreshRefused(incident: Incident, state: PlanState, now: string): string | null {
  if (incident.status === 'resolved') return `${incident.id} is resolved.`;
  if (superseded(incident, state.plan)) return 'A later plan asks for the same change: look at that one.';
  switch (state.status) {
    case 'expired':
    case 'voided':
    case 'failed':
    case 'indeterminate':
      return null;
    case 'denied':
      return state.plan.verdict.rules.every((rule) => !rule.denies || OF_THE_MOMENT.test(rule.rule))
        ? null
        : 'The rules would deny it again.';
    case 'proposed':
      return mayUseGlass(incident, state.plan, now)
        ? null
        : 'This plan still waits for people: approve or reject it.';
    case 'approved':
    case 'executing':
      return 'This change is being carried out.';
    case 'rejected':
    case 'succeeded':
      return `This plan is ${state.status} already.`;
  }
}

/** Whether a plan was made before the glass broke that is broken now: only a new one makes use of it. */
function mayUseGlass(incident: Incident, plan: Plan, now: string): boolean {
  return inForce(incident.breakGlass, now) !== null && plan.verdict.breakGlass === undefined;
}

/** Whether a later plan of the incident asks for the same change: then this one is history. */
export function superseded(incident: Incident, plan: Plan): boolean {
  const later = incident.plans.slice(incident.plans.findIndex((state) => state.plan.id === plan.id) + 1);
  return later.some((state) => proposalKey(state.plan) === proposalKey(plan));
}

/** Why no plan is made that takes this one back, as a sentence; null when Undo makes one. */
export function undoRefused(incident: Incident, state: PlanState): string | null {
  if (state.status !== 'succeeded') return 'Only a change that was made can be taken back.';
  if (state.plan.inverse === null) return 'This change cannot be taken back in place.';
  const at = incident.plans.findIndex(({ plan }) => plan.id === state.plan.id);
  const later = incident.plans.slice(at + 1);
  return later.some((other) => other.status === 'succeeded' && takesBack(other.plan, state.plan))
    ? 'It was taken back already.'
    : null;
}

/** Whether a plan is the way back that was captured for another one. */
export function takesBack(plan: Plan, { cluster, inverse }: Plan): boolean {
  if (plan.action !== UNDO || inverse === null) return false;
  return proposalKey(plan) === proposalKey({ cluster, operation: inverse.operation });
}
