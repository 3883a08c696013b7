import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asOf } from '../../src/core/alert.ts';
import { firingAlerts, type Incident } from '../../src/core/incident.ts';
import { alertKey } from '../../src/core/incident-alerts.ts';
import { readDelivery } from '../../src/ingest/alert-sources.ts';
import { type History, histories, type Sent } from './receiving-history.ts';
import { type Known, SOURCES, startReceivingWorld } from './receiving-world.ts';

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

/** Every delivery once at least, some again, in any order; now and then some never arrive. */
const runs: fc.Arbitrary<Run> = histories.chain((whole) => {
  const indices = whole.sent.map((_, index) => index);
  const lost = fc.oneof(
    { weight: 3, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.subarray(indices) },
  );
  return fc.tuple(lost, fc.subarray(indices)).chain(([gone, again]) => {
    const arrives = (index: number): boolean => !gone.includes(index);
    const twice = [...indices, ...again].filter(arrives);
    const history: History = {
      ...whole,
      sent: whole.sent.filter((_, index) => arrives(index)),
      firing: gone.length === 0 ? whole.firing : null,
    };
    return fc
      .record({
        order: fc.shuffledSubarray(twice, { minLength: twice.length }),
        between: fc.array(between, { minLength: twice.length, maxLength: twice.length }),
      })
      .map((dice) => ({
        history,
        order: dice.order.flatMap((index, place) => {
          const [sent, then] = [whole.sent[index], dice.between[place]];
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
        const told = reference.firing.filter((name) => !name.startsWith('pager/'));
        if (history.firing !== null) expect(told).toEqual(history.firing);
        for (const { page } of lastPages(history))
          if (page !== null) expect(reference.firing.includes(page.alert)).toBe(page.open);
        expect(known.firing).toEqual(reference.firing);

        // Each alert that fires is shown so by one open incident, and none that ended is by any.
        const shown = known.firing.filter((name) => !history.quiet.has(name));
        expect(firingIn(open(known))).toEqual(shown);
        expect(firingIn(known.incidents)).toEqual(shown);

        const keys = open(known).map(({ correlationKey }) => correlationKey);
        expect(keys.toSorted()).toEqual([...new Set(keys)].sort());

        // Two senders that tell the same are two problems, unless something else brings them together.
        for (const { alerts, joined } of known.incidents)
          if (joined.length === 0)
            expect(new Set(Object.values(alerts).map(({ source }) => source)).size).toBeLessThan(2);

        for (const { group, source, named } of newest(history)) {
          expect(known.hidden[group]).toBe(reference.hidden[group]);
          // While some are left out, what was told of the others ends no incident.
          for (const fingerprint of named) {
            const id = known.toldIn[`${source}/${fingerprint}`];
            const incident = open(known).find((one) => one.id === id);
            if (incident !== undefined) expect(incident.hidden[group] ?? 0).toBe(known.hidden[group]);
          }
        }
        for (const incident of known.incidents) {
          // No incident waits for alerts of a group that is told whole again.
          for (const [group, count] of Object.entries(incident.hidden))
            if (incident.status !== 'resolved' && count > 0) expect(known.hidden[group]).toBeGreaterThan(0);
          const held =
            firingAlerts(incident).length > 0 || Object.values(incident.hidden).some((count) => count > 0);
          expect(incident.clearSince === null).toBe(held);
        }
      }),
      // A failure is made smaller for as long at most, and then told.
      { numRuns: 120, interruptAfterTimeLimit: 60_000 },
    );
  }, 120_000);
});

/** The last word on each of the pager's incidents. */
function lastPages({ sent }: History): readonly Sent[] {
  return [...new Map(sent.map((one) => [one.page?.alert, one])).values()];
}

type Newest = { readonly group: string; readonly source: string; readonly named: ReadonlySet<string> };

/**
 * The newest deliveries of each group, and the alerts that they name, where they agree on how many they left out. A
 * notification has no time of its own: of two whose alerts name the same latest time nobody can tell which is newer.
 */
function newest({ sent }: History): readonly Newest[] {
  const groups = new Map<
    string,
    Newest & { at: string; hidden: number; agree: boolean; named: Set<string> }
  >();
  for (const { source, kind, body, page } of sent) {
    if (page !== null) continue;
    const told = readDelivery({ id: '', source, kind, receivedAt: '', body }, SOURCES);
    const group = `${source} ${told.groupKey}`;
    const [at, named] = [asOf(told.alerts), told.alerts.map(({ fingerprint }) => fingerprint)];
    const known = groups.get(group);
    if (known === undefined || at > known.at)
      groups.set(group, { group, source, at, hidden: told.hidden, agree: true, named: new Set(named) });
    else if (at === known.at) {
      known.agree &&= known.hidden === told.hidden;
      for (const name of named) known.named.add(name);
    }
  }
  return [...groups.values()].filter(({ agree }) => agree);
}
