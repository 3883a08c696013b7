import { actorName } from './actor.ts';
import type { TimelineEvent } from './events.ts';
import type { IncidentId } from './ids.ts';
import { objectName } from './kube.ts';
import type { Plan } from './plan.ts';
import { foldPlan, isPlanEvent, type PlanState, type PlanStatus } from './plan-state.ts';

/** Who did what, why, by which rule and by whose leave. The keys are those of the file that `audit show` prints. */
export type AuditRecord = {
  readonly actor: string;
  readonly time: string;
  readonly action: string;
  readonly resource: string;
  readonly from_version: string;
  readonly to_version: string;
  readonly reason: string;
  readonly incident_id: IncidentId;
  readonly approval: { readonly required: boolean; readonly approved_by: readonly string[] };
  readonly policy: string | null;
  /** Who broke the glass for it, and why; null for a change by the rules alone. */
  readonly break_glass: string | null;
  readonly plan_hash: string;
  /** Of the last event about the plan; it covers all before. Null where the events came without their hashes. */
  readonly event_hash: string | null;
  readonly outcome: PlanStatus | 'validation_failed';
};

/** A plan and its record. */
export type Audited = {
  readonly plan: Plan;
  /** Whether anything was, or may have been, sent to the cluster. */
  readonly executed: boolean;
  readonly record: AuditRecord;
};

type MaybeChained = TimelineEvent & { readonly hash?: string };

/** The records of an incident's plans, in the order in which they were proposed. */
export function auditRecords(events: readonly MaybeChained[]): readonly Audited[] {
  let plans: readonly PlanState[] = [];
  const hashes = new Map<string, string>();
  for (const event of events) {
    const about = planOfEvent(event);
    if (about !== null && event.hash !== undefined) hashes.set(about, event.hash);
    plans = foldIfPlan(plans, event);
  }
  return plans.map((state) => audited(state, hashes.get(state.plan.id) ?? null));
}

function audited(state: PlanState, eventHash: string | null): Audited {
  const { plan } = state;
  const approvals = state.votes.filter(({ vote }) => vote === 'approve');
  return {
    plan,
    executed: state.executedAt !== null,
    record: {
      actor: actorName(plan.requestedBy),
      time: state.executedAt ?? state.decidedAt ?? plan.proposedAt,
      action: plan.type,
      resource: plan.targets.map(({ ref }) => `${objectName(ref)} in ${ref.cluster}`).join(', '),
      from_version: plan.fromVersion,
      to_version: plan.toVersion,
      reason: plan.reason,
      incident_id: plan.incident,
      approval: {
        required: plan.verdict.automatic !== true && plan.verdict.approvals.length > 0,
        approved_by: [...new Set(approvals.map(({ voter }) => `human/${voter.user}`))],
      },
      policy: plan.verdict.policy?.name ?? null,
      break_glass:
        plan.verdict.breakGlass === undefined
          ? null
          : `human/${plan.verdict.breakGlass.by.user}: ${plan.verdict.breakGlass.reason}`,
      plan_hash: plan.hash,
      event_hash: eventHash,
      outcome:
        state.status === 'succeeded' && state.validation?.passed === false
          ? 'validation_failed'
          : state.status,
    },
  };
}

function planOfEvent(event: TimelineEvent): string | null {
  if (event.type === 'plan.proposed') return event.payload.plan.id;
  return 'plan' in event.payload && typeof event.payload.plan === 'string' ? event.payload.plan : null;
}

/** A record does not tell in which round of the incident a change was made. */
function foldIfPlan(plans: readonly PlanState[], event: TimelineEvent): readonly PlanState[] {
  return isPlanEvent(event) ? foldPlan(plans, event, 1) : plans;
}
