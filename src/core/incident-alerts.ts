import type { AlertEpisode } from './alert.ts';
import type { TimelineEvent } from './events.ts';
import type { IncidentId } from './ids.ts';
import type { JoinedProblem, SilenceNote, Tally, Unreported } from './problem.ts';

/** What an incident knows of its alerts and of the problems that they are about. */
export type AlertsState = {
  /** Keyed by `alertKey`; the first ones by name, where there are too many the tally tells of all. */
  readonly alerts: { readonly [key: string]: AlertEpisode };
  /** The problem that an alert belongs to, by `alertKey`, where it is not the incident's own. */
  readonly problemOf: { readonly [key: string]: string };
  readonly tally: Tally | null;
  /** Alerts that a source left out, by `source groupKey`. */
  readonly hidden: { readonly [group: string]: number };
  /** By source. */
  readonly unreported: { readonly [source: string]: Unreported };
  readonly silence: SilenceNote | null;
  /** Since when no alert of it fires; null while one does. */
  readonly clearSince: string | null;
  /** Problems that joined it; the first ones, the tally counts all. */
  readonly joined: readonly JoinedProblem[];
  /** Problems that a person took out of it, and where they went: no alert brings them back. */
  readonly apart: { readonly [key: string]: IncidentId };
  readonly mergedInto: IncidentId | null;
};

export const NO_ALERTS: AlertsState = {
  alerts: {},
  problemOf: {},
  tally: null,
  hidden: {},
  unreported: {},
  silence: null,
  clearSince: null,
  joined: [],
  apart: {},
  mergedInto: null,
};

export type AlertsEvent = Extract<
  TimelineEvent,
  { type: `alert.${string}` | `alerts.${string}` | `problem.${string}` | 'incident.merged' }
>;

export function isAlertsEvent(event: TimelineEvent): event is AlertsEvent {
  return /^(alerts?|problem)\./.test(event.type) || event.type === 'incident.merged';
}

export function alertKey(alert: { source: string; fingerprint: string }): string {
  return `${alert.source}/${alert.fingerprint}`;
}

export function foldAlerts(state: AlertsState, event: AlertsEvent): AlertsState {
  const next = change(state, event);
  const clear =
    Object.values(next.alerts).every((alert) => alert.status === 'resolved') &&
    (next.tally?.firing ?? 0) === 0 &&
    Object.values(next.hidden).every((count) => count === 0);
  const since = clear ? (next.clearSince ?? event.occurredAt) : null;
  // An incident that a person declared has no alerts, and what never fired is not over.
  return { ...next, clearSince: Object.keys(next.alerts).length === 0 ? next.clearSince : since };
}

function change(state: AlertsState, event: AlertsEvent): AlertsState {
  switch (event.type) {
    case 'alert.fired': {
      const { alert, problem } = event.payload;
      const key = alertKey(alert);
      const { [key]: _before, ...others } = state.problemOf;
      return {
        ...state,
        alerts: { ...state.alerts, [key]: alert },
        problemOf: problem === null ? others : { ...others, [key]: problem },
      };
    }
    case 'alert.resolved': {
      const known = state.alerts[alertKey(event.payload)];
      if (known === undefined) return state;
      const ended: AlertEpisode = { ...known, status: 'resolved', endsAt: event.payload.endsAt };
      return { ...state, alerts: { ...state.alerts, [alertKey(known)]: ended } };
    }
    case 'alerts.truncated': {
      const { source, groupKey, hidden } = event.payload;
      return { ...state, hidden: { ...state.hidden, [`${source} ${groupKey}`]: hidden } };
    }
    case 'alerts.counted':
      return { ...state, tally: event.payload };
    case 'alerts.unreported': {
      const { source, count, since } = event.payload;
      const { [source]: _before, ...others } = state.unreported;
      return { ...state, unreported: count === 0 ? others : { ...others, [source]: { count, since } } };
    }
    case 'alerts.silenced':
      return { ...state, silence: event.payload.silence };
    case 'problem.joined': {
      const { problem } = event.payload;
      const { [problem.key]: _before, ...apart } = state.apart;
      return {
        ...state,
        apart,
        joined: [...state.joined.filter((known) => known.key !== problem.key), problem],
      };
    }
    case 'problem.split':
      return split(state, event.payload.key, event.payload.to);
    case 'incident.merged':
      return { ...state, mergedInto: event.payload.into };
  }
}

function split(state: AlertsState, key: string, to: IncidentId): AlertsState {
  const stays = (alert: string): boolean => state.problemOf[alert] !== key;
  return {
    ...state,
    alerts: Object.fromEntries(Object.entries(state.alerts).filter(([alert]) => stays(alert))),
    problemOf: Object.fromEntries(Object.entries(state.problemOf).filter(([, problem]) => problem !== key)),
    joined: state.joined.filter((known) => known.key !== key),
    apart: { ...state.apart, [key]: to },
  };
}
