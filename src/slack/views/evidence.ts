import type { types } from '@slack/bolt';
import type { Incident, StepState } from '../../core/incident.ts';
import type { PlanState } from '../../core/plan-state.ts';
import { approvers } from './approvers.ts';
import { type Block, context, section } from './blocks.ts';
import { diffLines } from './diff.ts';
import type { ViewFacts } from './facts.ts';
import { code, fence, fences, plain, prose, when } from './text.ts';

/** A modal may hold 100 blocks and 250,000 bytes; these stay well below. */
const MOST_CHUNKS = 40;

/** All that one step saw. */
export function stepModal(incident: Incident, step: StepState): types.ModalView {
  const { result } = step;
  if (result === null) return modal(step.id, [section(`${code(step.command, 600)} is still running.`)]);
  return modal(step.id, [
    section(`In cluster ${code(incident.cluster, 120)}:\n${code(step.command, 1200)}`),
    section(`${prose(result.summary, 1500)}\n${when(result.finishedAt)}`),
    ...chunks(result.text),
  ]);
}

/** All of a plan: the whole change, every rule, and the requests as they will be sent. */
export function planModal(state: PlanState, facts: ViewFacts): types.ModalView {
  const { plan } = state;
  const rules = plan.verdict.rules
    .map((rule) => `${rule.denies ? 'no ' : 'yes'} ${rule.rule}: ${rule.says}`)
    .join('\n');
  const requests = plan.requests
    .map((one) => `${one.method} ${one.path}\n${one.contentType}\n${JSON.stringify(one.body, null, 2)}`)
    .join('\n\n');
  const back = plan.inverse === null ? 'It cannot be taken back in place.' : plan.inverse.command;
  return modal('Details', [
    section(`In cluster ${code(plan.cluster, 120)}:\n${code(plan.command, 1200)}`),
    section('*What changes*'),
    ...chunks(diffLines(plan.diff), 25),
    section('*What is sent*'),
    ...chunks(requests, 25),
    section('*Rules*'),
    ...chunks(rules, 8),
    section(`*Who may approve*\n${approvers(state, facts)}`),
    section(`*Taking it back*\n${fence(back, 1000)}`),
    context(`Plan ${code(plan.id, 80)}, ${code(plan.hash, 80)}`),
  ]);
}

export function modal(title: string, blocks: readonly Block[]): types.ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: plain(title, 24), emoji: false },
    close: { type: 'plain_text', text: 'Close', emoji: false },
    blocks: [...blocks],
  };
}

function chunks(text: string, most = MOST_CHUNKS): readonly Block[] {
  const all = fences(text);
  const shown = all.slice(0, most).map((chunk) => section(chunk));
  return all.length > most ? [...shown, context('The rest is cut; `firstmate timeline` has it.')] : shown;
}
