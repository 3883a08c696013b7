import type { Labels } from './alert.ts';
import type { Incident } from './incident.ts';
import { bindInputs, matchRunbooks, type RunbookMatch } from './match-runbooks.ts';
import type { Runbook } from './runbook.ts';

/** The source of an incident that a person declared. */
export const MANUAL = 'manual';

type Declared = Pick<Incident, 'title' | 'service' | 'namespace' | 'workload'>;

/** So many words of a title are looked at. */
const MOST_WORDS = 40;
/** A person who names the runbook knows what they want. */
const NAMED = 2_000;

/** What is known of an incident without alerts, as an alert's labels would say it. */
export function declaredLabels({ service, namespace, workload }: Declared): Labels {
  return {
    ...(service === null ? {} : { service }),
    ...(namespace === null ? {} : { namespace }),
    // Most workloads are Deployments; of what is none the reads fail and say so.
    ...(workload === null ? {} : { deployment: workload }),
  };
}

/** The runbook that a word of the title names, by its own name or an alert's; general triage where none does. */
export function matchDeclared(incident: Declared, runbooks: readonly Runbook[]): RunbookMatch | undefined {
  const labels = declaredLabels(incident);
  const words = [...new Set(incident.title.split(/[^\p{L}\p{N}_:.-]+/u))]
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS);
  const found = words.flatMap((word): readonly RunbookMatch[] => {
    const best = matchRunbooks({ labels: { ...labels, alertname: word }, annotations: {} }, runbooks)[0];
    const byAlert =
      best === undefined || best.fallback
        ? []
        : [{ ...best, reason: `“${word}” in the title ${best.reason}` }];
    const named = runbooks.find((runbook) => runbook.name === word.toLowerCase());
    if (named === undefined || !bindInputs(named, { labels, annotations: {} }).ok) return byAlert;
    return [...byAlert, { runbook: named, score: NAMED, reason: 'the title names it', fallback: false }];
  });
  const best = found.toSorted((a, b) => b.score - a.score)[0];
  if (best !== undefined) return best;
  const fallback = matchRunbooks({ labels, annotations: {} }, runbooks)[0];
  return fallback?.fallback === true
    ? {
        ...fallback,
        reason: 'a person declared it, and its title names no runbook and no alert that one takes',
      }
    : fallback;
}
