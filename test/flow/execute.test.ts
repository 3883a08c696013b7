import { describe, expect, it } from 'vitest';
import { FIRSTMATE } from '../../src/core/actor.ts';
import { StoreUnavailable } from '../../src/core/ports/ledger.ts';
import { act } from '../../src/flow/act.ts';
import { execute } from '../../src/flow/execute.ts';
import { pauseWrites } from '../../src/flow/pause.ts';
import { human, INCIDENT, makePlan } from '../make.ts';
import { startExecution } from './world.ts';

const never = new AbortController().signal;
const WHOLE = ['execution.started', 'write.started', 'write.finished', 'execution.finished'];

type World = Awaited<ReturnType<typeof startExecution>>;

/** Runs it to its end; sleeps on the way end at once. */
async function run(world: World, stop = never): Promise<void> {
  const running = execute(world.executing, await world.load(), world.plan, stop);
  let over = false;
  const ended = running.finally(() => {
    over = true;
  });
  ended.catch(() => {});
  while (!over) {
    await new Promise((resolve) => setImmediate(resolve));
    if (world.clock.sleepers > 0) world.clock.advance(1_000);
  }
  await ended;
}

describe('an approved plan', () => {
  it('is carried out once, its start on disk before the request leaves', async () => {
    const world = await startExecution();
    await run(world);
    expect(await world.types()).toEqual(WHOLE);
    expect(world.sent).toEqual([0]);
    await run(world);
    expect(world.sent).toEqual([0]);
  });

  it('is not sent when its start cannot be written down', async () => {
    const world = await startExecution();
    const { ledger } = world.executing;
    const full: typeof ledger = {
      ...ledger,
      async append(stream, seq, events, at) {
        if (events.some((event) => event.type === 'write.started'))
          throw new StoreUnavailable('the disk is full');
        return ledger.append(stream, seq, events, at);
      },
    };
    await expect(run({ ...world, executing: { ...world.executing, ledger: full } })).rejects.toThrow(
      'disk is full',
    );
    expect(world.sent).toEqual([]);
  });

  it('is sent again after a definite refusal that passes, at most three times', async () => {
    const busy = { outcome: 'refused', status: 429, says: 'too many requests', retryAfterMs: 1_000 } as const;
    const world = await startExecution({ write: [busy, { outcome: 'applied', status: 200, says: 'ok' }] });
    await run(world);
    expect(world.sent).toEqual([0, 0]);
    expect((await world.load()).plans[0]?.status).toBe('succeeded');

    const always = await startExecution({ write: [busy] });
    await run(always);
    expect(always.sent).toEqual([0, 0, 0]);
    expect((await always.load()).plans[0]).toMatchObject({
      status: 'failed',
      says: expect.stringContaining('Nothing was changed'),
    });
  });

  it('whose end is unknown is settled by reading, and never sent again', async () => {
    const lost = { outcome: 'unknown', says: 'the connection broke' } as const;
    const arrived = await startExecution({
      write: [lost],
      arrival: [
        { status: 'unknown', says: '' },
        { status: 'arrived', says: 'the mark is there' },
      ],
    });
    await run(arrived);
    expect((await arrived.load()).plans[0]?.status).toBe('succeeded');
    expect(arrived.sent).toEqual([0]);

    const absent = await startExecution({
      write: [lost],
      arrival: [{ status: 'not_arrived', says: 'no mark' }],
    });
    await run(absent);
    expect((await absent.load()).plans[0]?.status).toBe('failed');
    expect(
      Date.parse(absent.clock.now()) - Date.parse((await absent.load()).openedAt),
    ).toBeGreaterThanOrEqual(15_000);
    await run(absent);
    expect(absent.sent).toEqual([0]);

    const nobody = await startExecution({
      write: [lost],
      arrival: [{ status: 'unknown', says: 'no answer' }],
    });
    await run(nobody);
    expect((await nobody.load()).plans[0]?.status).toBe('indeterminate');
    await run(nobody);
    expect(nobody.sent).toEqual([0]);
  });

  it('is voided when what was reviewed changed, or cannot be compared', async () => {
    const changed = await startExecution({
      recheck: [{ status: 'changed', says: 'the image is another one' }],
    });
    await run(changed);
    expect((await changed.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: 'the image is another one',
    });
    const silent = await startExecution({ recheck: [{ status: 'unknown', says: 'no answer' }] });
    await run(silent);
    expect((await silent.load()).plans[0]?.status).toBe('voided');
    expect([...changed.sent, ...silent.sent]).toEqual([]);
  });

  it('is voided when who approved it does not count any more', async () => {
    const world = await startExecution({ members: ['USOMEBODY'] });
    await run(world);
    expect((await world.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: expect.stringContaining('uada'),
    });
    expect(world.sent).toEqual([]);
  });

  it('is voided when the rules deny it now, and says which', async () => {
    const world = await startExecution();
    world.script.catalog = {
      ...world.script.catalog,
      brokenPolicies: [{ service: null, file: 'policies/x.yaml', says: 'line 3' }],
    };
    await run(world);
    expect((await world.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: expect.stringMatching(/^It is not allowed any more: .*policies\/x\.yaml/),
    });
    expect(world.sent).toEqual([]);
  });

  it('is voided when the rules ask somebody more than when it was made', async () => {
    const world = await startExecution();
    const [runbook] = world.script.catalog.runbooks;
    if (runbook === undefined) throw new Error('the world has a runbook');
    const approvals = [{ group: 'sre-leads' }];
    const grow = { id: 'grow', type: 'scale', run: '', validate: null, rollback: 'none', approvals } as const;
    world.script.catalog = { ...world.script.catalog, runbooks: [{ ...runbook, actions: [grow] }] };
    await run(world);
    expect((await world.load()).plans[0]?.status).toBe('voided');
    const known = await startExecution({ catalog: world.script.catalog });
    const teams = ['sre', 'sre-leads'].map((name) => ({ name, slackGroup: null, members: [], oncall: null }));
    const people = {
      ...known.executing.people,
      members: async (team: { name: string }) => ({
        status: 'known' as const,
        users: team.name === 'sre' ? ['UADA'] : ['UBEN'],
      }),
    };
    await run({ ...known, executing: { ...known.executing, teams: () => teams, people } });
    expect((await known.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: expect.stringContaining('1 more of sre-leads'),
    });
    expect([...world.sent, ...known.sent]).toEqual([]);

    const both = await startExecution({ catalog: world.script.catalog });
    await run({ ...both, executing: { ...both.executing, teams: () => teams } });
    expect((await both.load()).plans[0]?.status).toBe('succeeded');
  });

  it('that a policy leaves to firstmate is carried out only if the rules say so again', async () => {
    const verdict = { ...makePlan().verdict, automatic: true as const };
    const entry = { type: 'scale', requireApproval: false, approvers: [] } as const;
    const bounds = { maxVersionsBack: null, minReplicas: null, maxReplicas: null };
    const leaving = async (label: string): Promise<World> => {
      const plain = await startExecution({}, makePlan({ verdict }));
      const [policy] = plain.script.catalog.policies;
      if (policy === undefined) throw new Error('the world has a policy');
      const policies = [{ ...policy, allowedActions: [{ ...entry, ...bounds }] }];
      plain.script.catalog = { ...plain.script.catalog, policies };
      const sure = {
        id: 'h',
        category: 'unknown',
        says: '',
        confidence: 'high',
        evidence: [],
        propose: [],
      } as const;
      await act(
        plain.executing,
        INCIDENT,
        { do: 'conclude', hypotheses: [sure], ruledOut: [], says: '' },
        { actor: FIRSTMATE, cause: null },
      );
      const shop = { metadata: { name: 'shop', labels: { 'firstmate.dev/safe-for-auto': label } } };
      const seen = { status: 'ok', text: '', facts: {}, objects: [shop], requests: 1 } as const;
      const clusters = { ...plain.executing.clusters, reader: () => ({ read: async () => seen }) };
      const environmentOf = () => ({ name: 'staging', mode: 'auto' }) as const;
      return { ...plain, executing: { ...plain.executing, clusters, environmentOf } };
    };
    const left = await leaving('true');
    await run(left);
    expect((await left.load()).plans[0]).toMatchObject({ status: 'succeeded', votes: [] });

    const taken = await leaving('false');
    await run(taken);
    expect((await taken.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: expect.stringContaining('has no label firstmate.dev/safe-for-auto'),
    });
    expect([left.sent, taken.sent]).toEqual([[0], []]);
  });

  it('of which the hour has had its fill is voided, and nothing is written', async () => {
    const world = await startExecution();
    const [policy] = world.script.catalog.policies;
    if (policy === undefined) throw new Error('the world has a policy');
    const policies = [{ ...policy, limits: { changesPerHour: 2 } }];
    world.script.catalog = { ...world.script.catalog, policies };
    const had = (count: number) => ({ ...world.executing.ledger, changesSince: async () => count });
    await run({ ...world, executing: { ...world.executing, ledger: had(2) } });
    expect((await world.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: expect.stringContaining('3 changes an hour, at most 2 allowed'),
    });
    expect(world.sent).toEqual([]);
  });

  it('is voided when its policy or its runbook changed', async () => {
    for (const part of ['policies', 'runbooks'] as const) {
      const world = await startExecution();
      world.script.catalog = { ...world.script.catalog, [part]: [] };
      await run(world);
      expect((await world.load()).plans[0]?.status).toBe('voided');
      expect(world.sent).toEqual([]);
    }
  });

  it('is voided when it is older than its time, or writes are paused', async () => {
    const late = await startExecution();
    late.clock.advance(31 * 60_000);
    await run(late);
    expect((await late.load()).plans[0]?.status).toBe('voided');

    const paused = await startExecution();
    await pauseWrites(
      { ledger: paused.store.ledger, clock: paused.clock },
      { actor: human('UADA'), reason: 'freeze' },
    );
    await run(paused);
    expect((await paused.load()).plans[0]).toMatchObject({
      status: 'voided',
      says: expect.stringContaining('freeze'),
    });
    expect([...late.sent, ...paused.sent]).toEqual([]);
  });

  it('claims nothing new while the process stops', async () => {
    const world = await startExecution();
    const stop = new AbortController();
    stop.abort();
    await run(world, stop.signal);
    expect(await world.types()).toEqual([]);
    expect(world.sent).toEqual([]);
  });
});

