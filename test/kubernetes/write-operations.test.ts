import { describe, expect, it } from 'vitest';
import { REGISTRY, type WriteOperation } from '../../src/core/operation.ts';
import type { Draft } from '../../src/core/plan.ts';
import { WRITE_SPECS } from '../../src/core/write-operations.ts';
import { about, approve, asAdmin, connectPlayground } from './fixture.ts';
import { podsOf, prepareWorld, WRITE_LINES, writeOf } from './write-cases.ts';

const { signal } = new AbortController();

type Connected = Awaited<ReturnType<typeof connectPlayground>>;

async function rehearsed(connected: Connected, operation: WriteOperation, plan = 'p1'): Promise<Draft> {
  const rehearsal = await connected.rehearser.rehearse(operation, about(plan));
  if (rehearsal.status === 'failed') throw new Error(rehearsal.says);
  return rehearsal.draft;
}

/** Everything that people wrote into an object, without the server's own and our mark. */
async function stored(connected: Connected, draft: Draft): Promise<unknown> {
  const objects = draft.requests.map(({ path }) =>
    asAdmin(connected.playground, 'GET', path.replace(/\/eviction$/, '')),
  );
  return (await Promise.all(objects)).map(({ metadata, spec }) => {
    const { labels, annotations, name } = { labels: {}, annotations: {}, ...metadata };
    const own = Object.entries(annotations).filter(([key]) => !/firstmate\.dev|kubernetes\.io/.test(key));
    return { name, labels, annotations: Object.fromEntries(own), spec: withoutTimes(spec) };
  });
}

/** A taint that comes again has another time. */
function withoutTimes(spec: unknown): unknown {
  return JSON.parse(JSON.stringify(spec ?? null, (key, value) => (key === 'timeAdded' ? undefined : value)));
}

describe('every write of the registry', () => {
  it('has a line here', () => {
    const writes = REGISTRY.filter(({ actionType }) => actionType !== null).map(({ verb }) => verb);
    expect(Object.keys(WRITE_LINES).toSorted()).toEqual(writes.toSorted());
    for (const [verb, lines] of Object.entries(WRITE_LINES)) {
      expect(lines.map((line) => writeOf(line, { pod: 'web-0' }).verb)).toEqual(lines.map(() => verb));
    }
  });

  it('leaves nothing stored different after its rehearsal, and sends dry runs only', async () => {
    const connected = await connectPlayground('bad-release');
    const { playground } = connected;
    const world = await prepareWorld(playground);
    const before = playground.snapshot();
    for (const line of Object.values(WRITE_LINES).flat()) {
      const seen = playground.requests.length;
      const draft = await rehearsed(connected, writeOf(line, world));
      expect(playground.snapshot(), line).toEqual(before);
      const changes = playground.requests.slice(seen).filter(({ method }) => method !== 'GET');
      expect(changes, line).toHaveLength(draft.requests.length);
      expect(changes.every(({ dryRun, user }) => dryRun && user.endsWith('writer'))).toBe(true);
      expect(draft.diff.length, line).toBeGreaterThanOrEqual(draft.requests.length);
    }
  });

  it.each(Object.entries(WRITE_LINES))(
    '%s: written once, found by its mark, and taken back',
    async (_, lines) => {
      const connected = await connectPlayground('bad-release');
      await prepareWorld(connected.playground);
      for (const line of lines) {
        const operation = writeOf(line, { pod: await aPod(connected) });
        const draft = await rehearsed(connected, operation);
        await refusesAnother(connected, draft, operation);
        const first = { ...draft, requests: draft.requests.slice(0, 1) };
        const before = draft.inverse === null ? null : await stored(connected, first);
        await carryOut(connected, draft, operation);
        if (draft.inverse === null) {
          expect(WRITE_SPECS[operation.verb].takenBackBy, line).toEqual([]);
          continue;
        }
        const back = draft.inverse.operation;
        expect(WRITE_SPECS[operation.verb].takenBackBy, line).toContain(back.verb);
        expect(writeOf(draft.inverse.command, { pod: '' })).toEqual(back);
        expect(await stored(connected, first), line).not.toEqual(before);
        await carryOut(connected, await rehearsed(connected, back, 'p2'), back);
        expect(await stored(connected, first), line).toEqual(before);
      }
    },
  );
});

async function aPod({ playground }: Connected): Promise<string> {
  const pods = await podsOf(playground, 'labelSelector=app=checkout');
  return pods.at(-1) ?? '';
}

/** The same plan with another UID in it: the object was made anew since. */
async function refusesAnother(connected: Connected, draft: Draft, operation: WriteOperation): Promise<void> {
  const { playground, writer } = connected;
  const uid = draft.targets[0]?.uid ?? '';
  const { plan, approved } = approve(JSON.parse(JSON.stringify(draft).replaceAll(uid, 'another')), operation);
  const before = playground.snapshot();
  expect(await writer.recheck(plan, signal)).toMatchObject({ status: 'changed' });
  expect(await writer.write(approved, 0, signal)).toMatchObject({ outcome: 'refused' });
  expect(playground.snapshot()).toEqual(before);
}

async function carryOut(connected: Connected, draft: Draft, operation: WriteOperation): Promise<void> {
  const { plan, approved } = approve(draft, operation);
  const { writer } = connected;
  expect(await writer.recheck(plan, signal)).toEqual({ status: 'holds' });
  for (const index of draft.requests.keys()) {
    expect(await writer.arrival(plan, index, signal)).toMatchObject({ status: 'not_arrived' });
    expect(await writer.write(approved, index, signal)).toMatchObject({ outcome: 'applied' });
    expect(await writer.arrival(plan, index, signal)).toMatchObject({ status: 'arrived' });
  }
}
