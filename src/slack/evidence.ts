import type { types } from '@slack/bolt';
import { parseIncidentId } from '../core/ids.ts';
import { planOf } from '../core/incident.ts';
import type { Answer } from './actions.ts';
import { attempt, isFailure } from './failure.ts';
import { type Listening, onButton } from './listen.ts';
import { viewFacts } from './messenger.ts';
import { planModal, stepModal } from './views/evidence.ts';
import { ACTION } from './views/facts.ts';

/** Show on a step and Details on a card: the full text in a modal. */
export function listenForEvidence(listening: Listening): void {
  const { actions, tools } = listening;

  const open = async (trigger: string, view: types.ModalView): Promise<Answer> => {
    const opened = await attempt(() => tools.client.views.open({ trigger_id: trigger, view }));
    return isFailure(opened) ? { says: 'It did not open in time. Please press the button again.' } : null;
  };

  onButton(listening, new RegExp(`^${ACTION.showStep}\\d+$`), async ({ value, trigger }) => {
    const [text = '', ...rest] = value.split(' ');
    const id = parseIncidentId(text);
    const incident = id === undefined ? null : await actions.incident(id);
    const step = incident?.steps.find((one) => one.id === rest.join(' '));
    if (incident === null || step === undefined) return { says: 'There is no such step any more.' };
    return open(trigger, stepModal(incident, step));
  });

  onButton(listening, ACTION.showPlan, async ({ value, trigger }) => {
    const incident = await actions.incidentOfPlan(value);
    const state = incident === null ? undefined : planOf(incident, value);
    if (state === undefined) return { says: 'I do not know this plan.' };
    const teams = state.plan.verdict.approvals.flatMap((one) => one.teams);
    const facts = await viewFacts(tools, { now: tools.now().toISOString() }, teams);
    return open(trigger, planModal(state, facts));
  });
}
