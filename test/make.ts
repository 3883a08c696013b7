import type { Actor } from '../src/core/actor.ts';
import { FIRSTMATE } from '../src/core/actor.ts';
import type { Alert } from '../src/core/alert.ts';
import { decide } from '../src/core/decide.ts';
import { type Command, isRefusal, type Refusal } from '../src/core/decision.ts';
import { type NewEvent, newEvent, type TimelineEvent } from '../src/core/events.ts';
import { incidentId, planId } from '../src/core/ids.ts';
import { fold, type Incident } from '../src/core/incident.ts';
import { type Plan, planHash } from '../src/core/plan.ts';
import type { Person } from '../src/core/team.ts';

/** A small incident to decide on: opened at 02:07 with one firing alert of shop/checkout. */
export const AT = '2026-03-14T02:07:00.000Z';
export const INCIDENT = incidentId(2026, 1);
const TIMING = { channelGraceMs: 3_000, quietMs: 60_000, clearingMs: 120_000, reopenMs: 3_600_000 };

export function at(seconds: number): string {
  return new Date(Date.parse(AT) + seconds * 1000).toISOString();
}

export function makeAlert(changes: Partial<Alert> = {}): Alert {
  return {
    source: 'default',
    cluster: 'prod',
    fingerprint: 'f1',
    status: 'firing',
    labels: { alertname: 'KubePodCrashLooping', namespace: 'shop', severity: 'critical' },
    annotations: {},
    startsAt: AT,
    endsAt: null,
    generatorUrl: null,
    ...changes,
  };
}

export function makePerson(user: string, changes: Partial<Person> = {}): Person {
  const slack = { enterprise: null, team: 'T1', user };
  return {
    slack,
    name: user.toLowerCase(),
    bot: false,
    guest: false,
    deactivated: false,
    stranger: false,
    ...changes,
  };
}

export function makePlan(changes: Partial<Plan> = {}): Plan {
  const kind = {
    kind: 'Deployment',
    resource: 'deployments',
    group: 'apps',
    version: 'v1',
    namespaced: true,
  };
  const ref = {
    cluster: 'prod',
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'checkout',
  };
  const unhashed = {
    requests: [
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
        contentType: 'application/json-patch+json',
        body: [{ op: 'replace', path: '/spec/replicas', value: 4 }],
        arrival: { kind: 'annotation', key: 'firstmate.dev/plan', value: 'p1' },
      },
    ],
    targets: [{ ref, uid: 'u1', reviewed: { '/spec/replicas': 3 } }],
    diff: [{ object: 'Deployment shop/checkout', path: 'spec.replicas', before: 3, after: 4 }],
    inverse: {
      operation: {
        verb: 'scale',
        kind,
        name: 'checkout',
        namespace: 'shop',
        replicas: 3,
        currentReplicas: null,
      },
      command: 'kubectl scale deployment/checkout --replicas=3 -n shop',
      says: 'Scales back to 3.',
    },
    blast: { objects: 1, pods: 1, says: 'Scaled Deployment shop/checkout from 3 to 4.' },
    warnings: [],
    fromVersion: '3',
    toVersion: '4',
    facts: { versionsBack: null, replicasBefore: 3, replicasAfter: 4 },
    id: planId('p1'),
    incident: INCIDENT,
    cluster: 'prod',
    type: 'scale',
    action: 'grow',
    operation: {
      verb: 'scale',
      kind,
      name: 'checkout',
      namespace: 'shop',
      replicas: 4,
      currentReplicas: null,
    },
    command: 'kubectl scale deployment/checkout --replicas=4 -n shop',
    reason: 'Too few',
    evidence: [],
    hypothesis: 'h',
    runbook: { name: 'r', hash: 'sha256:r' },
    verdict: {
      allowed: true,
      rules: [],
      policy: { name: 'checkout', hash: 'sha256:p' },
      approvals: [{ by: 'policy checkout', teams: ['sre'], quorum: 1 }],
    },
    validate: {
      command: 'kubectl rollout status deployment/checkout -n shop',
      check: null,
      withinMs: 30_000,
    },
    requestedBy: FIRSTMATE,
    proposedAt: AT,
    validForMs: 30 * 60_000,
    ...changes,
  } satisfies Omit<Plan, 'hash'>;
  return { ...unhashed, hash: planHash(unhashed) };
}

/** An incident whose commands are decided and folded one after the other, with the events they led to. */
export class Story {
  incident: Incident;
  readonly events: TimelineEvent[] = [];

  constructor(visibility: 'channel' | 'line' = 'channel') {
    const about = { occurredAt: AT, actor: FIRSTMATE };
    const opened = newEvent(
      'incident.opened',
      {
        incident: INCIDENT,
        title: 'KubePodCrashLooping shop/checkout',
        cluster: 'prod',
        source: 'default',
        correlationKey: 'k',
        service: 'checkout',
        owner: 'sre',
        serviceChannel: null,
        namespace: 'shop',
        workload: 'checkout',
        severity: 'SEV2',
        visibility,
        because: 'critical',
        timing: TIMING,
        rank: 'workload',
        held: null,
      },
      about,
    );
    this.incident = fold(null, this.number(opened, 1));
    this.tell({ do: 'tell_alert', problem: 'k', opens: visibility, alert: makeAlert(), severity: 'SEV2' });
  }

  tell(command: Command, seconds = 0, actor: Actor = FIRSTMATE): Refusal | readonly string[] {
    const decided = decide(this.incident, command, { actor, cause: null, now: at(seconds) });
    if (isRefusal(decided)) return decided;
    for (const event of decided)
      this.incident = fold(this.incident, this.number(event, this.incident.seq + 1));
    return decided.map((event) => event.type);
  }

  private number(event: NewEvent, seq: number): TimelineEvent {
    const numbered = { ...event, id: `e${seq}`, stream: INCIDENT, seq, recordedAt: event.occurredAt };
    this.events.push(numbered);
    return numbered;
  }
}

export function human(user: string): Actor {
  return { kind: 'human', slack: { enterprise: null, team: 'T1', user }, name: user.toLowerCase() };
}
