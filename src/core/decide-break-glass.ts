import type { BreakGlass } from './break-glass.ts';
import { alreadySo, type MakeEvent, type Refusal, refuse } from './decision.ts';
import type { NewEvent } from './events.ts';
import type { Incident } from './incident.ts';
import { type Plan, proposalKey } from './plan.ts';
import type { PlanState } from './plan-state.ts';

export function startGlass(
  state: Incident,
  glass: BreakGlass,
  event: MakeEvent,
): readonly NewEvent[] | Refusal {
  if (state.status === 'resolved') return refuse('resolved', `${state.id} is resolved.`);
  if (state.breakGlass !== null) {
    const { name, until } = state.breakGlass;
    return alreadySo(`${name} broke the glass already, until ${until.slice(11, 16)} UTC.`);
  }
  return [event('break_glass.started', glass)];
}

/** What was made under the broken glass ends with it: nobody approves it, and what was approved is not begun. */
export function endGlass(state: Incident, because: string, event: MakeEvent): readonly NewEvent[] | Refusal {
  if (state.breakGlass === null) return alreadySo();
  const under = state.plans.filter(
    ({ plan, status }) =>
      plan.verdict.breakGlass !== undefined && (status === 'proposed' || status === 'approved'),
  );
  return [
    event('break_glass.ended', { because }),
    ...under.map(({ plan }) =>
      event('plan.voided', {
        plan: plan.id,
        reason: 'It was made under a broken glass, which is whole again',
      }),
    ),
  ];
}

/** Whether a plan made under the broken glass takes the place of the same one that waits without it. */
export function takesPlace(plan: Plan, waiting: PlanState): boolean {
  return (
    waiting.status === 'proposed' &&
    proposalKey(plan) === proposalKey(waiting.plan) &&
    plan.verdict.allowed &&
    plan.verdict.breakGlass !== undefined &&
    waiting.plan.verdict.breakGlass === undefined
  );
}
