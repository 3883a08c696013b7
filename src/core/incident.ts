import type { SlackChannel, SlackUser } from './actor.ts';
import type { AlertEpisode } from './alert.ts';
import type { BreakGlass } from './break-glass.ts';
import type { EventNamed, IncidentStatus, TimelineEvent, Timing, Visibility } from './events.ts';
import type { Finding } from './evidence.ts';
import type { IncidentId } from './ids.ts';
import { type AlertsState, foldAlerts, NO_ALERTS } from './incident-alerts.ts';
import { UNKNOWN_CLUSTER } from './place-alert.ts';
import { foldPlan, type PlanState } from './plan-state.ts';
import type { Problem, Rank } from './problem.ts';
import { type Severity, worse } from './severity.ts';

export type StepState = {
  readonly id: string;
  readonly command: string;
  readonly startedAt: string;
  /** Null while it runs. */
  readonly result: (EventNamed<'step.finished'>['payload'] & { readonly finishedAt: string }) | null;
};
export type HypothesisState = EventNamed<'hypothesis.raised'>['payload'] & {
  readonly ruledOut: string | null;
};

/** Everything that is known of one incident: the fold of its events and nothing else. */
export type Incident = AlertsState & {
  readonly id: IncidentId;
  /** The sequence number of the last event folded in. */
  readonly seq: number;
  readonly title: string;
  readonly cluster: string;
  /** Its source did not say the cluster for certain, and a person did. */
  readonly clusterPicked: boolean;
  readonly source: string;
  readonly correlationKey: string;
  readonly service: string | null;
  readonly owner: string | null;
  readonly serviceChannel: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
  /** People opened it, picked its cluster or merged others into it: then nothing is done without asking people. */
  readonly shapedByPeople: boolean;
  readonly severity: Severity;
  /** The worst that alerts told; people may have decided otherwise. */
  readonly severityTold: Severity;
  readonly visibility: Visibility;
  readonly because: string;
  readonly timing: Timing;
  readonly status: IncidentStatus;
  /** 1, and one more each time it was opened again or turned out to be in another cluster: each has a diagnosis and a review of its own. */
  readonly round: number;
  readonly openedAt: string;
  readonly resolvedAt: string | null;
  readonly resolvedBecause: string | null;
  /** Null when nobody broke the glass, or when its time was over and that was noted. */
  readonly breakGlass: BreakGlass | null;
  readonly rank: Rank;
  /** A maintenance window holds back the channel. */
  readonly held: { readonly until: string; readonly because: string } | null;
  readonly channel: (SlackChannel & { readonly name: string }) | null;
  readonly runbook: EventNamed<'runbook.matched'>['payload'] | null;
  readonly steps: readonly StepState[];
  readonly findings: readonly Finding[];
  readonly hypotheses: readonly HypothesisState[];
  /** Hypotheses of the runbook that never stood. */
  readonly ruledOut: readonly EventNamed<'hypothesis.ruled_out'>['payload'][];
  readonly diagnosis: { readonly says: string; readonly at: string } | null;
  readonly plans: readonly PlanState[];
  readonly failedProposals: readonly { readonly action: string; readonly says: string }[];
  readonly lead: { readonly user: SlackUser; readonly name: string } | null;
  readonly notes: readonly {
    readonly at: string;
    readonly by: string;
    readonly text: string;
    readonly ref: string | null;
  }[];
  /** Whether a person has voted, spoken or taken a role: then only people end it. */
  readonly personActed: boolean;
  readonly review: string | null;
};

export function firingAlerts(incident: Pick<Incident, 'alerts'>): readonly AlertEpisode[] {
  return Object.values(incident.alerts).filter((alert) => alert.status === 'firing');
}

/** The counts come a moment after the alerts: what is named and fires is not waited for. */
export function firingCount(incident: Pick<Incident, 'alerts' | 'tally'>): number {
  return Math.max(incident.tally?.firing ?? 0, firingAlerts(incident).length);
}

export function alertTotal(incident: Incident): number {
  return incident.tally?.total ?? Object.keys(incident.alerts).length;
}

/** How many things are wrong: its own problem and those that joined. */
export function problemCount(incident: Incident): number {
  return Math.max(incident.tally?.problems ?? 0, incident.joined.length + 1);
}

/** What it was opened for; `joined` has the others. */
export function ownProblem(incident: Incident): Problem {
  const { correlationKey: key, rank, title, service, owner, namespace, workload, severity } = incident;
  return { key, rank, title, service, owner, namespace, workload, severity };
}

/** Nobody knows its cluster for certain: nothing is read or planned until a person picks it. */
export function isUnplaced(incident: Incident): boolean {
  return incident.cluster === UNKNOWN_CLUSTER;
}

export function planOf(incident: Incident, id: string): PlanState | undefined {
  return incident.plans.find((state) => state.plan.id === id);
}

/**
 * One event more. The first event of a stream is `incident.opened`; any other first event, or one out of sequence,
 * is a fault of the store and throws.
 */
export function fold(before: Incident | null, event: TimelineEvent): Incident {
  if (before === null) {
    if (event.type !== 'incident.opened' || event.seq !== 1) {
      throw new Error(
        `stream ${event.stream} starts with ${event.type} at ${event.seq}, not with incident.opened`,
      );
    }
    return opened(event);
  }
  if (event.seq !== before.seq + 1) {
    throw new Error(`stream ${event.stream}: event ${event.seq} follows ${before.seq}`);
  }
  return { ...change(before, event), seq: event.seq };
}

