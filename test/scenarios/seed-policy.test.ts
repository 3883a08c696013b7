import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mode } from '../../src/core/environment.ts';
import type { Plan } from '../../src/core/plan.ts';
import { byHand, sent } from '../guarantees/hands.ts';
import { alerted } from './drill.ts';
import { type Night, startNight } from './night.ts';

/** The change policy as its contract has it, byte for byte, for the playground's own service `orders`. */
const SEED = join(import.meta.dirname, '../fixtures/documents/seed/policy-orders.yaml');
const ORDERS = '/apis/apps/v1/namespaces/shop/deployments/orders';

const runbook = (type: string, line: string): string => `
apiVersion: firstmate.dev/v1
kind: Runbook
name: drill
title: A drill
owner: sre-leads
match: ['alertname="Drill"']
inputs: {}
diagnose:
  - { id: pods, run: "kubectl get pods -n shop" }
hypotheses:
  - { id: drill, category: unknown, when: "pods.items.size() > 0", says: "This is a drill", confidence: high, propose: [act] }
actions:
  - { id: act, type: ${type}, run: "${line}" }
`;
/** Which share of a Deployment's pods is available stands for the service's availability. */
const service = (measured: string): string => `
name: orders
owner: orders-oncall
slo:
  availability:
    objective: 99.9
    window: 30d
    indicator: 'kube_deployment_status_replicas_available{deployment="${measured}"} / kube_deployment_spec_replicas{deployment="${measured}"}'
incident: { channel: orders, runbook: drill }
`;

let folder: string;
let night: Night;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstmate-seed-'));
});
afterEach(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

type Case = {
  readonly type: 'scale' | 'rollback';
  readonly line: string;
  readonly mode?: Mode;
  /** What happens to the cluster before the alert. */
  readonly before?: () => Promise<void> | void;
  readonly measured?: string;
};

/** The alert fires, and firstmate judges the change. */
async function proposed({ type, line, mode = 'approve', before, measured = 'orders' }: Case): Promise<Plan> {
  for (const kind of ['runbooks', 'policies', 'services']) mkdirSync(join(folder, kind));
  writeFileSync(join(folder, 'runbooks', 'drill.yaml'), runbook(type, line));
  writeFileSync(join(folder, 'services', 'orders.yaml'), service(measured));
  copyFileSync(SEED, join(folder, 'policies', 'orders.yaml'));
  const at = (kind: string) => [join(folder, kind)];
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      environments: [{ name: 'staging', mode }],
      clusters: settings.clusters.map((cluster) => ({ ...cluster, environment: 'staging' })),
      folders: { runbooks: at('runbooks'), policies: at('policies'), services: at('services') },
    }),
  });
  await before?.();
  await night.pass(60);
  return alerted(night, { service: 'orders' });
}

const scaleTo = (replicas: number): string =>
  `kubectl scale deployment/orders -n shop --replicas=${replicas}`;
const UNDO = 'kubectl rollout undo deployment/orders -n shop';
const replicas = async (): Promise<unknown> =>
  ((await byHand(night, 'GET', ORDERS)).spec as { readonly replicas: number }).replicas;
const denials = ({ verdict }: Plan): readonly string[] =>
  verdict.rules.flatMap((rule) => (rule.denies ? [rule.says] : []));

/** A release of orders that works, so that there is one to go back from. */
async function release(version: string): Promise<void> {
  await byHand(night, 'PATCH', ORDERS, {
    spec: { template: { metadata: { annotations: { release: version } } } },
  });
  await night.pass(60);
}

describe('the change policy of the contract', () => {
  it('leaves a scale within its bounds to firstmate where all else does', async () => {
    const label = { metadata: { labels: { 'firstmate.dev/safe-for-auto': 'true' } } };
    await proposed({
      type: 'scale',
      line: scaleTo(6),
      mode: 'auto',
      before: async () => void (await byHand(night, 'PATCH', '/api/v1/namespaces/shop', label)),
    });
    await night.sees('execution.finished');
    expect(sent(night)).toHaveLength(1);
    expect(await replicas()).toBe(6);
  });

  it('waits for people with the same scale in an environment that is not left to firstmate', async () => {
    const plan = await proposed({ type: 'scale', line: scaleTo(6) });
    await night.sees('plan.shown');
    await night.settled();
    expect(plan.verdict).toMatchObject({ allowed: true });
    expect(sent(night)).toEqual([]);
  });

  it.each([2, 51])('denies %i replicas: 3 to 50 are allowed', async (count) => {
    const plan = await proposed({ type: 'scale', line: scaleTo(count) });
    expect(denials(plan)).toContain(`${count} replicas, 3 to 50 allowed`);
    await night.settled();
    expect(sent(night)).toEqual([]);
  });

  it('lets those on call for orders roll back one version', async () => {
    const plan = await proposed({ type: 'rollback', line: UNDO, before: () => release('2') });
    expect(plan.verdict).toMatchObject({ allowed: true });
    await night.sees('plan.shown');
    await night.presses('ada', 'approve_plan');
    expect(await night.tellsAlone('ada')).toContain('orders-oncall');
    const channel = (await night.incident()).channel?.channel ?? '';
    night.slack.join({ user: night.slack.people.chen ?? '', channel });
    await night.presses('chen', 'approve_plan');
    await night.sees('execution.finished');
    expect(sent(night)).toHaveLength(1);
  });

  it('denies a rollback by two versions', async () => {
    const plan = await proposed({
      type: 'rollback',
      line: `${UNDO} --to-revision=1`,
      before: async () => {
        await release('2');
        await release('3');
      },
    });
    expect(denials(plan).join()).toMatch(/2 back, at most 1 allowed/);
    await night.settled();
    expect(sent(night)).toEqual([]);
  });

  it('denies any change while orders is available less than it asks for', async () => {
    const allAtOnce = { spec: { strategy: { type: 'Recreate', rollingUpdate: null } } };
    const plan = await proposed({
      type: 'scale',
      line: scaleTo(6),
      before: async () => {
        await byHand(night, 'PATCH', ORDERS, allAtOnce);
        night.cluster.breakScenario('bad-image');
      },
    });
    expect(denials(plan).join()).toMatch(/orders-availability/);
    await night.settled();
    expect(sent(night)).toEqual([]);
  });
});
