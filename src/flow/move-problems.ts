import type { Human } from '../core/actor.ts';
import type { Timing } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import { firingAlerts, fold, type Incident, isUnplaced, ownProblem } from '../core/incident.ts';
import { alertKey } from '../core/incident-alerts.ts';
import type { JoinedProblem, Problem } from '../core/problem.ts';
import type { Service } from '../core/service.ts';
import { act } from './act.ts';
import { openIncident } from './open-incident.ts';
import { type Journey, type Moving, moveRows, tellFiring } from './tell-moved.ts';

export type MovingProblems = Moving & {
  readonly rules: () => { readonly services: readonly Service[]; readonly timing: Timing };
};

export type Moved = { readonly moved: Incident } | { readonly says: string };

/**
 * One incident becomes part of another one: its problems join, its alerts are told there, and it ends. After a crash
 * in between, saying it again does what is left. Gives the other one.
 */
export function mergeIncidents(
  moving: MovingProblems,
  ids: { readonly from: IncidentId; readonly into: IncidentId },
  actor: Human,
): Promise<Moved> {
  return oneAtATime(moving, async () => {
    const from = await moving.ledger.load(ids.from);
    const into = await moving.ledger.load(ids.into);
    if (from === null || into === null)
      return { says: `There is no incident ${from === null ? ids.from : ids.into}.` };
    const journey = { to: into.id, problem: null, actor };
    // A crash right after the last step may have lost what was told meanwhile.
    if (from.mergedInto === into.id && into.status !== 'resolved') await arrive(moving, { ...journey, from });
    const objection = objectionTo(from, into);
    if (objection !== null) return { says: objection };

    const about = { actor, cause: null } as const;
    const because = `${actor.name} merged ${from.id}`;
    for (const problem of [ownProblem(from), ...from.joined]) {
      const joined = { ...bare(problem), by: 'person', because } as const;
      const { severity } = problem;
      await act(moving, into.id, { do: 'join', problem: joined, severity, opens: from.visibility }, about);
    }
    await arrive(moving, { ...journey, from });
    const merged = await act(moving, from.id, { do: 'merge_into', into: into.id }, about);
    if (merged.status === 'refused') return { says: merged.refusal.says };
    // What it was told meanwhile; from here on everything is told to the other one.
    const last = await moving.ledger.load(from.id);
    if (last !== null) await arrive(moving, { ...journey, from: last });
    return { moved: (await moving.ledger.load(into.id)) ?? into };
  });
}

/** Takes a joined problem out into an incident of its own, with its alerts; no alert brings it back. Gives the new one. */
export function splitProblem(
  moving: MovingProblems,
  what: { readonly incident: IncidentId; readonly problem: string },
  actor: Human,
): Promise<Moved> {
  return oneAtATime(moving, async () => {
    const from = await moving.ledger.load(what.incident);
    const problem = from?.joined.find(({ key }) => key === what.problem);
    if (from === null || problem === undefined)
      return { says: 'That problem is not part of this incident any more.' };
    if (from.status === 'resolved') return { says: `${from.id} is resolved. Reopen it first.` };
    const to = await openFor(moving, from, problem, actor);
    if (to === null) return { says: 'Its own incident could not be opened. Please try again.' };
    const journey = { to, problem: problem.key, actor };
    await arrive(moving, { ...journey, from });
    const split = await act(
      moving,
      from.id,
      { do: 'split_off', key: problem.key, to },
      { actor, cause: null },
    );
    if (split.status === 'refused') return { says: split.refusal.says };
    const before = await asBefore(moving, from.id, 'problem.split');
    if (before !== null) await arrive(moving, { ...journey, from: before });
    const opened = await moving.ledger.load(to);
    return opened === null ? { says: `${to} is open.` } : { moved: opened };
  });
}

/** Two people who move at once could lead problems in a circle. */
function oneAtATime<T>({ mailbox }: MovingProblems, move: () => Promise<T>): Promise<T> {
  return mailbox.run('moving problems', 'person', move);
}

async function arrive(moving: Moving, journey: Journey): Promise<void> {
  await tellFiring(moving, journey);
  await moveRows(moving, journey);
}

/** Why these two cannot become one; null when they can. */
function objectionTo(from: Incident, into: Incident): string | null {
  if (from.id === into.id) return `${into.id} is this incident. Name the one that it belongs to.`;
  if (from.mergedInto !== null) return `${from.id} is merged into ${from.mergedInto} already.`;
  if (from.status === 'resolved') return `${from.id} is resolved. There is nothing to merge.`;
  if (into.mergedInto !== null) return `${into.id} was merged into ${into.mergedInto}. Merge into that one.`;
  if (into.status === 'resolved')
    return `${into.id} is resolved. Reopen it in its channel first, or merge it the other way round.`;
  if (into.cluster !== from.cluster) {
    if (isUnplaced(into)) return `Nobody picked the cluster of ${into.id} yet. Pick it first.`;
    if (!isUnplaced(from))
      return `${from.id} is in ${from.cluster} and ${into.id} in ${into.cluster}. An incident has one cluster.`;
  }
  if (from.plans.some(({ status }) => status === 'approved' || status === 'executing'))
    return `A change of ${from.id} is being carried out. Merge when it has ended.`;
  return null;
}

/** The incident that a problem gets; the one that an earlier try opened, where there is one. */
async function openFor(
  moving: MovingProblems,
  from: Incident,
  problem: JoinedProblem,
  actor: Human,
): Promise<IncidentId | null> {
  const { services, timing } = moving.rules();
  const { key: correlationKey, ...about } = bare(problem);
  const first = firingAlerts(from).find((alert) => from.problemOf[alertKey(alert)] === problem.key);
  const opening = {
    ...about,
    correlationKey,
    cluster: from.cluster,
    source: first?.source ?? from.source,
    serviceChannel: services.find(({ name }) => name === problem.service)?.channel ?? null,
    visibility: 'channel',
    because: `${actor.name} took it out of ${from.id}`,
    timing,
    held: null,
  } as const;
  const alert = first === undefined ? null : { ...first, cluster: from.cluster };
  const told = alert === null ? null : { alert, problem: correlationKey };
  const opened = await openIncident(moving, opening, told, { actor, cause: null });
  return opened ?? moving.ledger.openByCorrelationKey(correlationKey);
}

/** The incident as it was before its last event of a type. */
async function asBefore({ ledger }: Moving, id: IncidentId, type: 'problem.split'): Promise<Incident | null> {
  const events = await ledger.events(id);
  const last = events.findLastIndex((event) => event.type === type);
  return events.slice(0, last).reduce<Incident | null>(fold, null);
}

function bare({ key, rank, title, service, owner, namespace, workload, severity }: Problem): Problem {
  return { key, rank, title, service, owner, namespace, workload, severity };
}
