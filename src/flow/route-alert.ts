import type { Actor } from '../core/actor.ts';
import type { Alert } from '../core/alert.ts';
import { pairedIncident, stormIncident } from '../core/correlate.ts';
import type { Cause, Timing } from '../core/events.ts';
import type { IncidentId } from '../core/ids.ts';
import type { Incident } from '../core/incident.ts';
import { type Place, type PlacingRules, problemKey } from '../core/place-alert.ts';
import type { Alerts } from '../core/ports/alerts.ts';
import type { JoinedBy } from '../core/problem.ts';
import { worse } from '../core/severity.ts';
import { CONTROL_PLANE } from '../core/subject.ts';
import { type Cause as CommonCause, causeOf } from '../core/surroundings.ts';
import { type Acted, type Acting, act } from './act.ts';
import type { LookAround } from './look-around.ts';
import type { Memories } from './memories.ts';
import { type Opening, openIncident } from './open-incident.ts';

export type OpeningRules = PlacingRules & {
  readonly timing: Timing;
  /** Names of the sources that are pagers: others may tell them the same alerts that they tell us. */
  readonly pagers: ReadonlySet<string>;
};

export type Routing = Acting & {
  readonly alerts: Alerts;
  readonly rules: () => OpeningRules;
  readonly lookAround: LookAround;
};

/** Rules wait for minutes before they fire, each its own; what began a little earlier may have the same cause. */
const STARTED_WITH_MS = 5 * 60_000;

type About = { readonly actor: Actor; readonly cause: Cause };
type Join = { readonly incident: Incident; readonly by: JoinedBy; readonly because: string };

/**
 * Tells an alert that began to fire to the incident that it belongs to, and opens one where there is none. In this
 * order: the incident of its problem, open or lately over; the one that a pager, or the sender behind it, opened for
 * the same alerts; the one of a cause that the cluster shows; the one of a storm; its own.
 */
export async function routeAlert(
  routing: Routing,
  memories: Memories,
  alert: Alert,
  place: Place,
  known: IncidentId | null,
  about: About,
  stop: AbortSignal,
): Promise<IncidentId> {
  for (;;) {
    const own = await ownIncident(routing, memories, place, known);
    const told =
      own === null
        ? await tellElsewhere(routing, alert, place, about, stop)
        : await tell(routing, own, alert, place, about);
    // Null: people moved the problem meanwhile, or another alert of it was first.
    if (told !== null) return told;
  }
}

/** No incident has its problem: another one that it belongs to, else its own. */
async function tellElsewhere(
  routing: Routing,
  alert: Alert,
  place: Place,
  about: About,
  stop: AbortSignal,
): Promise<IncidentId | null> {
  const open = await openIncidents(routing, place.key);
  // After a crash the timelines know it already, and the table of alerts does not yet.
  const joined = open.find((incident) => incident.joined.some(({ key }) => key === place.key));
  if (joined !== undefined) return tell(routing, joined, alert, place, about);
  const other = (await linked(routing, place, open)) ?? paired(routing, place, open);
  if (other !== null) return join(routing, other, alert, place, about);
  const around = await routing.lookAround(place.cluster, stop);
  const cause = around === null ? null : causeOf(alert.labels, around);
  const found = cause === null ? behindControlPlane(open, alert, place) : sharing(open, cause, place);
  if (found !== null) return join(routing, found, alert, place, about);
  const storm = cause === null ? stormIncident(open, place, routing.clock.now()) : null;
  if (storm === null) return openFor(routing, alert, place, cause, about);
  const because = `many problems began in ${place.cluster} at once, and this one is told with them`;
  return join(routing, { incident: storm, by: 'storm', because }, alert, place, about);
}

/** The incident of the alert's problem, open or over for so short a time that it opens again. */
async function ownIncident(
  routing: Routing,
  memories: Memories,
  place: Place,
  known: IncidentId | null,
): Promise<Incident | null> {
  const lookups = [
    async () => known,
    () => memories.incidentOfProblem(place.key),
    () => routing.ledger.openByCorrelationKey(place.key),
    () => routing.ledger.lastByCorrelationKey(place.key),
  ];
  const over: Incident[] = [];
  for (const lookup of lookups) {
    const id = await lookup();
    const incident = id === null ? null : await follow(routing, id, place.key);
    if (incident === null) continue;
    if (incident.status !== 'resolved') return incident;
    over.push(incident);
  }
  const now = routing.clock.now();
  return over.find((incident) => mayReopen(incident, now)) ?? null;
}

/** Where people moved the problem to, by merging its incident or by splitting it off. */
export async function follow(routing: Acting, id: IncidentId, key: string): Promise<Incident | null> {
  let incident = await routing.ledger.load(id);
  const seen = new Set<IncidentId>();
  while (incident !== null && !seen.has(incident.id)) {
    seen.add(incident.id);
    const next: IncidentId | null = incident.apart[key] ?? incident.mergedInto;
    if (next === null) return incident;
    incident = await routing.ledger.load(next);
  }
  // Nobody can lead it in a circle; if somebody did, it is told anew.
  return null;
}

/** The same problem soon after its end is the same incident, in the same channel. */
function mayReopen({ resolvedAt, timing }: Incident, now: string): boolean {
  return resolvedAt !== null && Date.parse(now) - Date.parse(resolvedAt) <= timing.reopenMs;
}