function opened(event: EventNamed<'incident.opened'>): Incident {
  const { incident, ...about } = event.payload;
  return {
    id: incident,
    seq: event.seq,
    ...about,
    severityTold: about.severity,
    clusterPicked: false,
    shapedByPeople: event.actor.kind === 'human',
    status: 'open',
    round: 1,
    openedAt: event.occurredAt,
    resolvedAt: null,
    resolvedBecause: null,
    ...NO_ALERTS,
    breakGlass: null,
    channel: null,
    ...UNDIAGNOSED,
    plans: [],
    lead: null,
    notes: [],
    personActed: event.actor.kind === 'human',
  };
}

/** What a new round finds out anew. */
const UNDIAGNOSED = {
  runbook: null,
  steps: [],
  findings: [],
  hypotheses: [],
  ruledOut: [],
  diagnosis: null,
  failedProposals: [],
  review: null,
} as const;

function change(state: Incident, event: TimelineEvent): Incident {
  switch (event.type) {
    case 'incident.opened':
      throw new Error(`stream ${event.stream} is opened twice`);
    case 'alert.fired':
    case 'alert.resolved':
    case 'alerts.truncated':
    case 'alerts.counted':
    case 'alerts.unreported':
    case 'alerts.silenced':
      return { ...state, ...foldAlerts(state, event) };
    case 'problem.joined':
      return {
        ...state,
        ...foldAlerts(state, event),
        shapedByPeople: state.shapedByPeople || event.actor.kind === 'human',
        personActed: acted(state, event),
      };
    case 'problem.split':
    case 'incident.merged':
      return { ...state, ...foldAlerts(state, event), personActed: acted(state, event) };
    case 'break_glass.started':
      return { ...state, breakGlass: event.payload, personActed: true };
    case 'break_glass.ended':
      return { ...state, breakGlass: null };
    case 'cluster.picked':
      // What was looked for elsewhere says nothing of this cluster.
      return {
        ...state,
        ...UNDIAGNOSED,
        cluster: event.payload.cluster,
        clusterPicked: true,
        shapedByPeople: true,
        round: state.runbook === null ? state.round : state.round + 1,
        personActed: acted(state, event),
      };
    case 'channel.requested':
      return { ...state, visibility: 'channel', because: event.payload.by };
    case 'channel.held':
      return { ...state, held: event.payload };
    case 'channel.opened':
      return { ...state, channel: { ...event.payload.channel, name: event.payload.name } };
    case 'runbook.matched':
      return { ...state, runbook: event.payload };
    case 'step.started':
      return {
        ...state,
        steps: [
          ...state.steps,
          {
            id: event.payload.step,
            command: event.payload.command,
            startedAt: event.occurredAt,
            result: null,
          },
        ],
      };
    case 'step.finished': {
      const result = { ...event.payload, finishedAt: event.occurredAt };
      return {
        ...state,
        steps: state.steps.map((step) => (step.id === result.step ? { ...step, result } : step)),
      };
    }
    case 'finding.raised':
      return { ...state, findings: [...state.findings, event.payload.finding] };
    case 'hypothesis.raised':
      return { ...state, hypotheses: [...state.hypotheses, { ...event.payload, ruledOut: null }] };
    case 'hypothesis.ruled_out': {
      const { id, because } = event.payload;
      if (!state.hypotheses.some((hypothesis) => hypothesis.id === id)) {
        return { ...state, ruledOut: [...state.ruledOut, event.payload] };
      }
      return {
        ...state,
        hypotheses: state.hypotheses.map((h) => (h.id === id ? { ...h, ruledOut: because } : h)),
      };
    }
    case 'diagnosis.finished':
      return { ...state, diagnosis: { says: event.payload.says, at: event.occurredAt } };
    case 'plan.failed':
      return { ...state, failedProposals: [...state.failedProposals, event.payload] };
    case 'plan.proposed':
    case 'plan.shown':
    case 'vote.cast':
    case 'plan.approved':
    case 'plan.rejected':
    case 'plan.expired':
    case 'plan.voided':
    case 'execution.started':
    case 'write.started':
    case 'write.finished':
    case 'execution.finished':
    case 'execution.indeterminate':
    case 'validation.passed':
    case 'validation.failed':
      return {
        ...state,
        plans: foldPlan(state.plans, event, state.round),
        personActed: acted(state, event),
      };
    case 'person.spoke':
      return { ...state, personActed: true };
    case 'role.assigned':
      return { ...state, lead: { user: event.payload.user, name: event.payload.name }, personActed: true };
    case 'severity.changed':
      return {
        ...state,
        severity: event.payload.to,
        severityTold:
          event.actor.kind === 'human' ? state.severityTold : worse(state.severityTold, event.payload.to),
        personActed: acted(state, event),
      };
    case 'status.changed':
      return { ...state, status: event.payload.to };
    case 'note.added': {
      const { text, by, ref } = event.payload;
      return {
        ...state,
        notes: [...state.notes, { at: event.occurredAt, by, text, ref }],
        personActed: acted(state, event),
      };
    }
    case 'incident.resolved':
      return {
        ...state,
        status: 'resolved',
        resolvedAt: event.occurredAt,
        resolvedBecause: event.payload.because,
      };
    case 'incident.reopened':
      return {
        ...state,
        ...UNDIAGNOSED,
        status: 'open',
        round: state.round + 1,
        mergedInto: null,
        // It begins anew: what was clear before says nothing of now, nor does a window of then.
        clearSince: null,
        held: null,
        resolvedAt: null,
        resolvedBecause: null,
        personActed: acted(state, event),
      };
    case 'review.published':
      return { ...state, review: event.payload.markdown };
    case 'writes.paused':
    case 'writes.resumed':
    case 'source.silent':
    case 'source.heard':
    case 'request.refused':
      throw new Error(`${event.type} belongs to the system stream, not to ${event.stream}`);
  }
}

function acted(state: Incident, { actor }: Pick<TimelineEvent, 'actor'>): boolean {
  return state.personActed || actor.kind === 'human';
}
