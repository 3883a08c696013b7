import type { Simulation } from '../simulation.ts';

export type Labels = Readonly<Record<string, string>>;

/**
 * An alerting rule: when it holds, for which label sets, and how long it takes. The rules' own `for` of many minutes
 * is left out, so that a demo shows in seconds what takes a quarter of an hour.
 */
export type AlertRule = {
  readonly alertname: string;
  /** The labels known beforehand, `severity` among them. */
  readonly labels: Labels;
  readonly summary: string;
  readonly runbookUrl?: string;
  /** A sentence about one label set. */
  readonly describe: (labels: Labels) => string;
  /** The label sets for which the condition holds now, without `alertname` and the labels known beforehand. */
  readonly holds: (simulation: Simulation) => readonly Labels[];
  /** How long after its condition has begun to hold the alert is told; 0 where it is not given. */
  readonly tellAfterMs?: number;
  /** How long it goes on firing after the condition has ceased to hold; 0 where it is not given. */
  readonly keepMs?: number;
};

const RUNBOOKS = 'https://runbooks.prometheus-operator.dev/runbooks';

/** Where the community's prose about a rule of kube-prometheus is. */
export function runbookUrl(group: string, alertname: string): string {
  return `${RUNBOOKS}/${group}/${alertname.toLowerCase()}`;
}

/** The rule with other times: told later, kept for longer. */
export function timed(rule: AlertRule, times: { tellAfterMs?: number; keepMs?: number }): AlertRule {
  return { ...rule, ...times };
}
