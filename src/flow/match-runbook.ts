import { FIRSTMATE } from '../core/actor.ts';
import type { Catalog } from '../core/catalog.ts';
import { declaredLabels, matchDeclared } from '../core/declared.ts';
import type { EventPayloads } from '../core/events.ts';
import { firingAlerts, type Incident } from '../core/incident.ts';
import { bindInputs, matchRunbooks } from '../core/match-runbooks.ts';
import { type Acting, act } from './act.ts';

/** Chooses the runbook: the most specific one that takes the alert, or the given words; else general triage. */
export async function matchRunbook(
  matching: Acting & { readonly catalog: () => Catalog },
  incident: Incident,
): Promise<void> {
  const match = chooseRunbook(matching.catalog(), incident);
  await act(matching, incident.id, { do: 'match', match }, { actor: FIRSTMATE, cause: null });
}

export function chooseRunbook(catalog: Catalog, incident: Incident): EventPayloads['runbook.matched'] {
  const alert = firingAlerts(incident)[0] ?? Object.values(incident.alerts)[0];
  const about = { labels: alert?.labels ?? declaredLabels(incident), annotations: alert?.annotations ?? {} };
  const best =
    alert === undefined
      ? matchDeclared(incident, catalog.runbooks)
      : matchRunbooks(about, catalog.runbooks)[0];
  if (best === undefined) {
    return {
      runbook: '',
      title: 'No runbook',
      hash: '',
      score: 0,
      reason: 'No runbook matches, and there is no general-triage runbook either.',
      fallback: true,
      inputs: {},
    };
  }
  const bound = bindInputs(best.runbook, about);
  return {
    runbook: best.runbook.name,
    title: best.runbook.title,
    hash: best.runbook.hash,
    score: best.score,
    reason: best.reason,
    fallback: best.fallback,
    inputs: bound.ok ? bound.values : {},
    ...(best.runbook.texts === undefined || best.runbook.texts.length === 0
      ? {}
      : { texts: best.runbook.texts }),
  };
}
