import type { Labels } from './alert.ts';
import { matches, printMatchers } from './matcher.ts';
import type { Matcher } from './runbook.ts';
import type { Service } from './service.ts';
import { type Severity, severityOfLabel } from './severity.ts';
import { severityConditionHolds } from './severity-condition.ts';

/** `channel`: a channel of its own. `line`: an incident, told in one line. `none`: stored only. */
export type Shown = {
  readonly opens: 'channel' | 'line' | 'none';
  readonly severity: Severity;
  /** The rule that decided, for people. */
  readonly because: string;
};

/** What opens a channel where firstmate.yaml has no `open_when`. */
export const DEFAULT_OPEN_WHEN: readonly (readonly Matcher[])[] = [
  [{ label: 'severity', op: '=', value: 'critical' }],
];

// kube-prometheus fires these to say that alerting works, or to mute others; they are no problems.
const NO_PROBLEM: ReadonlySet<string> = new Set(['Watchdog', 'InfoInhibitor']);
const STORED_ONLY: ReadonlySet<string> = new Set(['info', 'none']);

/**
 * How people hear of an alert, and how bad it is. The severity is what the service's mapping says (its first
 * condition that holds), else what the `severity` label says. A channel opens where `openWhen` matches (empty: the
 * default), or where the mapping gives SEV1 or SEV2.
 */
export function visibility(
  labels: Labels,
  openWhen: readonly (readonly Matcher[])[],
  service: Service | null,
): Shown {
  const mapped = service?.severityMapping.find(({ condition }) => severityConditionHolds(condition, labels));
  const severity = mapped?.severity ?? severityOfLabel(labels.severity);
  const { alertname = '', severity: label = '' } = labels;
  if (NO_PROBLEM.has(alertname)) return { opens: 'none', severity, because: `${alertname} is not a problem` };
  if (STORED_ONLY.has(label)) return { opens: 'none', severity, because: `severity ${label} is stored only` };
  if (mapped !== undefined && (mapped.severity === 'SEV1' || mapped.severity === 'SEV2'))
    return {
      opens: 'channel',
      severity,
      because: `${mapped.severity} by the rule of service ${service?.name}`,
    };
  const lines = openWhen.length === 0 ? DEFAULT_OPEN_WHEN : openWhen;
  const line = lines.find((candidate) => matches(candidate, labels));
  if (line !== undefined)
    return { opens: 'channel', severity, because: `open_when ${printMatchers(line)} matches` };
  return { opens: 'line', severity, because: 'no rule opens a channel for it' };
}
