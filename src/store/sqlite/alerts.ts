import { type AlertMemory, type EarlyRemark, type GroupMemory, isFiring } from '../../core/alert.ts';
import type { IncidentId } from '../../core/ids.ts';
import type { Alerts, Linked } from '../../core/ports/alerts.ts';
import type { Inbox } from '../../core/ports/inbox.ts';
import type { Tally } from '../../core/problem.ts';
import { available, type Database } from './database.ts';

type Counts = Omit<Tally, 'first' | 'last' | 'worst'> & {
  readonly first: string | null;
  readonly last: string | null;
  readonly worst: string | null;
};
type Unreported = { readonly incident: IncidentId; readonly count: number; readonly since: string };

const COLUMNS = `source, fingerprint, name, last_start AS lastStart, last_end AS lastEnd, last_seen AS lastSeen,
  severity, problem, link, incident`;

/** The tables `alerts` and `group_memory`. */
export function createAlerts(db: Database): Alerts {
  const memory = db.prepare<[string, string], AlertMemory>(
    `SELECT ${COLUMNS} FROM alerts WHERE source = ? AND fingerprint = ?`,
  );
  const group = db.prepare<[string, string], GroupMemory>(
    `SELECT source, group_key AS groupKey, hidden, as_of AS asOf FROM group_memory WHERE source = ? AND group_key = ?`,
  );
  const remarks = db.prepare<[string, string], EarlyRemark>(
    'SELECT source, fingerprint, id, at, by, text FROM early_remarks WHERE source = ? AND fingerprint = ? ORDER BY at, id',
  );
  const ofProblem = db
    .prepare<[string], IncidentId>(
      `SELECT i.id FROM (SELECT DISTINCT incident FROM alerts WHERE problem = ? AND incident IS NOT NULL) a
       JOIN incidents i ON i.id = a.incident
       ORDER BY i.status = 'resolved', i.year DESC, i.number DESC LIMIT 1`,
    )
    .pluck();
  const linked = db.prepare<[string], Linked>(
    `SELECT DISTINCT a.incident, a.source, a.problem FROM alerts a JOIN incidents i ON i.id = a.incident
     WHERE a.link = ? AND a.firing = 1 AND a.problem IS NOT NULL AND i.status <> 'resolved'
     ORDER BY i.severity, i.year, i.number, a.source, a.problem`,
  );
  // One pass over an incident's alerts, which may be twenty thousand: the edges carry the name behind what they order by.
  const counts = db.prepare<[string], Counts>(
    `SELECT count(*) AS total, coalesce(sum(firing), 0) AS firing, count(DISTINCT problem) AS problems,
       min(coalesce(last_start, '9') || char(10) || name) AS first,
       max(coalesce(last_start, '') || char(10) || name) AS last,
       min(CASE firing WHEN 1 THEN '0' ELSE '1' END || coalesce(severity, '9') || coalesce(last_start, '9') || char(10) || name) AS worst
     FROM alerts WHERE incident = ?`,
  );
  const unreported = db.prepare<[string, string], Unreported>(
    `SELECT a.incident, count(*) AS count, min(a.last_seen) AS since
     FROM alerts a JOIN incidents i ON i.id = a.incident
     WHERE a.firing = 1 AND a.source = ? AND a.last_seen < ? AND i.status <> 'resolved' GROUP BY a.incident`,
  );
  const watchdogs = db.prepare<[string], AlertMemory>(
    `SELECT ${COLUMNS} FROM alerts WHERE name = 'Watchdog' AND source = ? ORDER BY last_seen DESC LIMIT 100`,
  );
  const moveAll = db.prepare<[string, string]>('UPDATE alerts SET incident = ? WHERE incident = ?');
  const moveSome = db.prepare<[string, string, string]>(
    'UPDATE alerts SET incident = ? WHERE incident = ? AND problem = ?',
  );
  function tally(incident: IncidentId): Tally | null {
    const counted = counts.get(incident);
    if (counted === undefined || counted.total === 0) return null;
    const { total, firing, problems, first, last, worst } = counted;
    return { total, firing, problems, first: nameIn(first), last: nameIn(last), worst: nameIn(worst) };
  }

  return {
    async memory(source, fingerprint) {
      return available(() => memory.get(source, fingerprint) ?? null);
    },
    async group(source, groupKey) {
      return available(() => group.get(source, groupKey) ?? null);
    },
    async earlyRemarks(source, fingerprint) {
      return available(() => remarks.all(source, fingerprint));
    },
    async incidentOfProblem(key) {
      return available(() => ofProblem.get(key.toWellFormed()) ?? null);
    },
    async linked(link) {
      return available(() => linked.all(link));
    },
    async tally(incident) {
      return available(() => tally(incident));
    },
    async unreported(source, before) {
      return available(() => unreported.all(source, before));
    },
    async watchdogs(source) {
      return available(() => watchdogs.all(source));
    },
    async move(from, to, problem) {
      available(() =>
        problem === null ? moveAll.run(to, from) : moveSome.run(to, from, problem.toWellFormed()),
      );
    },
  };
}

function nameIn(edge: string | null): string {
  return edge?.slice(edge.indexOf('\n') + 1) ?? '';
}

/** Called within the inbox's transaction. */
export function prepareKeep(db: Database) {
  const keepAlert = db.prepare(
    `INSERT INTO alerts (source, fingerprint, name, last_start, last_end, last_seen, firing, severity, problem, link, incident)
     VALUES (@source, @fingerprint, @name, @lastStart, @lastEnd, @lastSeen, @firing, @severity, @problem, @link, @incident)
     ON CONFLICT (source, fingerprint) DO UPDATE SET
       name = excluded.name, last_start = excluded.last_start, last_end = excluded.last_end,
       last_seen = excluded.last_seen, firing = excluded.firing, severity = excluded.severity,
       problem = excluded.problem, link = excluded.link, incident = excluded.incident`,
  );
  const keepGroup = db.prepare<[string, string, number, string]>(
    `INSERT INTO group_memory (source, group_key, hidden, as_of) VALUES (?, ?, ?, ?)
     ON CONFLICT (source, group_key) DO UPDATE SET hidden = excluded.hidden, as_of = excluded.as_of`,
  );
  const keepRemark = db.prepare(
    `INSERT INTO early_remarks (source, fingerprint, id, at, by, text) VALUES (@source, @fingerprint, @id, @at, @by, @text)
     ON CONFLICT (source, fingerprint, id) DO NOTHING`,
  );
  return (told: Parameters<Inbox['done']>[1]): void => {
    for (const remark of told.remarks ?? []) keepRemark.run({ ...remark, text: remark.text.toWellFormed() });
    for (const one of told.alerts)
      keepAlert.run({
        ...one,
        name: one.name.toWellFormed(),
        problem: one.problem?.toWellFormed() ?? null,
        firing: isFiring(one) ? 1 : 0,
      });
    for (const { source, groupKey, hidden, asOf } of told.groups)
      keepGroup.run(source, groupKey, hidden, asOf);
  };
}
