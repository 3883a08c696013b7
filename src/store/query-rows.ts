import { actorName } from '../core/actor.ts';
import type { Incident } from '../core/incident.ts';
import { canonicalJson } from '../core/json.ts';
import { objectName } from '../core/kube.ts';
import { wakeAt } from '../core/next.ts';
import type { Plan } from '../core/plan.ts';
import type { PlanState, Vote } from '../core/plan-state.ts';

/** One row of a query table, by column. */
export type QueryRow = { readonly [column: string]: string | number | null };
export type QueryTable = 'incidents' | 'plans' | 'votes' | 'executions';
export type QueryRows = { readonly [T in QueryTable]: readonly QueryRow[] };

/** The columns that tell one row of a table from another. Tables come before those that refer to them. */
export const QUERY_KEYS: { readonly [T in QueryTable]: readonly string[] } = {
  incidents: ['id'],
  plans: ['id'],
  votes: ['plan', 'n'],
  executions: ['plan'],
};
export const QUERY_TABLES: readonly QueryTable[] = ['incidents', 'plans', 'votes', 'executions'];

/** The rows that an incident's fold gives. With `before`, only those that may differ from the ones it gave. */
export function queryRows(incident: Incident, before: Incident | null = null): QueryRows {
  const known = new Set(before?.plans ?? []);
  const plans = incident.plans.filter((state) => !known.has(state));
  return {
    incidents: [incidentRow(incident)],
    plans: plans.map((state) => planRow(state)),
    votes: plans.flatMap(({ plan, votes }) => votes.map((vote, n) => voteRow(plan, vote, n + 1))),
    executions: plans.flatMap((state) =>
      state.executedAt === null ? [] : [executionRow(state, state.executedAt)],
    ),
  };
}

function incidentRow(incident: Incident): QueryRow {
  const [, year, number] = incident.id.split('-');
  return row({
    id: incident.id,
    year: Number(year),
    number: Number(number),
    seq: incident.seq,
    status: incident.status,
    severity: incident.severity,
    title: incident.title,
    cluster: incident.cluster,
    source: incident.source,
    correlation_key: incident.correlationKey,
    service: incident.service,
    owner: incident.owner,
    namespace: incident.namespace,
    workload: incident.workload,
    visibility: incident.visibility,
    opened_at: incident.openedAt,
    clear_since: incident.clearSince,
    resolved_at: incident.resolvedAt,
    resolved_because: incident.resolvedBecause,
    channel_team: incident.channel?.team ?? null,
    channel_id: incident.channel?.channel ?? null,
    channel_name: incident.channel?.name ?? null,
    runbook: incident.runbook?.runbook ?? null,
    diagnosis: incident.diagnosis?.says ?? null,
    lead: incident.lead?.name ?? null,
    person_acted: incident.personActed ? 1 : 0,
    reviewed: incident.review === null ? 0 : 1,
    wake_at: wakeAtOf(incident),
  });
}

/** In one spelling, so that comparing texts compares times. */
export function wakeAtOf(incident: Incident): string | null {
  const at = wakeAt(incident);
  return at === null ? null : new Date(at).toISOString();
}

function planRow({ plan, status, expiresAt, decidedAt, says }: PlanState): QueryRow {
  return row({
    id: plan.id,
    incident: plan.incident,
    hash: plan.hash,
    cluster: plan.cluster,
    type: plan.type,
    action: plan.action,
    command: plan.command,
    target: plan.targets.map(({ ref }) => objectName(ref)).join(', '),
    from_version: plan.fromVersion,
    to_version: plan.toVersion,
    reason: plan.reason,
    policy: plan.verdict.policy?.name ?? null,
    allowed: plan.verdict.allowed ? 1 : 0,
    status,
    requested_by: actorName(plan.requestedBy),
    proposed_at: plan.proposedAt,
    expires_at: expiresAt,
    decided_at: decidedAt,
    says,
  });
}

function voteRow(plan: Plan, vote: Vote, n: number): QueryRow {
  return row({
    plan: plan.id,
    n,
    incident: plan.incident,
    vote: vote.vote,
    voter_team: vote.voter.team,
    voter: vote.voter.user,
    name: vote.name,
    teams: canonicalJson(vote.teams),
    reason: vote.reason,
    at: vote.at,
  });
}

function executionRow(
  { plan, status, finishedAt, writes, says, validation }: PlanState,
  startedAt: string,
): QueryRow {
  return row({
    plan: plan.id,
    incident: plan.incident,
    status,
    started_at: startedAt,
    finished_at: finishedAt,
    requests: plan.requests.length,
    writes: canonicalJson(writes),
    says,
    validation: validation === null ? null : validation.passed ? 'passed' : 'failed',
    validation_says: validation?.says ?? null,
  });
}

/** SQL text is UTF-8 and cannot hold half a surrogate pair; the events' JSON can, and keeps it. */
function row(columns: QueryRow): QueryRow {
  return Object.fromEntries(
    Object.entries(columns).map(([column, value]) => [
      column,
      typeof value === 'string' ? value.toWellFormed() : value,
    ]),
  );
}
