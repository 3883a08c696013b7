import type { Actor, SlackChannel, SlackUser } from './actor.ts';
import type { AlertEpisode } from './alert.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Finding } from './evidence.ts';
import type { IncidentId, PlanHash, PlanId, Stream } from './ids.ts';
import type { JsonObject } from './json.ts';
import type { Plan } from './plan.ts';
import type { JoinedProblem, Rank, SilenceNote, Tally } from './problem.ts';
import type { Confidence, RootCauseCategory } from './runbook.ts';
import type { Severity } from './severity.ts';

/** How people hear of an incident: a channel of its own, or one edited line. */
export type Visibility = 'channel' | 'line';
/** `refused`: the server said no, nothing changed. `not_sent`: it never left. `unknown`: nobody can say from here. */
export type WriteOutcome = 'applied' | 'refused' | 'not_sent' | 'unknown';

/** The waits that an incident lives by, fixed when it opens so that a timeline can be read without the settings. */
export type Timing = {
  /** How long the diagnosis waits for the channel. */
  readonly channelGraceMs: number;
  /** How long no alert may fire before the incident may end. */
  readonly quietMs: number;
  /** How long after a change the alerts may still fire before it counts as failed. */
  readonly clearingMs: number;
  /** How long after its end the same problem opens it again instead of a new one. */
  readonly reopenMs: number;
};

/** What each type of event carries. Versions start at 1; an older version is brought up by store's up-casters. */
export type EventPayloads = {
  /** `problem` is the key of the one it belongs to; null: the incident's own. */
  'alert.fired': { alert: AlertEpisode; reason: 'first' | 'new_episode'; problem: string | null };
  'alert.resolved': { source: string; fingerprint: string; endsAt: string | null };
  /** The source told that it left alerts of this group out: nothing of the group counts as over while it does. */
  'alerts.truncated': { source: string; groupKey: string; hidden: number };
  /** More alerts than are named one by one: how they stand. */
  'alerts.counted': Tally;
  /** Firing alerts that the source did not repeat in its own time; 0 when it does again. */
  'alerts.unreported': { source: string; count: number; since: string };
  'alerts.silenced': { silence: SilenceNote | null };
  'problem.joined': { problem: JoinedProblem };
  /** A person took a problem out into an incident of its own. */
  'problem.split': { key: string; to: IncidentId };
  'incident.merged': { into: IncidentId };
  /** The source did not say which cluster it is; a person did. */
  'break_glass.started': BreakGlass;
  'break_glass.ended': { because: string };
  'cluster.picked': { cluster: string };
  'incident.opened': {
    incident: IncidentId;
    title: string;
    cluster: string;
    source: string;
    /** At most one open incident has it. */
    correlationKey: string;
    service: string | null;
    /** A team's name; null when the default responder is asked because nobody owns it. */
    owner: string | null;
    /** The service's own channel, where a watching incident is told. */
    serviceChannel: string | null;
    namespace: string | null;
    workload: string | null;
    severity: Severity;
    visibility: Visibility;
    /** Which rule chose the visibility and the severity. */
    because: string;
    timing: Timing;
    rank: Rank;
    /** A maintenance window holds back the channel. */
    held: { readonly until: string; readonly because: string } | null;
  };
  'channel.requested': { by: string };
  /** An alert came that opens a channel, in a maintenance window that holds it back until its end. */
  'channel.held': { until: string; because: string };
  'channel.opened': { channel: SlackChannel; name: string };
  'runbook.matched': {
    runbook: string;
    title: string;
    hash: string;
    score: number;
    reason: string;
    fallback: boolean;
    inputs: { readonly [name: string]: string };
    /** Commands of the short form that cannot run here: shown for people to copy. */
    texts?: readonly string[];
  };
  'step.started': { step: string; command: string };
  'step.finished': {
    step: string;
    status: 'ok' | 'check_failed' | 'failed' | 'skipped';
    summary: string;
    /** What kubectl would print, redacted and bounded. */
    text: string;
    facts: JsonObject;
    fault: string | null;
  };
  'finding.raised': { finding: Finding };
  'hypothesis.raised': {
    id: string;
    category: RootCauseCategory;
    says: string;
    confidence: Confidence;
    evidence: readonly string[];
    /** Actions of the runbook. */
    propose: readonly string[];
  };
  'hypothesis.ruled_out': { id: string; because: string };
  'diagnosis.finished': { says: string };
  'plan.proposed': { plan: Plan };
  /** No plan could be made: the rehearsal failed or the target is gone. */
  'plan.failed': { action: string; says: string };
  'plan.shown': { plan: PlanId; expiresAt: string };
  'vote.cast': {
    plan: PlanId;
    vote: 'approve' | 'reject';
    voter: SlackUser;
    teams: readonly string[];
    reason: string | null;
  };
  'plan.approved': { plan: PlanId; hash: PlanHash; approvedBy: readonly SlackUser[] };
  'plan.rejected': { plan: PlanId; reason: string };
  'plan.expired': { plan: PlanId };
  'plan.voided': { plan: PlanId; reason: string };
  'execution.started': { plan: PlanId; hash: PlanHash };
  'write.started': { plan: PlanId; index: number; requestHash: string; attempt: number };
  'write.finished': {
    plan: PlanId;
    index: number;
    outcome: WriteOutcome;
    status: number | null;
    says: string;
  };
  'execution.finished': { plan: PlanId; outcome: 'succeeded' | 'failed'; says: string };
  'execution.indeterminate': { plan: PlanId; says: string };
  'validation.passed': { plan: PlanId; says: string };
  'validation.failed': { plan: PlanId; says: string };
  'role.assigned': { role: 'lead'; user: SlackUser; name: string };
  'severity.changed': { from: Severity; to: Severity; because: string };
  'status.changed': { from: IncidentStatus; to: IncidentStatus; because: string };
  /** The first time that a person wrote in the channel. */
  'person.spoke': { name: string };
  /** `ref` names a remark at its source, so that it is noted once; null for one made here. */
  'note.added': { text: string; by: string; ref: string | null };
  'incident.resolved': { because: string };
  'incident.reopened': { because: string };
  'review.published': { markdown: string };
  'writes.paused': { reason: string };
  'writes.resumed': { reason: string };
  /** A sender that shows that it lives, with a Watchdog, did not for too long; or does again. */
  'source.silent': { source: string; since: string };
  'source.heard': { source: string };
  'request.refused': { cluster: string; method: string; path: string; says: string };
};

