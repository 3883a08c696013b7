import { type Compiled, compile, evaluate } from './conditions.ts';
import { matches, parseMatchers } from './matcher.ts';
import type { Matcher } from './runbook.ts';

type Labels = { readonly [name: string]: string };

/** A service's condition on an alert: CEL over `labels`, or a line of Alertmanager matchers. */
export type SeverityCondition =
  | { readonly ok: true; readonly kind: 'cel'; readonly compiled: Compiled }
  | { readonly ok: true; readonly kind: 'matchers'; readonly matchers: readonly Matcher[] }
  | { readonly ok: false; readonly says: string };

export function severityCondition(text: string): SeverityCondition {
  const condition = compile(text, ['labels']);
  if (condition.ok) return { ok: true, kind: 'cel', compiled: condition.compiled };
  const line = parseMatchers(text);
  if (line.ok) return { ok: true, kind: 'matchers', matchers: line.matchers };
  return { ok: false, says: condition.says };
}

/** Whether it holds for an alert's labels; one that does not compile or cannot be answered does not. */
export function severityConditionHolds(text: string, labels: Labels): boolean {
  const condition = severityCondition(text);
  if (!condition.ok) return false;
  return condition.kind === 'cel'
    ? evaluate(condition.compiled, { labels }).holds === true
    : matches(condition.matchers, labels);
}
