import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asAdmin } from '../kubernetes/fixture.ts';
import { type Night, startNight } from './night.ts';

type Case = {
  readonly type: string;
  readonly run: string;
  /** The runbook's own patch, for a patch. */
  readonly patch?: string;
  readonly object: string;
  /** What of the object the change sets; the rest of it is nobody's business here. */
  readonly field: (object: object) => unknown;
  readonly after: unknown;
  /** The type of the change that takes it back. */
  readonly back: string;
};

const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const of =
  (...path: readonly string[]) =>
  (object: object): unknown =>
    path.reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
      object,
    );

const CASES: readonly Case[] = [
  {
    type: 'scale',
    run: 'kubectl scale deployment/checkout --replicas=5 -n shop',
    object: DEPLOYMENT,
    field: of('spec', 'replicas'),
    after: 5,
    back: 'scale',
  },
  {
    type: 'rollback',
    run: 'kubectl rollout undo deployment/checkout -n shop',
    object: DEPLOYMENT,
    field: of('spec', 'template', 'metadata', 'annotations', 'release'),
    after: undefined,
    back: 'rollback',
  },
  {
    type: 'cordon',
    run: 'kubectl cordon node-a',
    object: '/api/v1/nodes/node-a',
    field: of('spec', 'unschedulable'),
    after: true,
    back: 'uncordon',
  },
  {
    type: 'label',
    run: 'kubectl label deployment/checkout watched=yes -n shop',
    object: DEPLOYMENT,
    field: of('metadata', 'labels', 'watched'),
    after: 'yes',
    back: 'label',
  },
  {
    type: 'patch',
    run: 'kubectl patch deployment/checkout -n shop --type=merge',
    patch: '{ spec: { progressDeadlineSeconds: 900 } }',
    object: DEPLOYMENT,
    field: of('spec', 'progressDeadlineSeconds'),
    after: 900,
    back: 'patch',
  },
];

const runbook = ({ type, run, patch }: Case) => `
apiVersion: firstmate.dev/v1
kind: Runbook
name: complaint
title: Somebody complains
owner: sre-leads
match: ['alertname="Complaint"']
diagnose:
  - { id: pods, run: "kubectl get pods -n shop" }
hypotheses:
  - { id: so, category: unknown, when: "true", says: "It is so", confidence: high, propose: [change] }
actions:
  - id: change
    type: ${type}
    run: "${run}"
${patch === undefined ? '' : `    patch: ${patch}\n`}    rollback: previous
`;
const policy = ({ type, back }: Case, approval: string) =>
  `service: checkout\nallowed_actions:\n${[...new Set([type, back])]
    .map((one) => `  - { type: ${one}, ${approval} }\n`)
    .join('')}`;
const SERVICE = `
name: checkout
owner: checkout-oncall
slo: { availability: { objective: 99.9, window: 30d } }
incident: { channel: checkout, runbook: complaint }
`;

let folder: string;
let night: Night;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firstmate-undo-'));
});
afterEach(async () => {
  await night.end();
  await rm(folder, { recursive: true, force: true });
});

async function begin(one: Case, approval: string, mode: 'approve' | 'auto' = 'approve'): Promise<void> {
  for (const [kind, text] of [
    ['runbooks', runbook(one)],
    ['policies', policy(one, approval)],
    ['services', SERVICE],
  ] as const) {
    await mkdir(join(folder, kind), { recursive: true });
    await writeFile(join(folder, kind, 'one.yaml'), text);
  }
  const at = (kind: string) => [join(folder, kind)];
  const folders = { runbooks: at('runbooks'), policies: at('policies'), services: at('services') };
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      folders,
      environments: [{ name: 'live', mode }],
      clusters: settings.clusters.map((cluster) => ({ ...cluster, environment: 'live' })),
    }),
  });
  // A second revision, healthy: there is something to go back from.
  await asAdmin(night.cluster, 'PATCH', DEPLOYMENT, {
    spec: { template: { metadata: { annotations: { release: 'second' } } } },
  });
  await asAdmin(night.cluster, 'PATCH', '/api/v1/namespaces/shop', {
    metadata: { labels: { 'firstmate.dev/safe-for-auto': 'true' } },
  });
  await night.pass(60);
}

async function complain(): Promise<void> {
  const labels = { alertname: 'Complaint', severity: 'critical', namespace: 'shop', deployment: 'checkout' };
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: night.clock.now(),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: 'complaint',
  };
  const body = {
    version: '4',
    groupKey: '{}:{}',
    status: 'firing',
    receiver: 'firstmate',
    truncatedAlerts: 0,
  };
  expect(await night.post({ ...body, alerts: [alert] })).toBe(202);
}

const ASKED = 'approvers: [{ team: checkout-oncall }]';
const seen = async ({ object, field }: Case) => field(await asAdmin(night.cluster, 'GET', object));
const cards = () => JSON.stringify(night.messages().map(({ blocks }) => blocks));

describe('Undo after a change', () => {
  it.each(CASES.map((one) => [one.type, one] as const))(
    '%s: proposes what was there before as a plan of its own, approved as any other',
    async (_, one) => {
      await begin(one, ASKED);
      const before = await seen(one);
      await complain();
      await night.sees('plan.shown');
      await night.presses('ada', 'approve_plan');
      await night.sees('execution.finished');
      const changed = await seen(one);
      expect(changed).toEqual(one.after);
      expect(changed).not.toEqual(before);

      await night.presses('ada', 'undo_plan');
      await night.sees('plan.shown');
      const [, undo] = (await night.incident()).plans;
      expect(undo).toMatchObject({
        status: 'proposed',
        plan: { type: one.back, requestedBy: { name: 'ada' } },
      });
      expect(await seen(one)).toEqual(changed);
      const channel = (await night.incident()).channel?.channel ?? '';
      night.slack.join({ user: night.slack.people.ben ?? '', channel });
      await night.presses('ben', 'approve_plan');
      expect(await night.tellsAlone('ben')).toContain('not in checkout-oncall');
      await night.presses('ada', 'approve_plan');
      await night.sees('execution.finished');
      expect((await night.incident()).plans.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
      expect(await seen(one)).toEqual(before);
    },
  );

  it('that firstmate made alone is offered on its card, and people approve the way back', async () => {
    const [scale] = CASES;
    if (scale === undefined) throw new Error('there is a scale');
    await begin(scale, `require_approval: false, ${ASKED}`, 'auto');
    const before = await seen(scale);
    await complain();
    await night.sees('plan.shown');
    await night.sees('execution.finished');
    await night.settled();
    expect(await seen(scale)).toBe(5);
    expect((await night.incident()).plans).toMatchObject([{ status: 'succeeded', votes: [] }]);
    expect(cards()).toContain('the policy asks nobody');
    await night.presses('ada', 'undo_plan');
    await night.sees('plan.shown');
    await night.settled();
    const [, undo] = (await night.incident()).plans;
    expect(undo).toMatchObject({ status: 'proposed', votes: [] });
    expect(undo?.plan.verdict.automatic).toBeUndefined();
    expect(await seen(scale)).toBe(5);
    await night.presses('ada', 'approve_plan');
    await night.sees('execution.finished');
    expect(await seen(scale)).toBe(before);
    await night.settled();
    // Taken back once: the card of the first change offers it no more, that of the second does.
    expect(cards().match(/"undo_plan"/g)).toHaveLength(1);
  });
});
