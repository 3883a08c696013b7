import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { atLeast, type Bench } from './bench.ts';
import { startBot, startHelper } from './processes.ts';
import { median, round } from './statistics.ts';
import { startWorld } from './world.ts';

const BODY = join(import.meta.dirname, 'fixtures', 'alertmanager-0.25-first-fire.json');
const ROUNDS = 5;
const DELIVERIES = 4_000;
const WARM_UP = 1_000;
const CONNECTIONS = 16;

/**
 * Durable ingest: deliveries that the whole product accepts over HTTP, one commit each, as a share of what
 * better-sqlite3 alone commits of the same rows on the same disk. The two take turns, so that a machine that is busy
 * is busy for both; the share is the median of the rounds'.
 */
export const ingest: Bench = {
  name: 'ingest',
  async run(say) {
    const world = await startWorld();
    const database = join(world.folder, 'firstmate.db');
    const bare = join(world.folder, 'bare.db');
    const bot = await startBot(world.environment(database), join(world.folder, 'bot.log'));
    const url = `${bot.url}/webhooks/alertmanager/default`;
    const accept = (deliveries: number) =>
      timed('ingest-client.ts', { url, deliveries, connections: CONNECTIONS });
    const commit = (deliveries: number) => timed('ingest-bare.ts', { database: bare, deliveries });
    try {
      await accept(WARM_UP);
      await commit(WARM_UP);
      await settled(database);
      const rounds: { accepted: number; committed: number; share: number; handledAfterMs: number }[] = [];
      for (let round_ = 1; round_ <= ROUNDS; round_ += 1) {
        const before = await commit(DELIVERIES);
        const accepted = await accept(DELIVERIES);
        const handledAfterMs = await settled(database);
        const after = await commit(DELIVERIES);
        const committed = (before + after) / 2;
        rounds.push({ accepted, committed, share: accepted / committed, handledAfterMs });
        say(`round ${round_} of ${ROUNDS}: ${Math.round(accepted)}/s of ${Math.round(committed)}/s`);
      }
      const stored = storedIn(database);
      const sent = WARM_UP + ROUNDS * DELIVERIES;
      if (stored !== sent) throw new Error(`${sent} deliveries were accepted, ${stored} are stored`);
      return {
        n: { rounds: ROUNDS, deliveriesPerRound: DELIVERIES, connections: CONNECTIONS },
        targets: [
          atLeast(
            'share of what bare better-sqlite3 commits',
            0.5,
            round(median(rounds.map((r) => r.share))),
          ),
        ],
        figures: {
          bodyBytes: readFileSync(BODY).length,
          acceptedPerSecond: rounds.map((r) => Math.round(r.accepted)),
          bareCommitsPerSecond: rounds.map((r) => Math.round(r.committed)),
          shares: rounds.map((r) => round(r.share)),
          // The inbox was handled while it filled; what was left when the last delivery had been answered took this long.
          handledAfterMs: rounds.map((r) => Math.round(r.handledAfterMs)),
        },
      };
    } finally {
      await bot.end();
      await world.end();
    }
  },
};

/** Runs a helper to its end and gives deliveries per second. */
async function timed(file: string, options: { deliveries: number; [name: string]: string | number }) {
  const args = Object.entries({ ...options, body: BODY }).map(([name, value]) => `--${name}=${value}`);
  const helper = startHelper(file, args);
  const line = await helper.line();
  await helper.end();
  if (typeof line !== 'object' || line === null || !('seconds' in line) || typeof line.seconds !== 'number')
    throw new Error(`${file} printed no seconds`);
  return options.deliveries / line.seconds;
}

/** Milliseconds until the inbox is empty. */
async function settled(database: string): Promise<number> {
  const began = performance.now();
  const db = new SQLite(database, { readonly: true });
  const pending = db.prepare(`SELECT 1 FROM inbox WHERE state = 'pending' LIMIT 1`);
  while (pending.get() !== undefined) await delay(10);
  db.close();
  return performance.now() - began;
}

function storedIn(database: string): number {
  const db = new SQLite(database, { readonly: true });
  const row = db.prepare<[], { stored: number }>('SELECT count(*) AS stored FROM inbox').get();
  db.close();
  return row?.stored ?? 0;
}
