import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asAdmin } from '../kubernetes/fixture.ts';
import { type Night, startNight } from './night.ts';

const RUNBOOK = `
apiVersion: firstmate.dev/v1
kind: Runbook
name: slow-pod
title: A pod answers slowly
owner: sre-leads
match: ['alertname="PodSlow"']
inputs:
  namespace: { from: labels.namespace, type: namespace }
  pod: { from: labels.pod, type: name }
diagnose:
  - { id: pods, run: "kubectl get pods -n {{ namespace }}" }
hypotheses:
  - id: wedged
    category: unknown
    when: "pods.items.size() > 0"
    says: "{{ pod }} is wedged"
    confidence: high
    propose: [remove]
actions:
  - id: remove
    type: delete_pod
    run: "kubectl delete pod {{ pod }} -n {{ namespace }}"
    rollback: none
`;
const POLICY = `
service: checkout
allowed_actions:
  - type: delete_pod
    approvers: [{ team: checkout-oncall }]
safety_checks:
  - { name: must_not_reduce_availability_below, slo: checkout-availability, threshold: 90 }
`;
const PLACE = '{namespace="shop",deployment="checkout"}';
const INDICATOR = `kube_deployment_status_replicas_available${PLACE} / kube_deployment_spec_replicas${PLACE}`;
const service = (indicator: string) => `
name: checkout
owner: checkout-oncall
slo: { availability: { objective: 99.9, window: 30d${indicator} } }
incident: { channel: checkout, runbook: slow-pod }
`;

let folder: string;
let night: Night;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstmate-safety-'));
});
afterEach(async () => {
  await night.end();
  await rm(folder, { recursive: true, force: true });
});

/** A night with documents of its own; `indicator` is a part of the service's objective. */
async function begin(indicator = `, indicator: '${INDICATOR}'`): Promise<void> {
  for (const [kind, text] of [
    ['runbooks', RUNBOOK],
    ['policies', POLICY],
    ['services', service(indicator)],
  ] as const) {
    await mkdir(join(folder, kind), { recursive: true });
    await writeFile(join(folder, kind, 'one.yaml'), text);
  }
  const at = (kind: string) => [join(folder, kind)];
  const folders = { runbooks: at('runbooks'), policies: at('policies'), services: at('services') };
  night = await startNight({ settings: (settings) => ({ ...settings, folders }) });
}

const PODS = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout';
const BUDGET = '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/checkout';

/** Somebody sets how many pods of checkout have to stay. */
async function keepAtLeast(pods: number): Promise<void> {
  await asAdmin(night.cluster, 'PATCH', BUDGET, { spec: { minAvailable: pods } });
  await night.pass(2);
}

/** An alert about a pod of checkout that serves; gives the pod's name. */
async function complain(): Promise<string> {
  const list = await asAdmin(night.cluster, 'GET', PODS);
  const pod = (list.items as { metadata: { name: string } }[])[0]?.metadata.name ?? '';
  await night.post({
    version: '4',
    groupKey: '{}:{}',
    status: 'firing',
    receiver: 'firstmate',
    truncatedAlerts: 0,
    alerts: [
      {
        status: 'firing',
        labels: { alertname: 'PodSlow', severity: 'critical', namespace: 'shop', pod },
        annotations: {},
        startsAt: night.clock.now(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: 'slow',
      },
    ],
  });
  return pod;
}

const deletions = () => night.writes().filter(({ method }) => method === 'DELETE');
const cards = () => JSON.stringify(night.messages().map((message) => message.blocks));

describe('a change that no disruption budget has room for', () => {
  it('is drafted with the reason, and nobody can approve it', async () => {
    await begin();
    await keepAtLeast(3);
    await complain();
    const proposed = await night.sees('plan.proposed');
    const says = 'PodDisruptionBudget shop/checkout lets 0 pods go now, and this takes 1';
    expect(proposed.payload.plan.verdict.allowed).toBe(false);
    expect(proposed.payload.plan.verdict.rules).toContainEqual({
      rule: 'safety.pdb_headroom',
      denies: true,
      says: expect.stringContaining(says),
    });
    await night.settled();
    expect(cards()).toContain(says);
    expect(cards()).toContain('or change minAvailable (3) of the budget, then press Refresh');
    expect(cards()).not.toContain('approve_plan');
    expect((await night.incident()).plans.map(({ status }) => status)).toEqual(['denied']);
    expect(deletions()).toEqual([]);
  });

  it('is voided at execution when the room is gone by then', async () => {
    await begin();
    await complain();
    await night.sees('plan.shown');
    expect(cards()).toContain('approve_plan');
    await keepAtLeast(3);
    await night.presses('ada', 'approve_plan');
    const voided = await night.sees('plan.voided');
    expect(voided.payload.reason).toContain('PodDisruptionBudget shop/checkout lets 0 pods go now');
    expect(deletions()).toEqual([]);
  });

  it('is carried out while there is room', async () => {
    await begin();
    const pod = await complain();
    await night.sees('plan.shown');
    await night.presses('ada', 'approve_plan');
    await night.sees('execution.finished');
    expect(deletions()).toEqual([
      { method: 'DELETE', path: expect.stringContaining(`/namespaces/shop/pods/${pod}`), status: 200 },
    ]);
  });
});

describe("a policy that guards an objective's availability", () => {
  it('denies where nobody wrote down how it is measured, and says what to add', async () => {
    await begin('');
    await complain();
    const proposed = await night.sees('plan.proposed');
    expect(proposed.payload.plan.verdict.rules).toContainEqual({
      rule: 'safety.slo',
      denies: true,
      says: expect.stringContaining('add slo.availability.indicator'),
    });
  });

  it('denies below the threshold, by what Prometheus says now', async () => {
    await begin();
    // A fourth pod is wanted, and has not started yet.
    await asAdmin(night.cluster, 'PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout', {
      spec: { replicas: 4 },
    });
    await complain();
    const proposed = await night.sees('plan.proposed');
    expect(proposed.payload.plan.verdict.rules).toContainEqual({
      rule: 'safety.slo',
      denies: true,
      says: 'checkout-availability is at 75 %, and nothing is changed below 90 %',
    });
  });
});

describe('what a safety check only warns of', () => {
  it('stands on the card, above who may approve', async () => {
    await begin();
    await asAdmin(night.cluster, 'PATCH', '/apis/apps/v1/namespaces/shop/deployments/checkout', {
      spec: { replicas: 1 },
    });
    await asAdmin(night.cluster, 'PATCH', BUDGET, { spec: { minAvailable: 0 } });
    await night.pass(60);
    await complain();
    const proposed = await night.sees('plan.proposed');
    const warning = 'nothing of Deployment shop/checkout serves until the next pod is ready';
    expect(proposed.payload.plan.warnings).toEqual([warning]);
    await night.sees('plan.shown');
    expect(cards()).toContain(`⚠ ${warning}`);
  });
});
