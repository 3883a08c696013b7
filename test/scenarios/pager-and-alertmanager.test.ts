import { describe, expect, it } from 'vitest';
import { incidentId } from '../../src/core/ids.ts';
import { pagerdutyKeyOf } from '../../src/core/pagerduty-key.ts';
import type { Service } from '../../src/core/service.ts';
import { alertmanagerBody, fires, over, pagerdutyBody } from '../deliveries.ts';
import { PAGERDUTY, startReceiving } from '../flow/receiving.ts';
import { AT, at } from '../make.ts';

const FIRST = incidentId(2026, 1);
const GROUP = '{}/{severity="critical"}:{namespace="shop"}';

const CHECKOUT: Service = {
  name: 'checkout',
  owner: 'checkout-oncall',
  runtime: null,
  file: 'services/checkout.yaml',
  channel: 'checkout',
  runbook: 'deployment-rollout-stuck',
  availability: null,
  severityMapping: [{ condition: 'priority="P1"', severity: 'SEV1' }],
};

const stuck = (deployment: string) =>
  fires('KubeDeploymentRolloutStuck', { namespace: 'shop', deployment }, AT);

type World = Awaited<ReturnType<typeof startReceiving>>;

function start(): Promise<World> {
  return startReceiving(undefined, { rules: { services: [CHECKOUT] } });
}

/** Alertmanager tells of deployments, all of one group. */
function tells(world: World, ...deployments: readonly string[]): Promise<void> {
  return world.deliver([alertmanagerBody(deployments.map(stuck), { groupKey: GROUP })]);
}

type Page = { readonly id?: string; readonly type?: string; readonly seconds?: number };

/** PagerDuty pages for the group, unless the incident's fields say otherwise. */
function pages(world: World, page: Page, incident: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const event = { id: page.id ?? '01E', type: page.type ?? 'incident.triggered', at: at(page.seconds ?? 5) };
  const body = pagerdutyBody(event, {
    title: 'checkout is down',
    urgency: 'high',
    created_at: AT,
    incident_key: pagerdutyKeyOf(GROUP),
    ...incident,
  });
  return world.deliver([body], PAGERDUTY);
}

const OF_CHECKOUT = { incident_key: 'by-hand', service: { id: 'PSVC', summary: 'checkout' } };

async function told(world: World, id = FIRST): Promise<string[]> {
  return (await world.timeline(id)).map((line) => line.slice('02:07:00 '.length));
}

async function titles(world: World): Promise<readonly string[]> {
  return (await world.incidents()).map(({ title }) => title).sort();
}

describe('a group of alerts that Alertmanager tells both firstmate and PagerDuty', () => {
  const SAME = 'a pager and Alertmanager tell of the same group of alerts';

  it('is one incident when Alertmanager is first', async () => {
    const world = await start();
    await tells(world, 'catalog');
    await pages(world, {});
    expect(await told(world)).toEqual([
      expect.stringContaining('incident opened: KubeDeploymentRolloutStuck shop/catalog'),
      expect.stringContaining('alert KubeDeploymentRolloutStuck fires'),
      `checkout is down joined: ${SAME}`,
      'alert checkout is down fires (pagerduty Q2CKYRLH85UNN4)',
    ]);
    expect(await titles(world)).toHaveLength(1);
  });

  it('is one incident when PagerDuty is first', async () => {
    const world = await start();
    await pages(world, {});
    await tells(world, 'catalog');
    expect(await told(world)).toEqual([
      expect.stringContaining('incident opened: checkout is down'),
      'alert checkout is down fires (pagerduty Q2CKYRLH85UNN4)',
      `KubeDeploymentRolloutStuck shop/catalog joined: ${SAME}`,
      expect.stringContaining('alert KubeDeploymentRolloutStuck fires'),
    ]);
    expect(await titles(world)).toHaveLength(1);
  });

  it.each(['PagerDuty', 'Alertmanager'])(
    'does not bring the other problems of the group along when %s is first',
    async (first) => {
      const world = await start();
      if (first === 'PagerDuty') await pages(world, {});
      await tells(world, 'catalog');
      if (first === 'Alertmanager') await pages(world, {});
      await tells(world, 'catalog', 'orders');
      expect(await titles(world)).toHaveLength(2);
      expect((await told(world)).filter((line) => line.includes('orders'))).toEqual([]);
    },
  );

  it('is over when both say so, and not before', async () => {
    const world = await start();
    await tells(world, 'catalog');
    await pages(world, {});
    await pages(world, { id: '02E', type: 'incident.acknowledged', seconds: 60 }, { status: 'acknowledged' });
    await pages(world, { id: '03E', type: 'incident.resolved', seconds: 90 }, { status: 'resolved' });
    expect((await world.incidents())[0]?.clearSince).toBeNull();
    const end = alertmanagerBody([over(stuck('catalog'), at(120))], { groupKey: GROUP });
    await world.deliver([end]);
    expect((await told(world)).slice(4)).toEqual([
      'note by Ben: acknowledged',
      'alert pagerduty Q2CKYRLH85UNN4 is over',
      'note by Ben: resolved',
      expect.stringMatching(/^alert default \w+ is over$/),
    ]);
    expect((await world.incidents())[0]?.clearSince).not.toBeNull();
  });
});

