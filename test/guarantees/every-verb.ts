import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parseCommand } from '../../src/core/command/parse.ts';
import { actionTypeOf, isWrite, type WriteOperation } from '../../src/core/operation.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { Settings } from '../../src/core/settings.ts';
import type { Night } from '../scenarios/night.ts';
import { byHand, clicks } from './hands.ts';

const APART_MS = 75_000;
const A_DAY_MS = 86_400_000;

export type Verb = WriteOperation['verb'];

/** One change for each verb of the registry, which the world below allows. `{{ pod }}` is one of checkout's. */
export const CHANGES: { readonly [V in Verb]: string } = {
  'rollout undo': 'kubectl rollout undo deployment/checkout -n shop',
  'rollout restart': 'kubectl rollout restart deployment/orders -n shop',
  'rollout pause': 'kubectl rollout pause deployment/catalog -n shop',
  'rollout resume': 'kubectl rollout resume deployment/api -n payments',
  scale: 'kubectl scale deployment/checkout -n shop --replicas=5',
  'set image': 'kubectl set image deployment/orders orders=registry.example/shop/orders:2.7.1 -n shop',
  'set resources': 'kubectl set resources deployment/orders -n shop --limits=memory=512Mi',
  cordon: 'kubectl cordon node-a',
  uncordon: 'kubectl uncordon node-c',
  drain: 'kubectl drain node-b --ignore-daemonsets --delete-emptydir-data --timeout=60s',
  'delete pod': 'kubectl delete pod {{ pod }} -n shop',
  'delete job': 'kubectl delete job backfill -n shop',
  label: 'kubectl label deployment orders tier=gold -n shop',
  annotate: 'kubectl annotate statefulset orders-db example.com/note=slow -n shop',
  patch: `kubectl patch hpa catalog -n shop --type=merge -p '{"spec":{"maxReplicas":12}}'`,
};

export const VERBS = Object.keys(CHANGES) as readonly Verb[];

const typeOf = (verb: Verb): string => {
  const parsed = parseCommand(CHANGES[verb].replace('{{ pod }}', 'checkout-1'));
  if (!('operation' in parsed) || !isWrite(parsed.operation)) throw new Error(`${verb} is no write`);
  return actionTypeOf(parsed.operation) ?? '';
};

const nameOf = (verb: Verb): string => `drill-${verb.replaceAll(' ', '-')}`;

const runbook = (verb: Verb): string => `
apiVersion: firstmate.dev/v1
kind: Runbook
name: ${nameOf(verb)}
title: A drill of ${verb}
owner: sre-leads
match: ['alertname="${nameOf(verb)}"']
inputs:
  pod: { from: labels.victim, type: name }
diagnose:
  - { id: pods, run: "kubectl get pods -n shop" }
hypotheses:
  - id: drill
    category: unknown
    when: "pods.items.size() > 0"
    says: "This is a drill of ${verb}"
    confidence: high
    propose: [act]
actions:
  - id: act
    type: ${typeOf(verb)}
    run: ${JSON.stringify(CHANGES[verb])}
`;

/** A node's pods are of protected namespaces too, which a policy has to name. */
const DRAINED = ', namespaces: [shop, payments, tools, kube-system]';

const POLICY = `
service: checkout
allowed_actions:
${VERBS.map((verb) => `  - { type: ${typeOf(verb)}, require_approval: true, approvers: [{ team: sre-leads }]${verb === 'drain' ? DRAINED : ''} }`).join('\n')}
`;

/** A folder with a runbook for each verb and a policy that allows them all; `settings` for the night. */
export function drills(): { readonly folder: string; readonly settings: (settings: Settings) => Settings } {
  const folder = mkdtempSync(join(tmpdir(), 'firstmate-drills-'));
  for (const kind of ['runbooks', 'policies']) mkdirSync(join(folder, kind));
  for (const verb of VERBS) writeFileSync(join(folder, 'runbooks', `${nameOf(verb)}.yaml`), runbook(verb));
  writeFileSync(join(folder, 'policies', 'checkout.yaml'), POLICY);
  const folders = { runbooks: [join(folder, 'runbooks')], policies: [join(folder, 'policies')] };
  return {
    folder,
    settings: (settings) => ({
      ...settings,
      folders: { ...settings.folders, ...folders },
      // The alert of a drill goes on, which is no reason to offer the change back in the middle of the next one.
      limits: { ...settings.limits, clearingMs: A_DAY_MS },
    }),
  };
}

/** Makes what the changes are about. */
export async function prepares(night: Night): Promise<void> {
  const containers = [{ name: 'backfill', image: 'registry.example/shop/backfill:1' }];
  await byHand(night, 'POST', '/apis/batch/v1/namespaces/shop/jobs', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: 'shop', name: 'backfill' },
    spec: { template: { spec: { restartPolicy: 'Never', containers } } },
  });
  await byHand(night, 'PATCH', '/apis/apps/v1/namespaces/payments/deployments/api', {
    spec: { paused: true },
  });
  await byHand(night, 'PATCH', '/api/v1/nodes/node-c', { spec: { unschedulable: true } });
}

/** An alert for that verb's runbook is delivered. */
export async function alerts(night: Night, verb: Verb): Promise<void> {
  const listed = await byHand(night, 'GET', '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout');
  const pods = listed.items as readonly { metadata: { name: string; deletionTimestamp?: string } }[];
  const pod = pods.findLast(({ metadata }) => metadata.deletionTimestamp === undefined)?.metadata.name;
  const alert = {
    status: 'firing',
    labels: {
      alertname: nameOf(verb),
      severity: 'critical',
      service: 'checkout',
      deployment: nameOf(verb),
      victim: pod,
    },
    annotations: {},
    startsAt: night.clock.now(),
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: nameOf(verb),
  };
  // Many problems at once would be told as one, and what is still under way from the drill before would deny this one.
  night.cluster.advance(APART_MS);
  night.clock.advance(APART_MS);
  const body = { version: '4', groupKey: verb, status: 'firing', truncatedAlerts: 0, alerts: [alert] };
  expect(await night.post(body)).toBe(202);
  await night.sees('channel.opened');
}

/** The same, and firstmate comes as far as the card. */
export async function proposes(night: Night, verb: Verb): Promise<Plan> {
  await alerts(night, verb);
  const { payload } = await night.sees('plan.proposed');
  const denied = payload.plan.verdict.rules.filter(({ denies }) => denies).map(({ says }) => says);
  expect(denied, `${verb} is to be allowed`).toEqual([]);
  await night.sees('plan.shown');
  return payload.plan;
}

/** As many as it takes press Approve. */
export async function approves(night: Night, plan: Plan): Promise<void> {
  const people = ['ada', 'chen'].slice(0, plan.verdict.approvals[0]?.quorum ?? 1);
  for (const person of people) {
    await clicks(night, person, 'approve_plan');
    await night.sees('vote.cast');
  }
}
