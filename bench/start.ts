import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { incidentId } from '../src/core/ids.ts';
import { openStore } from '../src/store/sqlite/open.ts';
import { healed, rollback, T0 } from '../test/store/events.ts';
import type { Bench } from './bench.ts';
import { startBot } from './processes.ts';
import { median, round } from './statistics.ts';
import { startWorld, type World } from './world.ts';

const STARTS = 7;
const INCIDENTS = 1_000;
/** By then the start is over and its garbage is likely gone. */
const IDLE_AFTER_MS = 3_000;

/**
 * From the spawn of `firstmate start` to the first 200 of /readyz, and the resident memory of an idle bot: on a
 * fresh database, and on one with a thousand incidents. There is no target: the figures are to be compared.
 */
export const start: Bench = {
  name: 'start',
  async run(say) {
    const world = await startWorld();
    try {
      say(`storing ${INCIDENTS} incidents`);
      const full = join(world.folder, 'full.db');
      const events = await store(full);
      const fresh = await startsOn(world, null, say);
      const stored = await startsOn(world, full, say);
      return {
        n: { starts: STARTS, storedIncidents: INCIDENTS, storedEvents: events },
        targets: [],
        figures: { fresh, withStoredIncidents: stored },
      };
    } finally {
      await world.end();
    }
  },
};

/** Starts it again and again on copies of one database, or on none. */
async function startsOn(world: World, database: string | null, say: (progress: string) => void) {
  const ready: number[] = [];
  const resident: number[] = [];
  const what = database === null ? 'fresh' : 'stored';
  for (let number = 1; number <= STARTS; number += 1) {
    const file = join(world.folder, `${what}-${number}.db`);
    if (database !== null) await copyFile(database, file);
    const bot = await startBot(world.environment(file), join(world.folder, `${what}.log`));
    ready.push(bot.readyAfterMs);
    // A moment of idling for some of them is enough; the others are for the time.
    if (number > STARTS - 3) {
      await delay(IDLE_AFTER_MS);
      const mib = bot.residentMiB();
      if (mib !== null) resident.push(mib);
    }
    await bot.end();
  }
  const readyAfterMs = { median: round(median(ready)), max: round(Math.max(...ready)) };
  const residentMiB = resident.length === 0 ? null : round(median(resident));
  say(`${what}: ready after ${readyAfterMs.median} ms, ${residentMiB} MiB`);
  return { readyAfterMs, residentMiB };
}

/** Healed incidents, each with its messages delivered, through the store's own API. Gives how many events they have. */
async function store(file: string): Promise<number> {
  // In memory first: a thousand incidents are tens of thousands of commits.
  const memory = await openStore({ file: ':memory:', clock: () => new Date(T0) });
  let count = 0;
  for (let number = 1; number <= INCIDENTS; number += 1) {
    const id = incidentId(2026, number);
    const events = healed(id, rollback(id));
    const appended = await memory.ledger.append(id, 0, events, T0);
    if (appended.status === 'conflict') throw new Error(`conflict: ${appended.reason}`);
    count += events.length;
  }
  for (const lane of await memory.outbox.lanes()) {
    for (let row = await memory.outbox.head(lane); row !== null; row = await memory.outbox.head(lane)) {
      await memory.outbox.claim(row.key, T0);
      await memory.outbox.sent(row.key, { channel: 'C1', ts: '1.000001', sentAt: T0 }, T0);
    }
  }
  await memory.checkpoint(T0);
  await memory.backup(file);
  await memory.close();
  return count;
}
