import { type Actor, FIRSTMATE } from '../../src/core/actor.ts';
import type { AlertEpisode } from '../../src/core/alert.ts';
import { type EventPayloads, type EventType, type NewEvent, newEvent } from '../../src/core/events.ts';
import { type IncidentId, incidentId, planId } from '../../src/core/ids.ts';
import { type Plan, planHash } from '../../src/core/plan.ts';

export const T0 = '2026-03-01T02:00:00.000Z';
export const INC = incidentId(2026, 1);

/** `at(65)`: 65 seconds after the test's beginning. */
export function at(seconds: number): string {
  return new Date(Date.parse(T0) + seconds * 1_000).toISOString();
}

export const ADA: Actor = {
  kind: 'human',
  slack: { enterprise: null, team: 'T1', user: 'U0ADA' },
  name: 'ada',
};
export const ADA_SLACK = { enterprise: null, team: 'T1', user: 'U0ADA' } as const;

/** One event of firstmate's, unless another actor did it. */
export function event<T extends EventType>(
  type: T,
  payload: EventPayloads[T],
  about: { at?: string; actor?: Actor } = {},
): NewEvent {
  return newEvent(type, payload, { occurredAt: about.at ?? T0, actor: about.actor ?? FIRSTMATE });
}

export function opened(
  id: IncidentId = INC,
  about: Partial<EventPayloads['incident.opened']> = {},
  when: string = T0,
): NewEvent {
  const payload: EventPayloads['incident.opened'] = {
    incident: id,
    title: 'Rollout of checkout is stuck',
    cluster: 'prod-eu',
    source: 'main',
    correlationKey: `prod-eu/shop/${id}`,
    service: 'checkout',
    serviceChannel: null,
    owner: 'payments',
    namespace: 'shop',
    workload: 'checkout',
    severity: 'SEV2',
    visibility: 'channel',
    because: 'severity critical',
    timing: { channelGraceMs: 3_000, quietMs: 900_000, clearingMs: 300_000, reopenMs: 3_600_000 },
    rank: 'workload',
    held: null,
    ...about,
  };
  return event('incident.opened', payload, { at: when });
}

export function episode(fingerprint: string, about: Partial<AlertEpisode> = {}): AlertEpisode {
  return {
    source: 'main',
    fingerprint,
    status: 'firing',
    startsAt: T0,
    endsAt: null,
    labels: { alertname: 'KubeDeploymentRolloutStuck', namespace: 'shop', deployment: 'checkout' },
    annotations: { summary: 'Rollout has not finished' },
    generatorUrl: null,
    ...about,
  };
}

export function fired(fingerprint = 'f1', when: string = T0, about: Partial<AlertEpisode> = {}): NewEvent {
  return event(
    'alert.fired',
    { alert: episode(fingerprint, about), reason: 'first', problem: null },
    { at: when },
  );
}

export function cleared(fingerprint = 'f1', when: string = T0): NewEvent {
  return event('alert.resolved', { source: 'main', fingerprint, endsAt: when }, { at: when });
}

const DEPLOYMENTS = {
  kind: 'Deployment',
  resource: 'deployments',
  group: 'apps',
  version: 'v1',
  namespaced: true,
} as const;

