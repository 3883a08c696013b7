import type { Incident, StepState } from '../../core/incident.ts';
import { type Block, button, context, type Rendered, section } from './blocks.ts';
import { ACTION } from './facts.ts';
import { code, count, fence, prose } from './text.ts';

const MOST_STEPS = 40;

/** What the runbook's steps saw, one line each, the full text behind a button. */
export function diagnosis(incident: Incident): Rendered {
  const title = incident.runbook === null ? 'Diagnosis' : `Diagnosis: ${prose(incident.runbook.title, 150)}`;
  const shown = incident.steps.slice(0, MOST_STEPS);
  const left = incident.steps.length - shown.length;
  const ended = incident.diagnosis;
  return {
    text: `${incident.id}: ${title}`,
    blocks: [
      section(`*${title}*`),
      ...shown.map((step, index) => stepLine(incident, step, index)),
      ...(left === 0
        ? []
        : [context(`and ${count(left, 'more step')}; \`firstmate timeline ${incident.id}\` has them`)]),
      ...(incident.steps.length === 0 ? [context('The first steps are about to start.')] : []),
      ...(ended === null ? [] : [section(prose(ended.says, 600)), ...byHand(incident)]),
    ],
  };
}

/** What the runbook says and firstmate cannot run, for people to copy. */
function byHand(incident: Incident): readonly Block[] {
  const texts = incident.runbook?.texts ?? [];
  if (texts.length === 0) return [];
  return [
    section(
      `firstmate cannot run these lines of the runbook; if they are needed, people do:\n${fence(texts.join('\n'), 2_500)}`,
    ),
  ];
}

function stepLine(incident: Incident, step: StepState, index: number) {
  const { result } = step;
  if (result === null) return section(`… ${code(step.command, 160)}`);
  const line = `${mark(result.status)} ${code(step.command, 100)} ${prose(result.summary, 130)}`;
  if (result.text === '') return section(line);
  return section(
    line,
    button({
      action: `${ACTION.showStep}${index}`,
      label: 'Show',
      value: `${incident.id} ${step.id}`.slice(0, 2000),
    }),
  );
}

/** No tick: a step that could be read may well have seen bad news. */
function mark(status: NonNullable<StepState['result']>['status']): string {
  switch (status) {
    case 'ok':
      return '•';
    case 'check_failed':
      return '✗';
    case 'failed':
      return '⚠ could not be read:';
    case 'skipped':
      return '– skipped:';
  }
}