/** `monitoring`: the alerts are clear, and firstmate waits or asks. */
export type IncidentStatus = 'open' | 'monitoring' | 'resolved';

export type EventType = keyof EventPayloads;

/** What led to an event: another event, or a delivery in the inbox. */
export type Cause = { readonly event: string } | { readonly delivery: string } | null;

type EventOf<T extends EventType> = {
  /** Unique in the store. */
  readonly id: string;
  readonly stream: Stream;
  /** 1, 2, 3 … within the stream, without gaps. */
  readonly seq: number;
  readonly type: T;
  readonly v: number;
  /** When it was written down, and when it happened; ISO 8601 in UTC. */
  readonly recordedAt: string;
  readonly occurredAt: string;
  readonly actor: Actor;
  readonly cause: Cause;
  readonly payload: EventPayloads[T];
};
export type TimelineEvent = { [T in EventType]: EventOf<T> }[EventType];
export type EventNamed<T extends EventType> = EventOf<T>;

/** An event that a decision made and the store has yet to number and chain. */
export type NewEvent = {
  [T in EventType]: {
    readonly type: T;
    readonly v: number;
    readonly occurredAt: string;
    readonly actor: Actor;
    readonly cause: Cause;
    readonly payload: EventPayloads[T];
  };
}[EventType];

/** The present versions, where they are not 1; store/upcast.ts brings older ones up. */
export const VERSIONS: { readonly [T in EventType]?: number } = { 'alert.fired': 2, 'incident.opened': 2 };

export function newEvent<T extends EventType>(
  type: T,
  payload: EventPayloads[T],
  about: { occurredAt: string; actor: Actor; cause?: Cause },
): NewEvent {
  // TypeScript does not narrow a generic member of a union; the signature above is what keeps the pair right.
  return {
    type,
    v: VERSIONS[type] ?? 1,
    occurredAt: about.occurredAt,
    actor: about.actor,
    cause: about.cause ?? null,
    payload,
  } as NewEvent;
}
