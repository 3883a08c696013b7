import type { Command } from '../core/decision.ts';
import type { EventPayloads } from '../core/events.ts';
import type { Incident } from '../core/incident.ts';
import type { MetricsAnswer, Sample } from '../core/ports/metrics.ts';
import { redactText } from '../core/redact.ts';
import type { Runbook } from '../core/runbook.ts';
import { clip } from '../core/template.ts';
import type { Acted } from './act.ts';
import { type AskingMetrics, addPrometheus, askMetrics } from './ask-metrics.ts';

type Ended = EventPayloads['step.finished'];

const SHOWN_SAMPLES = 20;
const SHOWN_EXPRESSION = 80;

/**
 * Asks the cluster's Prometheus whether the runbook's preconditions hold, each as a step of its own that is on the
 * timeline. Gives the sentence that says which one does not; null when the runbook may go on. One that nobody can
 * answer for keeps nobody from reading.
 */
export async function askPreconditions(
  asking: AskingMetrics,
  incident: Incident,
  runbook: Runbook,
  decided: (command: Command) => Promise<Acted>,
  signals: { readonly stop: AbortSignal; readonly within: AbortSignal },
): Promise<string | null> {
  const statuses: Ended['status'][] = [];
  for (const [index, expression] of (runbook.preconditions ?? []).entries()) {
    const step = `precondition${index + 1}`;
    // Answered before a restart: it is not asked again.
    const known = incident.steps.find(({ id }) => id === step)?.result;
    if (known != null) {
      statuses.push(known.status);
      continue;
    }
    await decided({ do: 'start_step', step, command: `PromQL: ${expression}` });
    const answer = (await askMetrics(asking, incident.cluster, expression, signals.within)) ?? {
      status: 'failed',
      says: `Not asked: ${addPrometheus(incident.cluster)}.`,
    };
    if (signals.stop.aborted) return null;
    const result = resultOf(step, answer);
    await decided({ do: 'finish_step', result, findings: [] });
    statuses.push(result.status);
  }
  const missing = statuses.indexOf('check_failed');
  if (missing === -1) return null;
  const expression = clip(runbook.preconditions?.[missing] ?? '', SHOWN_EXPRESSION);
  return `The runbook ${runbook.name} is for when ${expression}, which is not so now. Its steps were not run.`;
}

function resultOf(step: string, answer: MetricsAnswer): Ended {
  const result = { step, facts: {}, fault: null };
  if (answer.status === 'failed')
    return { ...result, status: 'failed', summary: answer.says, text: answer.says };
  const [first] = answer.samples;
  if (first === undefined)
    return { ...result, status: 'check_failed', summary: 'Not so now: it has no result.', text: '' };
  const more = answer.samples.length - 1;
  return {
    ...result,
    status: 'ok',
    summary: `It is so: ${first.value}${more === 0 ? '' : ` and ${more} more`}.`,
    text: redactText(answer.samples.slice(0, SHOWN_SAMPLES).map(sampleLine).join('\n')),
  };
}

function sampleLine({ labels, value }: Sample): string {
  const named = Object.entries(labels).map(([name, of]) => `${name}=${JSON.stringify(of)}`);
  return `{${named.join(',')}} ${value}`;
}
