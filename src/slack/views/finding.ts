import type { HypothesisState, Incident } from '../../core/incident.ts';
import { objectName } from '../../core/kube.ts';
import type { Confidence } from '../../core/runbook.ts';
import { type Block, context, type Rendered, section } from './blocks.ts';
import { count, lines, prose } from './text.ts';

const ORDER: readonly Confidence[] = ['high', 'medium', 'low'];
const MOST = 4;

/** What firstmate makes of the diagnosis: the hypotheses, best first, with what speaks for each. */
export function finding(incident: Incident): Rendered {
  const standing = incident.hypotheses
    .filter((one) => one.ruledOut === null)
    .toSorted((a, b) => ORDER.indexOf(a.confidence) - ORDER.indexOf(b.confidence));
  const best = standing[0];
  return {
    text: `${incident.id}: ${best === undefined ? 'nothing fits yet' : prose(best.says, 300)}`,
    blocks: [
      ...(best === undefined
        ? nothing(incident)
        : standing.slice(0, MOST).map((one) => hypothesis(incident, one))),
      ...(standing.length > MOST ? [context(`and ${count(standing.length - MOST, 'less likely one')}`)] : []),
      ...ruledOut(incident),
      ...failed(incident),
    ],
  };
}

function hypothesis(incident: Incident, one: HypothesisState): Block {
  const evidence = evidenceLines(incident, one.evidence);
  const category = one.category.replaceAll('_', ' ');
  return section(
    lines([`*${prose(one.says, 500)}*`, `${one.confidence} confidence, ${category}`, ...evidence], 1_500),
  );
}

/** What speaks for something, each sentence once: steps often see the same. */
export function evidenceLines(incident: Incident, ids: readonly string[]): readonly string[] {
  const seen = incident.findings.filter((one) => ids.includes(one.id)).map((one) => one.says);
  const told = ids.filter((id) => {
    const summary = incident.steps.find((one) => one.id === id)?.result?.summary;
    return summary === undefined || !seen.some((says) => summary.startsWith(says.slice(0, 60)));
  });
  return [...new Set(told.map((id) => `• ${evidenceOf(incident, id)}`))];
}

/** A step's summary, a finding's sentence, or the text itself where it is neither. */
export function evidenceOf(incident: Incident, id: string): string {
  const step = incident.steps.find((one) => one.id === id);
  if (step !== undefined) return `${prose(id, 60)}: ${prose(step.result?.summary ?? 'still running', 200)}`;
  const seen = incident.findings.find((one) => one.id === id);
  return seen === undefined ? prose(id, 260) : prose(seen.says, 260);
}

function nothing(incident: Incident): readonly Block[] {
  const seen = incident.findings.map((one) => `• ${prose(`${objectName(one.object)}: ${one.says}`, 260)}`);
  return [
    section('*Nothing that this runbook knows fits what was seen.* A person should look.'),
    ...(seen.length === 0 ? [] : [section(lines(['What was noticed:', ...seen], 2_400))]),
    ...(incident.diagnosis === null ? [] : [context(prose(incident.diagnosis.says, 600))]),
  ];
}

function ruledOut(incident: Incident): readonly Block[] {
  const out = incident.hypotheses
    .filter((one) => one.ruledOut !== null)
    .map((one) => `• ${prose(one.says, 150)}: ${prose(one.ruledOut ?? '', 150)}`);
  const never = incident.ruledOut.map((one) => prose(one.id.replaceAll('-', ' '), 40));
  return [
    ...(out.length === 0 ? [] : [section(lines(['Ruled out:', ...out], 1_500))]),
    ...(never.length === 0 ? [] : [context(prose(`Looked for and not found: ${never.join(', ')}`, 600))]),
  ];
}

function failed(incident: Incident): readonly Block[] {
  return incident.failedProposals
    .slice(-3)
    .map((one) => section(`No plan for ${prose(one.action, 80)}: ${prose(one.says, 300)}`));
}
