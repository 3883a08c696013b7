import { type MakeEvent, type Refusal, refuse } from './decision.ts';
import type { NewEvent } from './events.ts';
import type { Incident } from './incident.ts';

/** The events that end an incident, plans that nobody decided with it; refused while a change is being carried out. */
export function endIncident(
  state: Incident,
  because: string,
  voided: string,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  if (state.status === 'resolved') return refuse('resolved', `${state.id} is resolved already.`);
  if (state.plans.some((plan) => plan.status === 'approved' || plan.status === 'executing')) {
    return refuse('another_plan', 'A change is being carried out. Wait for its end.');
  }
  const open = state.plans.filter((plan) => plan.status === 'proposed');
  return [
    ...open.map((plan) => event('plan.voided', { plan: plan.plan.id, reason: voided })),
    ...(state.breakGlass === null ? [] : [event('break_glass.ended', { because: voided })]),
    event('incident.resolved', { because }),
  ];
}
