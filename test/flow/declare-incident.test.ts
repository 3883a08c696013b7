import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src/core/catalog.ts';
import type { Incident } from '../../src/core/incident.ts';
import { nextWork, wakeAt } from '../../src/core/next.ts';
import { UNKNOWN_CLUSTER } from '../../src/core/place-alert.ts';
import type { Runbook } from '../../src/core/runbook.ts';
import type { Declaration } from '../../src/flow/declare-incident.ts';
import { chooseRunbook } from '../../src/flow/match-runbook.ts';
import { at } from '../make.ts';
import { ADA, askIn, CHECKOUT, GUEST, SAYS_LITTLE } from './asking.ts';
import { startReceiving } from './receiving.ts';

async function declare(changes: Partial<Declaration> = {}, clusters: readonly string[] = ['prod']) {
  const world = await startReceiving(undefined, {
    rules: { services: [CHECKOUT], defaultResponder: 'sre-leads' },
  });
  const asking = askIn(world, clusters);
  const answer = await asking.declare({ declaration: { ...SAYS_LITTLE, ...changes }, by: ADA });
  return { world, asking, answer };
}

async function opened(...about: Parameters<typeof declare>): Promise<Incident> {
  const { answer } = await declare(...about);
  if ('opened' in answer) return answer.opened;
  throw new Error(answer.says);
}

describe('a declared incident', () => {
  it('is the person’s, has a channel of its own and no alert', async () => {
    const { world } = await declare();
    const [incident] = await world.incidents();
    expect(incident).toMatchObject({
      title: 'Customers cannot pay',
      source: 'manual',
      severity: 'SEV3',
      visibility: 'channel',
      because: 'uada declared it',
      owner: 'sre-leads',
      personActed: true,
      shapedByPeople: true,
      alerts: {},
      clearSince: null,
    });
    const [first] = await world.store.ledger.events(incident?.id ?? 'system');
    expect(first?.actor).toEqual({ kind: 'human', slack: ADA, name: 'uada' });
  });

  it('is in the one configured cluster; of several in the one that is named, else in none that is known', async () => {
    expect((await opened()).cluster).toBe('prod');
    expect((await opened({ cluster: 'west' }, ['east', 'west'])).cluster).toBe('west');
    expect((await opened({}, ['east', 'west'])).cluster).toBe(UNKNOWN_CLUSTER);
  });

  it('has the owner and the channel of its service, named or found by the workload', async () => {
    const owned = { service: 'checkout', owner: 'checkout-oncall', serviceChannel: 'checkout' };
    expect(await opened({ service: 'checkout' })).toMatchObject(owned);
    expect(await opened({ namespace: 'shop', workload: 'checkout' })).toMatchObject(owned);
  });

  it.each([
    [{ title: '  ' }, 'Say in a few words what is wrong.'],
    [{ cluster: 'moon' }, 'There is no cluster “moon”. Known clusters: prod.'],
    [{ service: 'chekout' }, 'There is no service “chekout”. Known services: checkout.'],
    [{ namespace: 'Shop' }, '“Shop” is no name of a namespace'],
    [{ workload: '-n kube-system' }, 'is no name of a workload'],
    [{ title: 'x'.repeat(151) }, '150 are the most'],
  ])('with %j is refused, and nothing opens', async (changes, says) => {
    const { world, answer } = await declare(changes);
    expect(answer).toEqual({ says: expect.stringContaining(says) });
    expect(await world.incidents()).toEqual([]);
  });

  it('keeps no secret of its title', async () => {
    expect(
      (await opened({ title: 'login fails with token=ghp_0123456789abcdefghijABCDEFGHIJ456789' })).title,
    ).not.toContain('ghp_');
  });

  it('is not for guests', async () => {
    const { world, asking } = await declare();
    expect(await asking.declare({ declaration: SAYS_LITTLE, by: GUEST })).toEqual({
      says: expect.stringContaining('Only members of this workspace'),
    });
    expect(await world.incidents()).toHaveLength(1);
  });

  it('never becomes due for its end, and two at the same time are two', async () => {
    const { world, asking } = await declare();
    await asking.declare({ declaration: { ...SAYS_LITTLE, title: 'Refunds fail' }, by: ADA });
    const incidents = await world.incidents();
    expect(incidents).toHaveLength(2);
    for (const incident of incidents) {
      const work = nextWork(
        { ...incident, runbook: NAMED, diagnosis: { says: '', at: at(0) } },
        at(9_000_000),
      );
      expect(work).toEqual([]);
    }
  });
});