/** A rollback of checkout that a policy allows with the leave of one of sre-leads. */
export function rollback(incident: IncidentId = INC, id = `plan-${incident}`): Plan {
  const operation = {
    verb: 'rollout undo',
    kind: DEPLOYMENTS,
    name: 'checkout',
    namespace: 'shop',
    toRevision: 4,
  } as const;
  const body = [
    { op: 'test', path: '/metadata/uid', value: 'uid-1' },
    { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop/checkout:1.4.2' },
  ];
  const frozen: Omit<Plan, 'hash'> = {
    id: planId(id),
    incident,
    cluster: 'prod-eu',
    type: 'rollback',
    action: 'undo',
    operation,
    command: 'kubectl rollout undo deployment/checkout -n shop --to-revision=4',
    reason: 'Release 5 of checkout does not come up',
    evidence: ['rollout', 'pods'],
    hypothesis: 'bad-release',
    runbook: { name: 'deployment-rollout-stuck', hash: 'sha256:runbook' },
    verdict: {
      allowed: true,
      rules: [{ rule: 'policy', denies: false, says: 'rollback is allowed' }],
      policy: { name: 'checkout', hash: 'sha256:policy' },
      approvals: [{ by: 'policy checkout', teams: ['sre-leads'], quorum: 1 }],
    },
    validate: {
      command: 'kubectl rollout status deployment/checkout -n shop',
      check: null,
      withinMs: 180_000,
    },
    requestedBy: FIRSTMATE,
    proposedAt: T0,
    validForMs: 1_800_000,
    requests: [
      {
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/shop/deployments/checkout',
        contentType: 'application/json-patch+json',
        body,
        arrival: { kind: 'annotation', key: 'firstmate.dev/plan', value: id },
      },
    ],
    targets: [
      {
        ref: {
          cluster: 'prod-eu',
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'shop',
          name: 'checkout',
        },
        uid: 'uid-1',
        reviewed: { '/spec/template/spec/containers/0/image': 'shop/checkout:1.5.0' },
      },
    ],
    diff: [
      {
        object: 'Deployment shop/checkout',
        path: 'spec.template.spec.containers[api].image',
        before: 'shop/checkout:1.5.0',
        after: 'shop/checkout:1.4.2',
      },
    ],
    inverse: {
      operation: { ...operation, toRevision: 5 },
      command: 'kubectl rollout undo deployment/checkout -n shop --to-revision=5',
      says: 'back to revision 5',
    },
    blast: { objects: 1, pods: 3, says: '1 Deployment, 3 pods, one after the other' },
    warnings: [],
    fromVersion: '1.5.0 (revision 5)',
    toVersion: '1.4.2 (revision 4)',
    facts: { versionsBack: 1, replicasBefore: null, replicasAfter: null },
  };
  return { ...frozen, hash: planHash(frozen) };
}

/** From the first alert to the review: an incident in which ada approves a rollback, and it helps. */
export function healed(id: IncidentId = INC, plan: Plan = rollback(id)): readonly NewEvent[] {
  return [
    opened(id),
    fired('f1', at(0)),
    event(
      'channel.opened',
      { channel: { enterprise: null, team: 'T1', channel: `C-${id}` }, name: `inc-${id.slice(4)}-checkout` },
      { at: at(1) },
    ),
    event(
      'runbook.matched',
      {
        runbook: 'deployment-rollout-stuck',
        title: "A Deployment's rollout does not finish",
        hash: 'sha256:runbook',
        score: 12,
        reason: 'alertname="KubeDeploymentRolloutStuck"',
        fallback: false,
        inputs: { namespace: 'shop', deployment: 'checkout' },
      },
      { at: at(2) },
    ),
    event(
      'step.started',
      { step: 'rollout', command: 'kubectl rollout status deployment/checkout -n shop' },
      { at: at(3) },
    ),
    event(
      'step.finished',
      {
        step: 'rollout',
        status: 'ok',
        summary: '1 of 3 updated replicas are available',
        text: 'Waiting for deployment "checkout" rollout to finish',
        facts: { ageSeconds: 420, revision: 5 },
        fault: null,
      },
      { at: at(4) },
    ),
    event(
      'finding.raised',
      {
        finding: {
          id: 'crash',
          kind: 'container.crash_loop',
          object: {
            cluster: 'prod-eu',
            apiVersion: 'v1',
            kind: 'Pod',
            namespace: 'shop',
            name: 'checkout-7d9f',
          },
          says: 'Container api of checkout-7d9f crashes again and again',
          evidence: ['rollout'],
        },
      },
      { at: at(5) },
    ),
    event(
      'hypothesis.raised',
      {
        id: 'bad-release',
        category: 'configuration_error',
        says: 'Release 5 of checkout does not come up',
        confidence: 'high',
        evidence: ['rollout', 'crash'],
        propose: ['undo'],
      },
      { at: at(6) },
    ),
    event('hypothesis.ruled_out', { id: 'node', because: 'all nodes are ready' }, { at: at(6) }),
    event('diagnosis.finished', { says: 'Release 5 of checkout does not come up' }, { at: at(7) }),
    event('plan.proposed', { plan }, { at: at(10) }),
    event('plan.shown', { plan: plan.id, expiresAt: at(1_811) }, { at: at(11) }),
    event(
      'vote.cast',
      { plan: plan.id, vote: 'approve', voter: ADA_SLACK, teams: ['sre-leads'], reason: null },
      { at: at(60), actor: ADA },
    ),
    event(
      'plan.approved',
      { plan: plan.id, hash: plan.hash, approvedBy: [ADA_SLACK] },
      { at: at(60), actor: ADA },
    ),
    event('execution.started', { plan: plan.id, hash: plan.hash }, { at: at(61) }),
    event(
      'write.started',
      { plan: plan.id, index: 0, requestHash: 'sha256:request', attempt: 1 },
      { at: at(61) },
    ),
    event(
      'write.finished',
      { plan: plan.id, index: 0, outcome: 'applied', status: 200, says: 'patched' },
      { at: at(62) },
    ),
    event(
      'execution.finished',
      { plan: plan.id, outcome: 'succeeded', says: '1 of 1 requests applied' },
      { at: at(62) },
    ),
    event('validation.passed', { plan: plan.id, says: 'rollout finished' }, { at: at(90) }),
    cleared('f1', at(120)),
    event('incident.resolved', { because: 'quiet for 15 minutes' }, { at: at(1_020) }),
    event('review.published', { markdown: '# review' }, { at: at(1_021) }),
  ];
}
