import { afterEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/core/plan.ts';
import { byHand, clicks, sent } from '../guarantees/hands.ts';
import { proposed, startDrill } from './drill.ts';
import type { Night } from './night.ts';

let night: Night;
afterEach(() => night.end());

const APPROVERS = 'approvers: [{ team: sre-leads }]';
const denials = ({ verdict }: Plan): readonly string[] =>
  verdict.rules.flatMap(({ rule, denies, says }) => (denies ? [`${rule}: ${says}`] : []));
const card = (): string => JSON.stringify(night.messages().at(-1));
const patch = (bounds: object): string =>
  `kubectl patch hpa catalog -n shop --type=merge -p '${JSON.stringify({ spec: bounds })}'`;

/** The playground's autoscaler keeps the two replicas of catalog between 2 and 5. */
describe("an autoscaler's bounds", () => {
  const keepTwo = () =>
    byHand(night, 'POST', '/apis/policy/v1/namespaces/shop/poddisruptionbudgets', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'catalog', namespace: 'shop' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'catalog' } } },
    });

  it.each<[string, object, string, string]>([
    [
      'that move further than a limit allows',
      { maxReplicas: 12 },
      'limits: { replica_delta: 6 }',
      'policy.limits: 7 replicas more or fewer, at most 6 allowed',
    ],
    [
      'that take a larger share than a limit allows',
      { minReplicas: 1 },
      'limits: { share_of_replicas: 0.4 }',
      'policy.limits: 0.5 of the replicas (share), at most 0.4 allowed',
    ],
    [
      'below what the policy allows',
      { minReplicas: 1 },
      'min_replicas: 2',
      'policy.replica_bounds: 1 to 5 replicas, at least 2 allowed',
    ],
    [
      'above what the policy allows',
      { maxReplicas: 9 },
      'max_replicas: 8',
      'policy.replica_bounds: 2 to 9 replicas, 0 to 8 allowed',
    ],
  ])('%s are not set', async (_, bounds, limit, says) => {
    night = await startDrill({ type: 'patch', line: patch(bounds), entry: `${limit}, ${APPROVERS}` });
    expect(denials(await proposed(night))).toEqual([says]);
    await night.settled();
    expect(card()).not.toContain('approve_plan');
  });

  it('that take pods which a disruption budget keeps are not set', async () => {
    night = await startDrill({ type: 'patch', line: patch({ minReplicas: 1 }), entry: APPROVERS });
    await keepTwo();
    await night.pass(5);
    expect(denials(await proposed(night))).toEqual([
      expect.stringContaining('safety.pdb_headroom: PodDisruptionBudget shop/catalog lets 0 pods go now'),
    ]);
  });

  it('that took nothing when people approved, and would take pods by now, are not set', async () => {
    night = await startDrill({ type: 'patch', line: patch({ minReplicas: 1 }), entry: APPROVERS });
    await proposed(night);
    await night.sees('plan.shown');
    await keepTwo();
    await night.pass(5);
    await clicks(night, 'ada', 'approve_plan');
    const { payload } = await night.sees('plan.voided');
    expect(payload.reason).toContain('PodDisruptionBudget shop/catalog');
    expect(sent(night)).toEqual([]);
  });

  it('within all of them are set, and the card says whom they scale', async () => {
    const entry = `min_replicas: 1, max_replicas: 8, limits: { replica_delta: 3, share_of_replicas: 1 }, ${APPROVERS}`;
    night = await startDrill({ type: 'patch', line: patch({ minReplicas: 1 }), entry });
    const plan = await proposed(night);
    expect(denials(plan)).toEqual([]);
    expect(plan.blast).toMatchObject({ objects: 1, pods: 1 });
    await night.sees('plan.shown');
    await night.settled();
    expect(card()).toContain(
      'The replicas of Deployment shop/catalog, which has 2 now, are kept between 1 and 5',
    );
    expect(card()).toContain('50 % of its replicas');
    await clicks(night, 'ada', 'approve_plan');
    await night.sees('execution.finished');
    expect(sent(night)).toMatchObject([{ method: 'PATCH', status: 200 }]);
  });

  it('are no matter of a patch that leaves them alone', async () => {
    const line = patch({ behavior: { scaleDown: { stabilizationWindowSeconds: 600 } } });
    const limits = 'min_replicas: 3, limits: { replica_delta: 1, share_of_replicas: 0.1 }';
    night = await startDrill({ type: 'patch', line, entry: `${limits}, ${APPROVERS}` });
    expect(denials(await proposed(night))).toEqual([]);
  });
});

describe('a share of the replicas', () => {
  it.each([
    [
      'delete_pod',
      'kubectl delete pod {{ pod }} -n shop',
      0.3,
      ['0.333 of the replicas (share), at most 0.3 allowed'],
    ],
    ['delete_pod', 'kubectl delete pod {{ pod }} -n shop', 0.4, []],
    ['label', 'kubectl label deployment checkout tier=gold -n shop', 0.1, []],
    ['label', 'kubectl label pod {{ pod }} tier=gold -n shop', 0.1, []],
    [
      'label',
      'kubectl label pod {{ pod }} app=aside -n shop --overwrite',
      0.3,
      ['0.333 of the replicas (share), at most 0.3 allowed'],
    ],
  ])('counts for %s (%s) against %d', async (type, line, share, says) => {
    night = await startDrill({ type, line, entry: `limits: { share_of_replicas: ${share} }, ${APPROVERS}` });
    expect(denials(await proposed(night))).toEqual(says.map((one) => `policy.limits: ${one}`));
  });

  it.each([
    [
      'whose template changed meanwhile is all',
      true,
      ['policy.limits: 1 of the replicas (share), at most 0.5 allowed'],
    ],
    ['whose template is the same is none', false, []],
  ])('of a rollout that goes on, %s', async (_, changed, says) => {
    const line = 'kubectl rollout resume deployment/orders -n shop';
    night = await startDrill({
      type: 'resume_rollout',
      line,
      entry: `limits: { share_of_replicas: 0.5 }, ${APPROVERS}`,
    });
    const orders = '/apis/apps/v1/namespaces/shop/deployments/orders';
    await byHand(night, 'PATCH', orders, { spec: { paused: true } });
    const annotations = { changed: 'yes' };
    if (changed) await byHand(night, 'PATCH', orders, { spec: { template: { metadata: { annotations } } } });
    await night.pass(5);
    expect(denials(await proposed(night))).toEqual(says);
  });

  it('of a drain is that of the workload which loses most, and stands on the card', async () => {
    const line = 'kubectl drain node-b --ignore-daemonsets --delete-emptydir-data --timeout=60s';
    const places = 'namespaces: [shop, payments, tools, kube-system]';
    night = await startDrill({
      type: 'drain',
      line,
      entry: `limits: { share_of_replicas: 1 }, ${places}, ${APPROVERS}`,
    });
    const plan = await proposed(night);
    expect(denials(plan)).toEqual([]);
    const shares = plan.facts.taken?.map(({ pods, replicas }) => pods / replicas) ?? [];
    expect(shares.length).toBeGreaterThan(1);
    await night.sees('plan.shown');
    await night.settled();
    expect(card()).toContain(
      `${Math.round(Math.max(...shares) * 100)} % of the replicas of StatefulSet shop/orders-db`,
    );
  });
});
