import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firingAlerts, type Incident } from '../../src/core/incident.ts';
import { alertKey } from '../../src/core/incident-alerts.ts';
import { readDelivery } from '../../src/ingest/alert-sources.ts';
import { type History, histories, type Sent } from './receiving-history.ts';
import { type Known, startReceivingWorld } from './receiving-world.ts';

/** Between two deliveries: nothing, the process goes on, restarts or dies, or time passes. */
type Between = 'wait' | 'handle' | 'restart' | 'die' | { readonly rest: number };

type Run = {
  readonly history: History;
  readonly order: readonly { readonly sent: Sent; readonly between: Between }[];
};

const between: fc.Arbitrary<Between> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Between>('wait') },
  { weight: 4, arbitrary: fc.constant<Between>('handle') },
  { weight: 1, arbitrary: fc.constant<Between>('restart') },
  { weight: 1, arbitrary: fc.constant<Between>('die') },
  { weight: 2, arbitrary: fc.record({ rest: fc.constantFrom(0, 30, 600, 7_200) }) },
);

/** Every delivery once at least, some again, in any order. */
const runs: fc.Arbitrary<Run> = histories.chain((history) => {
  const all = history.sent.map((_, index) => index);
  return fc.subarray(all).chain((again) => {
    const twice = [...all, ...again];
    return fc
      .record({
        order: fc.shuffledSubarray(twice, { minLength: twice.length }),
        between: fc.array(between, { minLength: twice.length, maxLength: twice.length }),
      })
      .map((dice) => ({
        history,
        order: dice.order.flatMap((index, place) => {
          const [sent, then] = [history.sent[index], dice.between[place]];
          return sent === undefined || then === undefined ? [] : [{ sent, between: then }];
        }),
      }));
  });
});

async function receive(order: Run['order']): Promise<Known> {
  const world = await startReceivingWorld();
  for (const { sent, between: then } of order) {
    await world.put(sent);
    if (then === 'wait') continue;
    if (then === 'die') await world.handleAndDie();
    else await world.handle();
    if (then === 'restart') world.restart();
    if (typeof then === 'object') await world.rest(then.rest);
  }
  await world.handle();
  expect(world.errors).toEqual([]);
  expect(await world.store.inbox.pending(1)).toEqual([]);
  expect((await world.store.verify(null)).fault).toBeNull();
  return world.known();
}

const inOrder = (history: History): Run['order'] => history.sent.map((sent) => ({ sent, between: 'handle' }));

function open(known: Known): readonly Incident[] {
  return known.incidents.filter((incident) => incident.status !== 'resolved');
}

/** `source/fingerprint` of each alert that an incident shows as firing. */
function firingIn(incidents: readonly Incident[]): readonly string[] {
  return incidents.flatMap((incident) => firingAlerts(incident).map(alertKey)).sort();
}

describe('any interleaving and any doubles of what was sent', () => {
  it('end in the state that it ends in when all comes once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async ({ history, order }) => {
        const reference = await receive(inOrder(history));
        const known = await receive(order);
        if (history.firing !== null) expect(reference.firing).toEqual(history.firing);
        expect(known.firing).toEqual(reference.firing);

        // Each alert that fires is shown so by one open incident, and none that ended is by any.
        const shown = known.firing.filter((name) => !history.quiet.has(name));
        expect(firingIn(open(known))).toEqual(shown);
        expect(firingIn(known.incidents)).toEqual(shown);

        const keys = open(known).map(({ correlationKey }) => correlationKey);
        expect(keys.toSorted()).toEqual([...new Set(keys)].sort());

        for (const group of certain(history)) expect(known.hidden[group]).toBe(reference.hidden[group]);
        for (const incident of known.incidents) {
          // No incident waits for alerts of a group that is told whole again.
          for (const [group, count] of Object.entries(incident.hidden))
            if (incident.status !== 'resolved' && count > 0) expect(known.hidden[group]).toBeGreaterThan(0);
          const held =
            firingAlerts(incident).length > 0 || Object.values(incident.hidden).some((count) => count > 0);
          expect(incident.clearSince === null).toBe(held);
        }
      }),
      { numRuns: 100 },
    );
  }, 120_000);
});

/**
 * Groups whose newest deliveries agree. A notification has no time of its own: of two whose alerts name the same
 * latest time, nobody can tell which is the newer.
 */
function certain({ sent }: History): readonly string[] {
  const newest = new Map<string, { at: number; hidden: Set<number> }>();
  for (const { source, kind, body } of sent.filter(({ kind }) => kind === 'alertmanager')) {
    const told = readDelivery({ id: '', source, kind, receivedAt: '', body }, [
      { name: source, kind, cluster: { name: 'prod' }, secret: null, repeats: null },
    ]);
    const at = Math.max(
      ...told.alerts.flatMap(({ startsAt, endsAt }) =>
        [startsAt, ...(endsAt === null ? [] : [endsAt])].map(Date.parse),
      ),
    );
    const group = `${source} ${told.groupKey}`;
    const known = newest.get(group);
    if (known === undefined || at > known.at) newest.set(group, { at, hidden: new Set([told.hidden]) });
    else if (at === known.at) known.hidden.add(told.hidden);
  }
  return [...newest].filter(([, { hidden }]) => hidden.size === 1).map(([group]) => group);
}
