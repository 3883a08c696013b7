import type { Actor } from '../core/actor.ts';
import type { IncidentId } from '../core/ids.ts';
import { firingAlerts, type Incident } from '../core/incident.ts';
import { alertKey } from '../core/incident-alerts.ts';
import type { Alerts } from '../core/ports/alerts.ts';
import type { Tally } from '../core/problem.ts';
import type { Severity } from '../core/severity.ts';
import { type Acting, act } from './act.ts';
import type { Counting } from './count-alerts.ts';
import { forget, type Lately } from './memories.ts';

export type Moving = Acting & {
  readonly alerts: Alerts;
  readonly lately: Lately;
  readonly counting: Pick<Counting, 'changed'>;
};

const NONE: Tally = { firing: 0, total: 0, problems: 1, first: '', last: '', worst: '' };

/** Alerts on their way from one incident to another: all, or those of one problem. */
export type Journey = {
  readonly from: Incident;
  readonly to: IncidentId;
  readonly problem: string | null;
  readonly actor: Actor;
};

/** Tells the other incident what fires, and what its sources left out. Twice is harmless. */
export async function tellFiring(moving: Moving, { from, to, problem, actor }: Journey): Promise<void> {
  const about = { actor, cause: null } as const;
  const opens = from.visibility;
  const sources = new Set<string>();
  for (const episode of firingAlerts(from)) {
    const key = from.problemOf[alertKey(episode)] ?? from.correlationKey;
    if (problem !== null && key !== problem) continue;
    sources.add(episode.source);
    const alert = { ...episode, cluster: from.cluster };
    const severity = severityOf(from, key);
    await act(moving, to, { do: 'tell_alert', alert, problem: key, severity, opens }, about);
  }
  for (const [group, hidden] of Object.entries(from.hidden)) {
    const [source = '', ...rest] = group.split(' ');
    if (hidden === 0 || (problem !== null && !sources.has(source))) continue;
    await act(moving, to, { do: 'tell_truncated', source, groupKey: rest.join(' '), hidden }, about);
  }
}

/** From now on the alerts' rows, and what is at hand of them, belong to the other incident. */
export async function moveRows(moving: Moving, { from, to, problem, actor }: Journey): Promise<void> {
  await moving.alerts.move(from.id, to, problem);
  forget(moving.lately, { from: from.id, to, problem });
  for (const id of [from.id, to]) {
    moving.counting.changed(id);
    const incident = await moving.ledger.load(id);
    if (incident === null || incident.status === 'resolved') continue;
    // Where all are named, counts would only lag behind.
    if (from.tally === null && incident.tally === null) continue;
    const tally = (await moving.alerts.tally(id)) ?? NONE;
    await act(moving, id, { do: 'tell_tally', tally }, { actor, cause: null });
  }
}

function severityOf(incident: Incident, problem: string): Severity {
  return incident.joined.find(({ key }) => key === problem)?.severity ?? incident.severity;
}
