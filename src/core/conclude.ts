import { compile, evaluate } from './conditions.ts';
import { declaredLabels } from './declared.ts';
import type { EventPayloads } from './events.ts';
import type { Finding } from './evidence.ts';
import type { Incident } from './incident.ts';
import type { JsonObject } from './json.ts';
import type { Confidence, Runbook } from './runbook.ts';
import { tellingLineOf } from './telling-line.ts';
import { renderTemplate } from './template.ts';

export type Conclusion = {
  readonly hypotheses: readonly EventPayloads['hypothesis.raised'][];
  readonly ruledOut: readonly EventPayloads['hypothesis.ruled_out'][];
  readonly says: string;
};

const ORDER: { readonly [confidence in Confidence]: number } = { high: 0, medium: 1, low: 2 };

/**
 * What a runbook's conditions and texts can name: each step's facts by its id, the inputs by their names,
 * `findings` and `alert`. A step that failed or was skipped is not there, so a condition that needs it does not hold.
 */
export function scopeOf(incident: Incident): JsonObject {
  const steps: [string, JsonObject][] = incident.steps.flatMap((step) =>
    step.result === null || step.result.status === 'failed' || step.result.status === 'skipped'
      ? []
      : [[step.id, step.result.facts]],
  );
  const first = Object.values(incident.alerts)[0];
  return {
    ...incident.runbook?.inputs,
    ...Object.fromEntries(steps),
    findings: incident.findings.map(findingFacts),
    alert: { labels: first?.labels ?? declaredLabels(incident), annotations: first?.annotations ?? {} },
  };
}

export function findingFacts(finding: Finding): JsonObject {
  return {
    id: finding.id,
    kind: finding.kind,
    says: finding.says,
    object: {
      kind: finding.object.kind,
      name: finding.object.name,
      namespace: finding.object.namespace ?? '',
    },
  };
}

/** Holds every hypothesis of the runbook against what was seen; best first. */
export function conclude(incident: Incident, runbook: Runbook): Conclusion {
  const scope = scopeOf(incident);
  const raised: EventPayloads['hypothesis.raised'][] = [];
  const ruledOut: EventPayloads['hypothesis.ruled_out'][] = [];
  for (const rule of runbook.hypotheses) {
    const condition = compile(rule.when, variablesOf(runbook));
    const outcome = condition.ok
      ? evaluate(condition.compiled, scope)
      : { holds: null, fault: condition.says };
    if (outcome.holds === true) {
      raised.push({
        id: rule.id,
        category: rule.category,
        says: renderTemplate(rule.says, scope),
        confidence: rule.confidence,
        evidence: evidenceOf(incident, condition.ok ? condition.compiled.names : []),
        propose: rule.propose,
      });
    } else {
      const because = outcome.holds === false ? `${rule.when} is not so` : outcome.fault;
      ruledOut.push({ id: rule.id, because });
    }
  }
  raised.sort((a, b) => ORDER[a.confidence] - ORDER[b.confidence]);
  return { hypotheses: raised, ruledOut, says: summary(incident, raised) };
}

export function variablesOf(runbook: Runbook): readonly string[] {
  return [...runbook.diagnose.map((step) => step.id), ...Object.keys(runbook.inputs), 'findings', 'alert'];
}

function evidenceOf(incident: Incident, names: readonly string[]): readonly string[] {
  // What a log says is evidence even where no condition reads it.
  const steps = incident.steps
    .filter((step) => names.includes(step.id) || tellingLineOf(step.result?.facts ?? {}) !== null)
    .map((step) => step.id);
  const findings = names.includes('findings') ? incident.findings.map((finding) => finding.id) : [];
  return [...steps, ...findings];
}

function summary(incident: Incident, raised: Conclusion['hypotheses']): string {
  const best = raised[0];
  if (best !== undefined) return best.says;
  const failed = incident.steps.filter((step) => step.result?.status === 'failed');
  if (failed.length > 0 && failed.length === incident.steps.length) {
    return `No step could be run: ${failed[0]?.result?.summary ?? ''}`;
  }
  const finding = incident.findings[0];
  return finding === undefined
    ? 'Nothing stands out in what was read.'
    : `No hypothesis of the runbook fits. What stands out: ${finding.says}`;
}
