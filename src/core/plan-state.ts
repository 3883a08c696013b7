import type { SlackUser } from './actor.ts';
import type { EventNamed, TimelineEvent, WriteOutcome } from './events.ts';
import type { PlanHash } from './ids.ts';
import type { Plan } from './plan.ts';

/** `denied`: a rule forbids it, it is shown as text. `executing` until the cluster or a reading of it has settled it. */
export type PlanStatus =
  | 'proposed'
  | 'denied'
  | 'approved'
  | 'rejected'
  | 'expired'
  | 'voided'
  | 'executing'
  | 'succeeded'
  | 'failed'
  | 'indeterminate';

export type Vote = {
  readonly voter: SlackUser;
  readonly name: string;
  readonly vote: 'approve' | 'reject';
  readonly teams: readonly string[];
  readonly reason: string | null;
  readonly at: string;
};

export type WriteState = {
  readonly index: number;
  readonly attempts: number;
  readonly startedAt: string;
  /** Null between `write.started` and its end: only the cluster knows. */
  readonly outcome: WriteOutcome | null;
  readonly status: number | null;
  readonly says: string;
};

export type PlanState = {
  readonly plan: Plan;
  /** The incident's round in which it was proposed. */
  readonly round: number;
  readonly status: PlanStatus;
  /** Null until Slack took the card. */
  readonly expiresAt: string | null;
  readonly votes: readonly Vote[];
  /** What was approved, in the approval's own words; null until then. */
  readonly approvedHash: PlanHash | null;
  readonly writes: readonly WriteState[];
  readonly decidedAt: string | null;
  readonly executedAt: string | null;
  readonly finishedAt: string | null;
  /** What the last step said: why it was rejected or voided, how it ended. */
  readonly says: string;
  readonly validation: { readonly passed: boolean; readonly says: string; readonly at: string } | null;
};

export type PlanEvent = Extract<
  TimelineEvent,
  {
    type:
      | `plan.${string}`
      | `vote.${string}`
      | `execution.${string}`
      | `write.${string}`
      | `validation.${string}`;
  }
>;
type Named = Exclude<PlanEvent, EventNamed<'plan.failed'>>;

/** Whether an event changes a plan: the same rule as the type's. `plan.failed` is of a plan that was never made. */
export function isPlanEvent(event: TimelineEvent): event is Named {
  return event.type !== 'plan.failed' && /^(?:plan|vote|execution|write|validation)\./.test(event.type);
}

export function foldPlan(plans: readonly PlanState[], event: Named, round: number): readonly PlanState[] {
  if (event.type === 'plan.proposed') {
    const { plan } = event.payload;
    return [
      ...plans,
      {
        plan,
        round,
        status: plan.verdict.allowed ? 'proposed' : 'denied',
        expiresAt: null,
        votes: [],
        approvedHash: null,
        writes: [],
        decidedAt: null,
        executedAt: null,
        finishedAt: null,
        says: '',
        validation: null,
      },
    ];
  }
  const id = event.payload.plan;
  return plans.map((state) => (state.plan.id === id ? change(state, event) : state));
}

function change(state: PlanState, event: Exclude<Named, EventNamed<'plan.proposed'>>): PlanState {
  const at = event.occurredAt;
  switch (event.type) {
    case 'plan.shown':
      return { ...state, expiresAt: event.payload.expiresAt };
    case 'vote.cast': {
      const { voter, vote, teams, reason } = event.payload;
      const name = event.actor.kind === 'human' ? event.actor.name : voter.user;
      return { ...state, votes: [...state.votes, { voter, name, vote, teams, reason, at }] };
    }
    case 'plan.approved':
      return { ...state, status: 'approved', decidedAt: at, approvedHash: event.payload.hash };
    case 'plan.rejected':
      return { ...state, status: 'rejected', decidedAt: at, says: event.payload.reason };
    case 'plan.expired':
      return { ...state, status: 'expired', decidedAt: at };
    case 'plan.voided':
      return { ...state, status: 'voided', decidedAt: at, says: event.payload.reason };
    case 'execution.started':
      return { ...state, status: 'executing', executedAt: at };
    case 'write.started': {
      const { index, attempt } = event.payload;
      const write: WriteState = {
        index,
        attempts: attempt,
        startedAt: at,
        outcome: null,
        status: null,
        says: '',
      };
      return { ...state, writes: [...state.writes.filter((other) => other.index !== index), write] };
    }
    case 'write.finished': {
      const { index, outcome, status, says } = event.payload;
      return {
        ...state,
        writes: state.writes.map((write) =>
          write.index === index ? { ...write, outcome, status, says } : write,
        ),
      };
    }
    case 'execution.finished':
      return { ...state, status: event.payload.outcome, finishedAt: at, says: event.payload.says };
    case 'execution.indeterminate':
      return { ...state, status: 'indeterminate', finishedAt: at, says: event.payload.says };
    case 'validation.passed':
      return { ...state, validation: { passed: true, says: event.payload.says, at } };
    case 'validation.failed':
      return { ...state, validation: { passed: false, says: event.payload.says, at } };
  }
}
