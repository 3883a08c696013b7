import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/core/settings.ts';
import { byHand, clicks, sent } from '../guarantees/hands.ts';
import { card, commands, idOf, joins } from '../guarantees/workspace.ts';
import { proposed, startDrill } from './drill.ts';
import type { Night } from './night.ts';

let night: Night;
afterEach(() => night.end());

/** Checkout's namespace is protected, and everything asks for a change without people. */
async function begin(entry: string): Promise<void> {
  const guard = (settings: Settings): Settings => ({
    ...settings,
    protectedNamespaces: [...settings.protectedNamespaces, 'shop'],
    environments: [{ name: 'production', mode: 'auto' }],
    clusters: settings.clusters.map((cluster) => ({ ...cluster, environment: 'production' })),
    teams: [
      ...settings.teams,
      { name: 'guards', slackGroup: null, members: ['U0ADA', 'U0CHEN', 'U0BEN'], oncall: null },
    ],
    limits: { ...settings.limits, clearingMs: 86_400_000 },
  });
  night = await startDrill({
    type: 'scale',
    line: 'kubectl scale deployment/checkout -n shop --replicas=5',
    entry,
    settings: guard,
  });
  const labels = { 'firstmate.dev/safe-for-auto': 'true' };
  await byHand(night, 'PATCH', '/api/v1/namespaces/shop', { metadata: { labels } });
}

const NAMED = 'require_approval: false, namespaces: [shop], approvers: [{ team: guards }]';
const replicas = async (): Promise<unknown> =>
  (
    (await byHand(night, 'GET', '/apis/apps/v1/namespaces/shop/deployments/checkout')).spec as {
      replicas: number;
    }
  ).replicas;

/** Ada and chen approve, one after the other; nothing happens in between. */
async function twoApprove(first: string, second: string): Promise<void> {
  const before = sent(night).length;
  await clicks(night, first, 'approve_plan');
  await night.sees('vote.cast');
  await night.settled();
  expect(sent(night)).toHaveLength(before);
  expect(card(night)).toContain('so far 1 of 2');
  await clicks(night, second, 'approve_plan');
  await night.sees('vote.cast');
  await night.sees('execution.finished');
  await night.settled();
}

describe('a protected namespace, in an environment set to auto whose policy asks nobody', () => {
  it('waits for two people, and so does taking the change back, of whom who asked is none', async () => {
    await begin(NAMED);
    const plan = await proposed(night);
    expect(plan.verdict).toMatchObject({ allowed: true, approvals: [{ teams: ['guards'], quorum: 2 }] });
    expect(plan.verdict.automatic).toBeUndefined();
    await night.sees('plan.shown');
    await night.settled();
    expect(card(night)).toContain('people are asked: shop is protected');
    await joins(night, 'chen', 'ben');
    await twoApprove('ada', 'chen');
    expect(await replicas()).toBe(5);

    await clicks(night, 'ada', 'undo_plan');
    const undo = (await night.sees('plan.proposed')).payload.plan;
    expect(undo.verdict.approvals).toMatchObject([{ teams: ['guards'], quorum: 2, barsRequester: true }]);
    await night.sees('plan.shown');
    await night.settled();
    await clicks(night, 'ada', 'approve_plan');
    expect(await night.tellsAlone('ada')).toContain('Who asked for a change may not approve it');
    await twoApprove('ben', 'chen');
    expect(await replicas()).toBe(3);
  });

  it('waits for two people also under a broken glass', async () => {
    await begin(`${NAMED}, freezes: [{ name: night, time_zone: UTC, from: 2026-03-14T00:00, duration: 1d }]`);
    expect((await proposed(night)).verdict.allowed).toBe(false);
    await night.sees('plan.shown');
    await night.settled();
    await joins(night, 'chen', 'ben');
    await joins(night, 'ada');
    await commands(night, 'ada', 'break-glass 15 the freeze blocks the fix');
    await night.sees('break_glass.started');
    await night.settled();
    await clicks(night, 'chen', 'refresh_plan');
    const { plan } = (await night.sees('plan.proposed')).payload;
    expect(plan.verdict.breakGlass?.by.user).toBe(idOf(night, 'ada'));
    expect(plan.verdict.approvals).toMatchObject([{ by: 'policy checkout', quorum: 2, barsRequester: true }]);
    await night.sees('plan.shown');
    await night.settled();
    await twoApprove('ada', 'ben');
    expect(await replicas()).toBe(5);
  });

  it('is closed to a policy that does not name it in full', async () => {
    await begin(NAMED.replace('[shop]', '["sho*"]'));
    const { verdict } = await proposed(night);
    expect(verdict.rules.filter(({ denies }) => denies).map(({ rule }) => rule)).toEqual([
      'protected_namespace',
    ]);
  });

  it('is left alone by a change that was approved before it was protected', async () => {
    await begin(NAMED);
    const open = {
      ...night.settings,
      protectedNamespaces: night.settings.protectedNamespaces.filter((name) => name !== 'shop'),
      environments: [{ name: 'production', mode: 'approve' as const }],
    };
    await night.starts(open);
    expect((await proposed(night)).verdict.approvals).toMatchObject([{ quorum: 1 }]);
    await night.sees('plan.shown');
    await night.settled();
    await night.starts(night.settings);
    await clicks(night, 'ada', 'approve_plan');
    const { payload } = await night.sees('plan.voided');
    expect(payload.reason).toContain('not approved any more: 1 more of guards');
    expect(sent(night)).toEqual([]);
  });
});
