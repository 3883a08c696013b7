import { FIRSTMATE } from '../core/actor.ts';
import type { Catalog } from '../core/catalog.ts';
import { fillCommand } from '../core/command/fill.ts';
import { parseArgv } from '../core/command/parse.ts';
import { conclude, findingFacts, scopeOf, variablesOf } from '../core/conclude.ts';
import { compile, evaluate } from '../core/conditions.ts';
import type { Command } from '../core/decision.ts';
import type { EventPayloads } from '../core/events.ts';
import type { Finding, Observation } from '../core/evidence.ts';
import { findingsIn } from '../core/findings.ts';
import type { Incident } from '../core/incident.ts';
import type { JsonObject } from '../core/json.ts';
import type { ReadOperation } from '../core/operation.ts';
import type { ClusterReader, Clusters } from '../core/ports/cluster.ts';
import type { DiagnosticStep, Runbook } from '../core/runbook.ts';
import { tellingLineOf } from '../core/telling-line.ts';
import { type Acted, type Acting, act } from './act.ts';
import type { AskingMetrics } from './ask-metrics.ts';
import { askPreconditions } from './ask-preconditions.ts';
import { inParallel } from './parallel.ts';

export type Investigating = Acting &
  AskingMetrics & {
    readonly catalog: () => Catalog;
    readonly clusters: Pick<Clusters, 'reader'>;
    readonly readsPerIncident: number;
    /** For the whole diagnosis. */
    readonly investigationMs: number;
  };

type Result = { readonly result: EventPayloads['step.finished']; readonly findings: readonly Finding[] };

/**
 * Runs the runbook's diagnostic steps and holds its hypotheses against what they saw. Steps that have a result
 * already (before a crash) are not run again. Only the read grant is used.
 */
export async function investigate(
  investigating: Investigating,
  incident: Incident,
  stop: AbortSignal,
): Promise<void> {
  const decided = (command: Command): Promise<Acted> =>
    act(investigating, incident.id, command, { actor: FIRSTMATE, cause: null });
  const runbook = investigating.catalog().runbooks.find((known) => known.name === incident.runbook?.runbook);
  if (runbook === undefined) {
    const says = `The runbook ${incident.runbook?.runbook ?? ''} is not there any more.`;
    await decided({ do: 'conclude', hypotheses: [], ruledOut: [], says });
    return;
  }
  const reader = investigating.clusters.reader(incident.cluster);
  if (reader === undefined) {
    const says = `The cluster "${incident.cluster}" is not configured, so nothing was read. Name it in firstmate.yaml, or bind the source to a cluster.`;
    await decided({ do: 'conclude', hypotheses: [], ruledOut: [], says });
    return;
  }

  // A timer of its own rather than AbortSignal.timeout: the clock is the caller's.
  const deadline = new AbortController();
  const ends = new AbortController();
  const timer = investigating.clock
    .sleep(investigating.investigationMs, AbortSignal.any([stop, ends.signal]))
    .then(() => deadline.abort());
  const within = AbortSignal.any([stop, deadline.signal]);
  try {
    const missing = await askPreconditions(investigating, incident, runbook, decided, { stop, within });
    if (missing !== null) {
      await decided({ do: 'conclude', hypotheses: [], ruledOut: [], says: missing });
      return;
    }
    const first = runbook.diagnose.filter((step) => step.when === null);
    const then = runbook.diagnose.filter((step) => step.when !== null);
    for (const steps of [first, then]) {
      await inParallel(steps, investigating.readsPerIncident, async (step) => {
        if (!stop.aborted)
          await runStep(investigating, incident, runbook, reader, step, decided, { stop, within });
      });
    }
  } finally {
    ends.abort();
    await timer;
  }
  if (stop.aborted) return;
  const seen = await investigating.ledger.load(incident.id);
  if (seen !== null) await decided({ do: 'conclude', ...conclude(seen, runbook) });
}

async function runStep(
  investigating: Investigating,
  about: Incident,
  runbook: Runbook,
  reader: ClusterReader,
  step: DiagnosticStep,
  decided: (command: Command) => Promise<Acted>,
  signals: { stop: AbortSignal; within: AbortSignal },
): Promise<void> {
  const incident = (await investigating.ledger.load(about.id)) ?? about;
  if (incident.steps.some((known) => known.id === step.id && known.result !== null)) return;
  const command = commandOf(step.run, incident, runbook);
  await decided({ do: 'start_step', step: step.id, command: command.line });

  const result = await (async (): Promise<Result> => {
    if (step.when !== null && !holds(step.when, incident, runbook)) {
      return ended(step.id, 'skipped', `Not needed: ${step.when} is not so.`);
    }
    if (!command.ok) return ended(step.id, 'failed', command.says);
    const observation = await reader.read(command.operation, {
      signal: signals.within,
      timeoutMs: step.timeoutMs,
    });
    // Steps run side by side: what another one found meanwhile is not told twice.
    const now = (await investigating.ledger.load(about.id)) ?? incident;
    return observed(step, observation, now, investigating.clock.now());
  })();
  // Being stopped is not a result: the step runs again after the restart.
  if (signals.stop.aborted) return;
  const late = result.result.fault === 'cancelled';
  await decided({
    do: 'finish_step',
    ...(late ? ended(step.id, 'failed', 'There was no time left for this step.') : result),
  });
}

