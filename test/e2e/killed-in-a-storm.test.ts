import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { incidentId } from '../../src/core/ids.ts';
import { firingCount, type Incident } from '../../src/core/incident.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { type Harbour, startHarbour } from '../crash/harbour.ts';
import { firingAtTheEnd, storm } from '../storm/alerts.ts';
import { sendStorm } from '../storm/peers.ts';
import { differing, readStormStore, type StormStore } from '../storm/store.ts';

const SIZE = { groups: 40, alertsPerGroup: 50, durationMs: 60_000 };
const TIMES = { waitMs: 2_000, intervalMs: 20_000 };
/** The bot is killed at these answers, in the midst of others, and once more when the last was given. */
const KILLED_AT: readonly number[] = [50, 120];
const LOOK_EVERY_MS = 100;
const LIMIT_MS = 60_000;

let harbour: Harbour;
let store: StormStore | undefined;
let stop = async (): Promise<void> => {};
afterEach(async () => {
  await stop();
  store?.close();
  await harbour.end();
});

describe('the bot, killed again and again while two Alertmanagers tell of a storm', () => {
  it(
    'loses nothing that it answered with 202, and posts nothing twice',
    async () => {
      harbour = await startHarbour('start');
      const groups = storm(SIZE);
      stop = keepStarted(harbour);
      let killed = 0;
      const sent = await sendStorm(groups, {
        url: `${harbour.url}/webhooks/alertmanager/default`,
        times: TIMES,
        beganAt: Date.now() - SIZE.durationMs,
        pace: 'flat_out',
        connections: 8,
        answered(count) {
          if (count !== KILLED_AT[killed]) return;
          killed += 1;
          harbour.kill();
        },
      });
      harbour.kill();
      const here = readStormStore(harbour.database);
      store = here;
      const infos = groups.flatMap(({ alerts }) => alerts.filter(({ labels }) => labels.severity === 'info'));
      const storedOnly = new Set(infos.map(({ fingerprint }) => fingerprint));
      const told = {
        firing: sent.firing.filter((one) => !storedOnly.has(one)),
        resolved: sent.resolved.filter((one) => !storedOnly.has(one)),
      };
      await until('all is handled', async () => here.unhandled() === 0);
      expect(killed).toBe(KILLED_AT.length);
      expect(sent.refused[0]).toBeGreaterThan(0);
      expect(new Set(sent.firing)).toEqual(firingAtTheEnd(groups));
      expect(differing(sent, here.remembered())).toBe(0);
      expect(differing(told, here.inIncidents())).toBe(0);
      await until('the timelines count all', async () => {
        const counts = (await incidentsIn(harbour.database)).map(firingCount);
        return counts.reduce((sum, count) => sum + count, 0) === told.firing.length;
      });
      await until('all is told', async () => here.unsent() === 0);
      await stop();

      const keys = await harbour.postKeys();
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.toSorted()).toEqual([...new Set(keys)].sort());
      expect(await harbour.verify()).toBeNull();
      const open = (await incidentsIn(harbour.database)).filter(({ status }) => status !== 'resolved');
      const problems = open.map(({ correlationKey }) => correlationKey);
      expect(problems.toSorted()).toEqual([...new Set(problems)].sort());
    },
    LIMIT_MS * 3,
  );
});

/** Starts the bot whenever it does not run; gives what ends that. */
function keepStarted(kept: Harbour): () => Promise<void> {
  let over = false;
  const keeping = (async () => {
    while (!over) {
      if (!kept.alive) kept.start();
      await delay(LOOK_EVERY_MS);
    }
  })();
  return async () => {
    over = true;
    await keeping;
  };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}\n${harbour.log().slice(-3_000)}`);
    await delay(LOOK_EVERY_MS);
  }
}

async function incidentsIn(database: string): Promise<readonly Incident[]> {
  const read = await openStore({ file: database, clock: () => new Date(), mode: 'read' });
  const found: Incident[] = [];
  for (let number = 1; ; number += 1) {
    const incident = await read.ledger.load(incidentId(new Date().getUTCFullYear(), number));
    if (incident === null) break;
    found.push(incident);
  }
  await read.close();
  return found;
}
