import type { Actor, SlackChannel } from './actor.ts';
import type { Alert } from './alert.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Cause, EventPayloads, EventType, NewEvent, WriteOutcome } from './events.ts';
import type { Finding } from './evidence.ts';
import type { IncidentId, PlanId } from './ids.ts';
import type { Plan } from './plan.ts';
import type { JoinedProblem, SilenceNote, Tally } from './problem.ts';
import type { Severity } from './severity.ts';
import type { Person } from './team.ts';

/** Why a command changes nothing: a code for programs and a sentence that a person can act on. */
export type Refusal = { readonly refused: RefusalCode; readonly says: string };
export type RefusalCode =
  | 'already_so'
  | 'resolved'
  | 'unknown_plan'
  | 'plan_decided'
  | 'plan_expired'
  | 'plan_not_shown'
  | 'not_eligible'
  | 'already_voted'
  | 'reason_missing'
  | 'rejected_before'
  | 'another_plan'
  | 'not_approved'
  | 'paused'
  | 'write_spent'
  | 'still_firing'
  | 'not_resolved'
  | 'open_elsewhere'
  | 'unknown_problem'
  /** People moved the problem to another incident: tell it there. */
  | 'moved'
  | 'cluster_known';

/** The maintenance window for whose sake `opens` is no channel; null where none is. */
type Held = { readonly until: string; readonly because: string } | null;

/** What alerts tell, and where problems belong. */
export type AlertCommand =
  | {
      readonly do: 'tell_alert';
      readonly alert: Alert;
      /** The key of the problem that it belongs to. */
      readonly problem: string;
      readonly severity: Severity;
      readonly opens: 'channel' | 'line';
      readonly held?: Held;
    }
  | {
      readonly do: 'tell_truncated';
      readonly source: string;
      readonly groupKey: string;
      readonly hidden: number;
    }
  | { readonly do: 'tell_tally'; readonly tally: Tally }
  | {
      readonly do: 'tell_unreported';
      readonly source: string;
      readonly count: number;
      readonly since: string;
    }
  | { readonly do: 'tell_silence'; readonly silence: SilenceNote | null }
  | {
      readonly do: 'join';
      readonly problem: JoinedProblem;
      readonly severity: Severity;
      readonly opens: 'channel' | 'line';
      readonly held?: Held;
    }
  | { readonly do: 'split_off'; readonly key: string; readonly to: IncidentId }
  | { readonly do: 'merge_into'; readonly into: IncidentId };

export type Command =
  | AlertCommand
  | { readonly do: 'break_glass'; readonly glass: BreakGlass }
  | { readonly do: 'end_break_glass'; readonly because: string }
  | { readonly do: 'pick_cluster'; readonly cluster: string }
  | { readonly do: 'set_severity'; readonly to: Severity; readonly because: string }
  | { readonly do: 'request_channel'; readonly by: string }
  | { readonly do: 'note_channel'; readonly channel: SlackChannel; readonly name: string }
  | { readonly do: 'match'; readonly match: EventPayloads['runbook.matched'] }
  | { readonly do: 'start_step'; readonly step: string; readonly command: string }
  | {
      readonly do: 'finish_step';
      readonly result: EventPayloads['step.finished'];
      readonly findings: readonly Finding[];
    }
  | {
      readonly do: 'conclude';
      readonly hypotheses: readonly EventPayloads['hypothesis.raised'][];
      readonly ruledOut: readonly EventPayloads['hypothesis.ruled_out'][];
      readonly says: string;
    }
  | { readonly do: 'propose'; readonly plan: Plan; readonly asked: boolean }
  | { readonly do: 'fail_proposal'; readonly action: string; readonly says: string }
  | { readonly do: 'note_shown'; readonly plan: PlanId; readonly at: string }
  | {
      readonly do: 'vote';
      readonly plan: PlanId;
      readonly vote: 'approve' | 'reject';
      readonly person: Person;
      /** The requirements' teams that the person is in, as Slack says now. */
      readonly teams: readonly string[];
      readonly reason: string | null;
      /** Why the person does not count; null when they do. */
      readonly ineligible: string | null;
    }
  | { readonly do: 'expire'; readonly plan: PlanId }
  | { readonly do: 'void'; readonly plan: PlanId; readonly reason: string }
  | { readonly do: 'claim'; readonly plan: PlanId; readonly paused: string | null }
  | {
      readonly do: 'start_write';
      readonly plan: PlanId;
      readonly index: number;
      readonly requestHash: string;
    }
  | {
      readonly do: 'finish_write';
      readonly plan: PlanId;
      readonly index: number;
      readonly outcome: WriteOutcome;
      readonly status: number | null;
      readonly says: string;
    }
  | {
      readonly do: 'finish_execution';
      readonly plan: PlanId;
      readonly outcome: 'succeeded' | 'failed';
      readonly says: string;
    }
  | { readonly do: 'leave_indeterminate'; readonly plan: PlanId; readonly says: string }
  | { readonly do: 'validate'; readonly plan: PlanId; readonly passed: boolean; readonly says: string }
  | { readonly do: 'note_spoke'; readonly name: string }
  | { readonly do: 'take'; readonly person: Person }
  | {
      readonly do: 'note';
      readonly text: string;
      readonly by: string;
      /** When it was said; null: now. */
      readonly at: string | null;
      readonly ref: string | null;
    }
  | { readonly do: 'set_status'; readonly to: 'open' | 'monitoring'; readonly because: string }
  | { readonly do: 'resolve'; readonly because: string; readonly force: boolean }
  | { readonly do: 'reopen'; readonly because: string }
  | { readonly do: 'publish_review'; readonly markdown: string };

/** Who commands it, what led to it, and when. */
export type About = { readonly actor: Actor; readonly cause: Cause; readonly now: string };

export type PlanCommand = Extract<Command, { plan: PlanId }>;

/** Makes an event with the command's actor, cause and time. */
export type MakeEvent = <T extends EventType>(type: T, payload: EventPayloads[T], at?: string) => NewEvent;

export function refuse(code: RefusalCode, says: string): Refusal {
  return { refused: code, says };
}

export function alreadySo(says = 'That is so already.'): Refusal {
  return refuse('already_so', says);
}

export function isRefusal(value: readonly NewEvent[] | Refusal): value is Refusal {
  return 'refused' in value;
}