/** What people took out of an incident does not come back into it. */
async function openIncidents(routing: Acting, key: string): Promise<readonly Incident[]> {
  const ids = await routing.ledger.unfinished();
  const loaded = await Promise.all(ids.map((id) => routing.ledger.load(id)));
  return loaded
    .filter((incident) => incident !== null)
    .filter((incident) => incident.status !== 'resolved' && incident.apart[key] === undefined);
}

/** A pager tells the same group of alerts, by the key that Alertmanager gives it; of a group it is one problem's. */
async function linked(routing: Routing, place: Place, open: readonly Incident[]): Promise<Join | null> {
  if (place.link === null) return null;
  const { pagers } = routing.rules();
  const others = (await routing.alerts.linked(place.link)).filter(
    ({ source }) => pagers.has(source) !== pagers.has(place.source),
  );
  for (const { incident: id } of others) {
    const incident = open.find((one) => one.id === id);
    const taken = incident?.joined.some((problem) => problem.by === 'pager') ?? true;
    if (incident === undefined || taken) continue;
    return { incident, by: 'pager', because: 'a pager and Alertmanager tell of the same group of alerts' };
  }
  return null;
}

function paired(routing: Routing, place: Place, open: readonly Incident[]): Join | null {
  const incident = pairedIncident(open, place, routing.rules().pagers, routing.clock.now());
  if (incident === null) return null;
  const because = `${place.source} and ${incident.source} tell of ${place.service} in ${place.cluster} at the same time`;
  return { incident, by: 'pager', because };
}

function sharing(open: readonly Incident[], cause: CommonCause, place: Place): Join | null {
  const key = problemKey(place.source, place.cluster, cause.subject.name);
  const incident = open.find((one) => one.correlationKey === key);
  return incident === undefined ? null : { incident, by: 'cause', because: cause.because };
}

function behindControlPlane(open: readonly Incident[], alert: Alert, place: Place): Join | null {
  const key = problemKey(place.source, place.cluster, CONTROL_PLANE.name);
  const incident = open.find((one) => one.correlationKey === key);
  if (incident === undefined || place.rank === 'control_plane') return null;
  const unwell = incident.clearSince === null && worse(incident.severity, 'SEV2') === incident.severity;
  const after = Date.parse(alert.startsAt) >= Date.parse(incident.openedAt) - STARTED_WITH_MS;
  return unwell && after
    ? { incident, by: 'cause', because: `it began while the control plane is not well: ${incident.title}` }
    : null;
}

async function tell(
  routing: Routing,
  incident: Incident,
  alert: Alert,
  place: Place,
  about: About,
): Promise<IncidentId | null> {
  if (incident.status === 'resolved') {
    const because = `${alert.labels.alertname ?? 'An alert'} fires again.`;
    await act(routing, incident.id, { do: 'reopen', because }, about);
  }
  const opens = place.opens === 'channel' ? 'channel' : 'line';
  const { key: problem, severity, held } = place;
  const command = { do: 'tell_alert', alert, problem, severity, opens, held } as const;
  const acted = await act(routing, incident.id, command, about);
  return wasMoved(acted) ? null : incident.id;
}

/** Whether people moved the problem to another incident between looking and telling. */
export function wasMoved(acted: Acted): boolean {
  return acted.status === 'refused' && acted.refusal.refused === 'moved';
}

async function join(
  routing: Routing,
  { incident, by, because }: Join,
  alert: Alert,
  place: Place,
  about: About,
): Promise<IncidentId | null> {
  const { key, rank, title, service, owner, namespace, workload, severity } = place;
  const { held } = place;
  const quiet = held === null ? {} : ({ quiet: true } as const);
  const problem = { key, rank, title, service, owner, namespace, workload, severity, by, because, ...quiet };
  const opens = place.opens === 'channel' ? 'channel' : 'line';
  const joined = await act(routing, incident.id, { do: 'join', problem, severity, opens, held }, about);
  if (wasMoved(joined)) return null;
  return tell(routing, incident, alert, place, about);
}

async function openFor(
  routing: Routing,
  alert: Alert,
  place: Place,
  cause: CommonCause | null,
  about: About,
): Promise<IncidentId | null> {
  if (place.opens === 'none') throw new Error('an alert that opens nothing has no incident');
  const { rules } = routing;
  const own: Opening = {
    title: place.title,
    cluster: place.cluster,
    source: place.source,
    correlationKey: place.key,
    service: place.service,
    owner: place.owner,
    serviceChannel: place.serviceChannel,
    namespace: place.namespace,
    workload: place.workload,
    severity: place.severity,
    visibility: place.opens,
    because: place.because,
    timing: rules().timing,
    rank: place.rank,
    held: place.held,
  };
  if (cause === null) return openIncident(routing, own, { alert, problem: place.key }, about);
  // The symptom came first: the incident is that of its cause, and the symptom joins it.
  const opening: Opening = {
    ...own,
    title: cause.title,
    correlationKey: problemKey(place.source, place.cluster, cause.subject.name),
    service: null,
    owner: rules().defaultResponder,
    serviceChannel: null,
    namespace: null,
    workload: null,
    rank: cause.subject.rank,
  };
  const id = await openIncident(routing, opening, { alert, problem: place.key }, about);
  const incident = id === null ? null : await routing.ledger.load(id);
  if (id === null || incident === null) return null;
  return join(routing, { incident, by: 'cause', because: cause.because }, alert, place, about);
}