const NAMED = { runbook: 'r', title: '', hash: '', score: 1, reason: '', fallback: false, inputs: {} };

describe('an incident in no known cluster', () => {
  it('is not looked into until a person picks one, and then anew', async () => {
    const { world, asking } = await declare({}, ['east', 'west']);
    const [waiting] = await world.incidents();
    if (waiting === undefined) throw new Error('there is none');
    expect(nextWork(waiting, at(60))).toEqual([]);
    expect(wakeAt(waiting)).toBeNull();

    const who = { incident: waiting.id, by: ADA };
    expect(await asking.pickCluster({ ...who, cluster: 'north' })).toEqual({
      says: 'There is no cluster “north”. Known clusters: east, west.',
    });
    await asking.pickCluster({ ...who, cluster: 'west' });
    const [picked] = await world.incidents();
    expect(picked).toMatchObject({ cluster: 'west', round: 1 });
    expect(nextWork(picked ?? waiting, at(60))).toEqual([{ do: 'match' }]);
    // A wrong pick can be mended.
    await asking.pickCluster({ ...who, cluster: 'east' });
    expect((await world.incidents())[0]?.cluster).toBe('east');
  });

  it('cannot be put elsewhere where its source is bound to a cluster', async () => {
    const told = new Map([['fires', FIRES]]);
    const world = await startReceiving(told);
    await world.deliver(['fires']);
    const [incident] = await world.incidents();
    if (incident === undefined) throw new Error('there is none');
    const asking = askIn(world, ['prod', 'west']);
    expect(await asking.pickCluster({ incident: incident.id, cluster: 'west', by: ADA })).toEqual({
      says: 'default is bound to prod: that is the cluster.',
    });
  });
});

const FIRES = {
  alerts: [
    {
      source: 'default',
      cluster: 'prod',
      fingerprint: 'f1',
      status: 'firing' as const,
      labels: { alertname: 'A', namespace: 'shop', deployment: 'web', severity: 'critical' },
      annotations: {},
      startsAt: at(0),
      endsAt: null,
      generatorUrl: null,
    },
  ],
  groupKey: 'g',
  hidden: 0,
};

describe('the runbook of a declared incident', () => {
  const base = {
    title: '',
    owner: '',
    file: '',
    hash: 'h',
    diagnose: [],
    hypotheses: [],
    actions: [],
    match: [],
  };
  const namespace = { from: 'labels.namespace', type: 'namespace' as const, optional: false };
  const catalog: Catalog = {
    runbooks: [
      {
        ...base,
        name: 'rollout-stuck',
        match: [[{ label: 'alertname', op: '=', value: 'KubeDeploymentRolloutStuck' }]],
        inputs: { namespace, deployment: { from: 'workload', type: 'name', optional: false } },
      },
      { ...base, name: 'general-triage', inputs: {} },
    ] satisfies Runbook[],
    policies: [],
    brokenPolicies: [],
    services: [],
    faults: [],
  };
  const where = { namespace: 'shop', workload: 'checkout' };

  it.each([
    ['KubeDeploymentRolloutStuck since the deploy', 'rollout-stuck'],
    ['please run rollout-stuck', 'rollout-stuck'],
    ['Customers cannot pay', 'general-triage'],
  ])('of “%s” is %s', async (title, runbook) => {
    const match = chooseRunbook(catalog, await opened({ title, ...where }));
    expect(match.runbook).toBe(runbook);
    expect(match.fallback).toBe(runbook === 'general-triage');
    if (!match.fallback) expect(match.inputs).toEqual({ namespace: 'shop', deployment: 'checkout' });
  });

  it('is not one whose inputs nobody gave', async () => {
    expect(chooseRunbook(catalog, await opened({ title: 'rollout-stuck' })).runbook).toBe('general-triage');
  });
});
