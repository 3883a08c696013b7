import type { IncidentId, PlanId } from '../../core/ids.ts';
import type { IncidentLine } from '../store.ts';
import type { Database } from './database.ts';

/** Finding incidents by what the query tables know of them. */
export type Incidents = {
  seq(id: IncidentId): number | null;
  list(all: boolean): readonly IncidentLine[];
  unfinished(): readonly IncidentId[];
  due(now: string): readonly IncidentId[];
  openByCorrelationKey(key: string): IncidentId | null;
  lastByCorrelationKey(key: string): IncidentId | null;
  ofPlan(plan: PlanId): IncidentId | null;
  ofChannel(team: string, channel: string): IncidentId | null;
  nextNumber(year: number): number;
  changesSince(about: { service: string; cluster: string; since: string }): number;
  setWakeAt(id: IncidentId, wakeAt: string | null): void;
};

export function prepareIncidents(db: Database): Incidents {
  const seq = db.prepare<[string], number>('SELECT seq FROM incidents WHERE id = ?').pluck();
  const columns = `id, status, severity, title, cluster, service, opened_at AS openedAt, resolved_at AS resolvedAt`;
  const listAll = db.prepare<[], IncidentLine>(
    `SELECT ${columns} FROM incidents ORDER BY year DESC, number DESC`,
  );
  const listOpen = db.prepare<[], IncidentLine>(
    `SELECT ${columns} FROM incidents WHERE status <> 'resolved' ORDER BY year DESC, number DESC`,
  );
  const unfinished = db
    .prepare<[], IncidentId>(
      "SELECT id FROM incidents WHERE status <> 'resolved' OR reviewed = 0 ORDER BY year, number",
    )
    .pluck();
  const due = db
    .prepare<[string], IncidentId>(
      'SELECT id FROM incidents WHERE wake_at <= ? ORDER BY wake_at, year, number',
    )
    .pluck();
  const lastByKey = db
    .prepare<[string], IncidentId>(
      'SELECT id FROM incidents WHERE correlation_key = ? ORDER BY year DESC, number DESC LIMIT 1',
    )
    .pluck();
  const openByKey = db
    .prepare<[string], IncidentId>(
      "SELECT id FROM incidents WHERE correlation_key = ? AND status <> 'resolved'",
    )
    .pluck();
  const ofPlan = db.prepare<[string], IncidentId>('SELECT incident FROM plans WHERE id = ?').pluck();
  const ofChannel = db
    .prepare<[string, string], IncidentId>(
      `SELECT id FROM incidents WHERE channel_team = ? AND channel_id = ? ORDER BY year DESC, number DESC LIMIT 1`,
    )
    .pluck();
  const lastNumber = db
    .prepare<[number], number>('SELECT coalesce(max(number), 0) FROM incidents WHERE year = ?')
    .pluck();
  const changesSince = db
    .prepare<[string, string, string], number>(
      `SELECT count(*) FROM executions
       JOIN plans ON plans.id = executions.plan JOIN incidents ON incidents.id = executions.incident
       WHERE executions.started_at > ? AND plans.cluster = ? AND incidents.service = ?`,
    )
    .pluck();
  const setWakeAt = db.prepare<[string | null, string]>('UPDATE incidents SET wake_at = ? WHERE id = ?');

  return {
    seq: (id) => seq.get(id) ?? null,
    list: (all) => (all ? listAll : listOpen).all(),
    unfinished: () => unfinished.all(),
    due: (now) => due.all(new Date(now).toISOString()),
    openByCorrelationKey: (key) => openByKey.get(key.toWellFormed()) ?? null,
    lastByCorrelationKey: (key) => lastByKey.get(key.toWellFormed()) ?? null,
    ofPlan: (plan) => ofPlan.get(plan) ?? null,
    ofChannel: (team, channel) => ofChannel.get(team, channel) ?? null,
    nextNumber: (year) => (lastNumber.get(year) ?? 0) + 1,
    changesSince: ({ service, cluster, since }) =>
      changesSince.get(new Date(since).toISOString(), cluster, service.toWellFormed()) ?? 0,
    setWakeAt: (id, wakeAt) => void setWakeAt.run(wakeAt, id),
  };
}
