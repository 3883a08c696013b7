import type { Incident, StepState } from '../../src/core/incident.ts';
import { NO_ALERTS } from '../../src/core/incident-alerts.ts';
import type { OutboxIntent, OutboxMessage, SentResult, View } from '../../src/core/outbox.ts';
import type { PlanState } from '../../src/core/plan-state.ts';
import type { SendContext } from '../../src/core/ports/messenger.ts';
import { AT, INCIDENT, makePlan } from '../make.ts';

/** An incident with a channel still to be made, one firing alert and nothing else. */
export function makeIncident(changes: Partial<Incident> = {}): Incident {
  return {
    id: INCIDENT,
    seq: 2,
    title: 'KubePodCrashLooping shop/checkout',
    cluster: 'prod',
    clusterPicked: false,
    shapedByPeople: false,
    source: 'default',
    correlationKey: 'k',
    service: 'checkout',
    serviceChannel: null,
    owner: 'checkout',
    namespace: 'shop',
    workload: 'checkout',
    severity: 'SEV2',
    severityTold: 'SEV2',
    visibility: 'channel',
    because: 'severity is critical',
    timing: { channelGraceMs: 3_000, quietMs: 60_000, clearingMs: 120_000, reopenMs: 3_600_000 },
    status: 'open',
    round: 1,
    openedAt: AT,
    resolvedAt: null,
    resolvedBecause: null,
    ...NO_ALERTS,
    breakGlass: null,
    rank: 'workload',
    held: null,
    alerts: {
      'default/f1': {
        source: 'default',
        fingerprint: 'f1',
        status: 'firing',
        startsAt: AT,
        endsAt: null,
        labels: { alertname: 'KubePodCrashLooping' },
        annotations: {},
        generatorUrl: null,
      },
    },
    channel: null,
    runbook: null,
    steps: [],
    findings: [],
    hypotheses: [],
    ruledOut: [],
    diagnosis: null,
    plans: [],
    failedProposals: [],
    lead: null,
    notes: [],
    personActed: false,
    review: null,
    ...changes,
  };
}

export function makeState(changes: Partial<PlanState> = {}): PlanState {
  return {
    plan: makePlan(),
    round: 1,
    status: 'proposed',
    expiresAt: null,
    votes: [],
    approvedHash: null,
    writes: [],
    decidedAt: null,
    executedAt: null,
    finishedAt: null,
    says: '',
    validation: null,
    ...changes,
  };
}

export function makeStep(id: string, changes: Partial<NonNullable<StepState['result']>> = {}): StepState {
  return {
    id,
    command: `kubectl get ${id} -n shop`,
    startedAt: AT,
    result: {
      step: id,
      status: 'ok',
      summary: `3 ${id}`,
      text: `NAME\n${id}-1`,
      facts: {},
      fault: null,
      finishedAt: AT,
      ...changes,
    },
  };
}

export function makeMessage(
  key: string,
  intent: OutboxIntent,
  changes: Partial<OutboxMessage> = {},
): OutboxMessage {
  return { key, lane: INCIDENT, incident: INCIDENT, intent, ...changes };
}

export function makePost(view: View, id: string = INCIDENT): OutboxMessage {
  return makeMessage(`${view}:${id}`, { kind: 'post', view, plan: view === 'card' ? makePlan().id : null });
}

/** A context whose `results` are what the outbox would remember. */
export function makeContext(
  incident: Incident | null,
  results: Map<string, SentResult> = new Map(),
): SendContext {
  return { incident, now: AT, resultOf: async (key) => results.get(key) ?? null };
}