type Line =
  | { readonly ok: true; readonly line: string; readonly operation: ReadOperation }
  | { readonly ok: false; readonly line: string; readonly says: string };

/** The step's command with the incident's values in it. It was checked when the runbook was loaded; values may still not fit. */
export function commandOf(template: string, incident: Incident, runbook: Runbook): Line {
  const filled = fillInputs(template, incident, runbook);
  if (!filled.ok) return { ok: false, line: template, says: filled.says };
  const parsed = parseArgv(filled.argv);
  const line = filled.argv.join(' ');
  if (parsed.verdict === 'refuse') return { ok: false, line, says: parsed.reason };
  if (parsed.verdict !== 'read') return { ok: false, line, says: 'A diagnostic step may only read.' };
  return { ok: true, line, operation: parsed.operation };
}

export function fillInputs(
  template: string,
  incident: Incident,
  runbook: Runbook,
): { ok: true; argv: readonly string[] } | { ok: false; says: string } {
  const values = Object.fromEntries(
    Object.entries(runbook.inputs).map(([name, input]) => [
      name,
      { type: input.type, value: incident.runbook?.inputs[name] ?? '' },
    ]),
  );
  const filled = fillCommand(template, values);
  return 'argv' in filled ? { ok: true, argv: filled.argv } : { ok: false, says: filled.reason };
}

function holds(condition: string, incident: Incident, runbook: Runbook, more: JsonObject = {}): boolean {
  const compiled = compile(condition, [...variablesOf(runbook), ...Object.keys(more)]);
  return compiled.ok && evaluate(compiled.compiled, { ...scopeOf(incident), ...more }).holds === true;
}

function observed(step: DiagnosticStep, seen: Observation, incident: Incident, now: string): Result {
  if (seen.status === 'failed') {
    const { result } = ended(step.id, 'failed', seen.says);
    return { result: { ...result, fault: seen.fault }, findings: [] };
  }
  const findings = findingsIn(seen.objects, { cluster: incident.cluster, now }).map((finding) => ({
    ...finding,
    evidence: [step.id],
  }));
  const check = step.check === null ? null : checkOf(step, seen, incident, findings);
  const known = new Set(incident.findings.map((finding) => finding.id));
  const news = findings.filter((finding) => !known.has(finding.id));
  const summary =
    tellingLineOf(seen.facts) ?? summaryOf(seen.text, news, findings.length > news.length, check);
  return {
    result: {
      step: step.id,
      status: check === null || check.holds ? 'ok' : 'check_failed',
      summary: clip(summary),
      text: seen.text,
      facts: seen.facts,
      fault: null,
    },
    findings,
  };
}

function checkOf(
  step: DiagnosticStep,
  seen: Extract<Observation, { status: 'ok' }>,
  incident: Incident,
  findings: readonly Finding[],
): { holds: boolean; says: string } {
  const scope: JsonObject = {
    ...scopeOf(incident),
    [step.id]: seen.facts,
    output: seen.text,
    findings: [...incident.findings, ...findings].map(findingFacts),
  };
  const compiled = compile(step.check ?? 'true', Object.keys(scope));
  if (!compiled.ok) return { holds: false, says: compiled.says };
  const outcome = evaluate(compiled.compiled, scope);
  if (outcome.holds === null) return { holds: false, says: outcome.fault };
  return { holds: outcome.holds, says: outcome.holds ? '' : `${step.check} is not so` };
}

const SUMMARY_LENGTH = 160;

function summaryOf(
  text: string,
  news: readonly Finding[],
  seenBefore: boolean,
  check: { holds: boolean; says: string } | null,
): string {
  if (news.length > 0) return clip(news.map((finding) => finding.says).join(' '));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  // A short output says more than the condition that it does not meet.
  if (check !== null && !check.holds)
    return clip(lines.length <= 2 ? (lines.at(-1) ?? check.says) : check.says);
  if (lines.length === 0) return 'Nothing to see.';
  return lines.length === 1
    ? clip(lines[0] ?? '')
    : `${lines.length} lines, ${seenBefore ? 'nothing new' : 'nothing stands out'}.`;
}

function clip(text: string): string {
  return text.length <= SUMMARY_LENGTH ? text : `${text.slice(0, SUMMARY_LENGTH - 1)}…`;
}

function ended(step: string, status: 'failed' | 'skipped', summary: string): Result {
  return {
    result: { step, status, summary: clip(summary), text: summary, facts: {}, fault: null },
    findings: [],
  };
}