describe('a page and an alert of the same service and cluster, without a common key', () => {
  it.each(['PagerDuty', 'Alertmanager'])('within five minutes are one incident, %s first', async (first) => {
    const world = await start();
    if (first === 'PagerDuty') await pages(world, {}, OF_CHECKOUT);
    else await tells(world, 'checkout');
    world.clock.advance(5 * 60_000);
    if (first === 'PagerDuty') await tells(world, 'checkout');
    else await pages(world, {}, OF_CHECKOUT);
    const [one, two] = first === 'PagerDuty' ? ['default', 'pagerduty'] : ['pagerduty', 'default'];
    expect((await told(world))[2]).toMatch(
      new RegExp(` joined: ${one} and ${two} tell of checkout in prod at the same time$`),
    );
    expect(await titles(world)).toHaveLength(1);
  });

  it.each(['PagerDuty', 'Alertmanager'])('further apart are two, %s first', async (first) => {
    const world = await start();
    if (first === 'PagerDuty') await pages(world, {}, OF_CHECKOUT);
    else await tells(world, 'checkout');
    world.clock.advance(5 * 60_000 + 1);
    if (first === 'PagerDuty') await tells(world, 'checkout');
    else await pages(world, {}, OF_CHECKOUT);
    expect(await titles(world)).toHaveLength(2);
  });

  it('a second page of that service is an incident of its own: one of them was paired already', async () => {
    const world = await start();
    await tells(world, 'checkout');
    await pages(world, {}, OF_CHECKOUT);
    await pages(world, { id: '02E' }, { ...OF_CHECKOUT, id: 'QSECOND', title: 'checkout is slow' });
    expect(await titles(world)).toEqual(['KubeDeploymentRolloutStuck shop/checkout', 'checkout is slow']);
  });

  it('are two when the alert is of another service', async () => {
    const world = await start();
    await pages(world, {}, OF_CHECKOUT);
    await tells(world, 'orders');
    expect(await titles(world)).toHaveLength(2);
  });
});

describe('a page whose priority people change', () => {
  it('raises the severity of the same incident, once, and is never lowered by it', async () => {
    const world = await start();
    await tells(world, 'checkout');
    await pages(world, {}, { ...OF_CHECKOUT, priority: null });
    const priority = (summary: string) => ({ ...OF_CHECKOUT, priority: { id: summary, summary } });
    const before = (await told(world)).length;
    await pages(world, { id: '02E', type: 'incident.priority_updated', seconds: 60 }, priority('P1'));
    await pages(world, { id: '02E', type: 'incident.priority_updated', seconds: 60 }, priority('P1'));
    await pages(world, { id: '03E', type: 'incident.priority_updated', seconds: 90 }, priority('P3'));
    expect((await told(world)).slice(before)).toEqual([
      'severity SEV2 is now SEV1: checkout is down is SEV1',
      'note by Ben: priority P1',
      'note by Ben: priority P3',
    ]);
    expect(await world.incidents()).toMatchObject([{ severity: 'SEV1' }]);
  });
});