describe('a drain', () => {
  const PATIENCE_MS = 60_000;
  const eviction = (name: string) =>
    ({
      method: 'POST',
      path: `/api/v1/namespaces/shop/pods/${name}/eviction`,
      contentType: 'application/json',
      body: { kind: 'Eviction' },
      arrival: { kind: 'uid_gone', uid: `uid-of-${name}` },
      patienceMs: PATIENCE_MS,
    }) as const;
  const PLAN = makePlan({ requests: [eviction('a'), eviction('b')] });
  const busy = { outcome: 'refused', status: 429, says: 'its budget', retryAfterMs: 5_000 } as const;
  const applied = { outcome: 'applied', status: 201, says: 'evicted' } as const;
  const elapsed = async (world: World) =>
    Date.parse(world.clock.now()) - Date.parse((await world.load()).plans[0]?.executedAt ?? '');

  it('asks a disruption budget again until it lets the pod go, then goes on to the next', async () => {
    const world = await startExecution({ write: [busy, busy, busy, busy, busy, applied] }, PLAN);
    await run(world);
    expect(world.sent).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect((await world.load()).plans[0]?.status).toBe('succeeded');
  });

  it('gives up when its one deadline is over, and says how far it came', async () => {
    const world = await startExecution({ write: [busy, busy, applied, busy] }, PLAN);
    await run(world);
    const [plan] = (await world.load()).plans;
    expect(plan).toMatchObject({ status: 'failed', says: 'its budget 1 of 2 changes were made.' });
    expect(world.sent.filter((index) => index === 1).length).toBeGreaterThan(3);
    expect(await elapsed(world)).toBeLessThan(PATIENCE_MS);
    expect(await elapsed(world)).toBeGreaterThan(PATIENCE_MS - 2 * busy.retryAfterMs);
  });

  it('waits on after a stop, for a refusal leaves an eviction unspent; not when its time is over', async () => {
    const stopped = async () => {
      const world = await startExecution({ write: [busy] }, PLAN);
      const stop = new AbortController();
      const { clusters } = world.executing;
      const writer = clusters.writer('prod');
      if (writer === undefined) throw new Error('no writer');
      const stopping = {
        ...writer,
        write: (...given: Parameters<typeof writer.write>) => {
          if (world.sent.length === 3) stop.abort();
          return writer.write(...given);
        },
      };
      await run(
        { ...world, executing: { ...world.executing, clusters: { ...clusters, writer: () => stopping } } },
        stop.signal,
      ).catch(() => undefined);
      world.script.write = [applied];
      return world;
    };
    const soon = await stopped();
    expect((await soon.load()).plans[0]?.status).toBe('executing');
    await run(soon);
    expect(soon.sent).toEqual([0, 0, 0, 0, 0, 1]);
    expect((await soon.load()).plans[0]?.status).toBe('succeeded');

    const late = await stopped();
    late.clock.advance(PATIENCE_MS);
    await run(late);
    expect(late.sent).toEqual([0, 0, 0, 0]);
    expect((await late.load()).plans[0]?.status).toBe('failed');
  });
});
