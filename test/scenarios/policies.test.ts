import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mode } from '../../src/core/environment.ts';
import { type Night, startNight } from './night.ts';

let night: Night;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstmate-policies-'));
});
afterEach(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The change policy as teams write it (its shape is a contract), for the service that the playground breaks. */
const SEED = `
service: checkout
allowed_actions:
  - type: rollback
    max_versions_back: 1
    require_approval: true
    approvers:
      - team: orders-oncall
  - type: scale
    min_replicas: 3
    max_replicas: 50
    require_approval: false
`;
const SAFETY = `
safety_checks:
  - name: must_not_reduce_availability_below
    slo: orders-availability
    threshold: 99.0
logging:
  audit: true
  incident_tag: "ai-initiated-change"
`;
const NOBODY = `
service: checkout
allowed_actions:
  - type: rollback
    require_approval: false
`;

/** Checkout gets a bad release in an environment with that mode, under that policy; told once the plan is there. */
async function badRelease(policy: string, mode: Mode | null = null): Promise<void> {
  writeFileSync(join(folder, 'checkout.yaml'), policy);
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      environments: mode === null ? [] : [{ name: 'staging', mode }],
      clusters: settings.clusters.map((cluster) => ({
        ...cluster,
        environment: mode === null ? null : 'staging',
      })),
      folders: { ...settings.folders, policies: [folder] },
    }),
  });
}

async function untilThePlan(): Promise<void> {
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  expect(await night.delivers()).toBe(202);
  await night.sees('plan.proposed');
}

async function patch(path: string, body: unknown): Promise<void> {
  const admin = /name: harbour-prod-admin[\s\S]*?token: (\S+)/.exec(night.cluster.kubeconfig)?.[1] ?? '';
  const answer = await fetch(`${night.cluster.url}${path}?fieldManager=by-hand`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${admin}` },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
}

const label = (value: string | null): Promise<void> =>
  patch('/api/v1/namespaces/shop', { metadata: { labels: { 'firstmate.dev/safe-for-auto': value } } });

/** Writes of firstmate's, not of the test's own hands. */
const writes = () => night.writes().filter(({ path }) => path.includes('/deployments/'));
const card = () => JSON.stringify(night.messages().findLast(({ text }) => text.includes('rollback')) ?? null);

describe('the change policy of the field', () => {
  it('denies a change whose safety nobody can tell, and shows the command', async () => {
    await badRelease(SEED + SAFETY);
    await untilThePlan();
    await night.settled();
    expect((await night.incident()).plans.map(({ status }) => status)).toEqual(['denied']);
    expect(card()).toContain('kubectl rollout undo deployment/checkout -n shop');
    expect(card()).not.toContain('approve_plan');
    expect(writes()).toEqual([]);
  });

  it('lets its approvers roll back one version, and nobody else', async () => {
    await badRelease(SEED);
    await untilThePlan();
    await night.sees('plan.shown');
    const channel = (await night.incident()).channel?.channel ?? '';
    await night.presses('ada', 'approve_plan');
    expect(await night.tellsAlone('ada')).toContain('orders-oncall');
    night.slack.join({ user: night.slack.people.chen ?? '', channel });
    await night.presses('chen', 'approve_plan');
    await night.sees('execution.finished');
    expect(writes()).toMatchObject([{ method: 'PATCH', status: 200 }]);
  });
});

describe('an environment that assists', () => {
  it('gets the command to copy, and no button', async () => {
    await badRelease(SEED, 'assist');
    await untilThePlan();
    await night.settled();
    expect(card()).toContain('Drafted');
    expect(card()).toContain('kubectl rollout undo deployment/checkout -n shop');
    expect(card()).not.toContain('action_id');
    expect(writes()).toEqual([]);
  });
});

describe('an environment set to auto', () => {
  it('is changed at once where nothing asks for a person, and the card has Undo', async () => {
    await badRelease(NOBODY, 'auto');
    await label('true');
    await untilThePlan();
    await night.sees('execution.finished');
    await night.settled();
    const incident = await night.incident();
    expect(incident.plans).toMatchObject([{ status: 'succeeded', votes: [] }]);
    expect(writes()).toMatchObject([{ method: 'PATCH', status: 200 }]);
    expect(card()).toContain('undo_plan');
    expect(card()).toContain('the policy asks nobody');
    expect((await night.app.store.verify(null)).fault).toBeNull();
  });

  it.each<[string, string, string | null]>([
    ['the namespace has no label', NOBODY, null],
    ['the label says something else', NOBODY, 'yes'],
    ['the policy asks for approval', SEED, 'true'],
  ])('waits for people when %s', async (_, policy, value) => {
    await badRelease(policy, 'auto');
    if (value !== null) await label(value);
    await untilThePlan();
    await night.sees('plan.shown');
    await night.settled();
    expect((await night.incident()).plans.map(({ status }) => status)).toEqual(['proposed']);
    expect(card()).toContain('waits for people');
    expect(writes()).toEqual([]);
  });
});

describe('what the rules say changes while people decide', () => {
  it('a freeze that began meanwhile voids the plan, and says until when it holds', async () => {
    const freeze =
      'freezes:\n  - { name: night, time_zone: UTC, rrule: "FREQ=DAILY;BYHOUR=2;BYMINUTE=20", duration: 3h }\n';
    await badRelease(SEED + freeze);
    await untilThePlan();
    await night.sees('plan.shown');
    await night.pass(15 * 60);
    const channel = (await night.incident()).channel?.channel ?? '';
    night.slack.join({ user: night.slack.people.chen ?? '', channel });
    await night.presses('chen', 'approve_plan');
    const voided = await night.sees('plan.voided');
    expect(voided.payload.reason).toContain('the freeze night holds until 2026-03-14T05:20:00.000Z');
    expect(writes()).toEqual([]);
  });
});
