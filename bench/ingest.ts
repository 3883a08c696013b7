import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { atLeast, type Bench } from './bench.ts';
import { startBot, startHelper } from './processes.ts';
import { median, round } from './statistics.ts';
import { startWorld } from './world.ts';

const BODY = join(import.meta.dirname, 'fixtures', 'alertmanager-0.25-first-fire.body');
const ROUNDS = 7;
const DELIVERIES = 3_000;
const CONNECTIONS = 16;

/**
 * Durable ingest: deliveries that the whole product accepts over HTTP, each answered after it was committed, as a
 * share of what better-sqlite3 alone commits of the same rows, one by one, on the same disk. The two take turns, so that a machine that is busy
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
    const accept = async (): Promise<Timed> => {
      const waited = bot.waitedForCoreMs() ?? 0;
      const { tookMs } = await timed('ingest-client.ts', { url, connections: CONNECTIONS });
      return { tookMs, waitedMs: (bot.waitedForCoreMs() ?? 0) - waited };
    };
    const commit = () => timed('ingest-bare.ts', { database: bare });
    try {
      await accept();
      await commit();
      await settled(database);
      const rounds: Round[] = [];
      for (let number = 1; number <= ROUNDS; number += 1) {
        const before = await commit();
        const accepted = await accept();
        const handledAfterMs = await settled(database);
        const round = { bare: mean(before, await commit()), accepted, handledAfterMs };
        rounds.push(round);
        say(`round ${number} of ${ROUNDS}: ${perSecond(accepted)}/s of ${perSecond(round.bare)}/s`);
      }
      const stored = storedIn(database);
      const sent = (1 + ROUNDS) * DELIVERIES;
      if (stored !== sent) throw new Error(`${sent} deliveries were accepted, ${stored} are stored`);
      return {
        n: { rounds: ROUNDS, deliveriesPerRound: DELIVERIES, connections: CONNECTIONS },
        targets: [
          atLeast('share of what bare better-sqlite3 commits', 0.5, round(median(rounds.map(shareOf)))),
        ],
        figures: {
          bodyBytes: readFileSync(BODY).length,
          acceptedPerSecond: rounds.map(({ accepted }) => perSecond(accepted)),
          bareCommitsPerSecond: rounds.map((one) => perSecond(one.bare)),
          shares: rounds.map((one) => round(shareOf(one))),
          // On a machine that others use too, the bot, which shares it with the client, waits for a core more often
          // than the bare side, which has it alone. This is the share with both waits taken out.
          sharesWithoutWaitingForACore: rounds.map((one) => round(shareRunning(one))),
          // The inbox was handled while it filled; what was left after the last answer took this long.
          handledAfterMs: rounds.map((one) => Math.round(one.handledAfterMs)),
        },
      };
    } finally {
      await bot.end();
      await world.end();
    }
  },
};

/** `waitedMs`: the part of it in which the process was ready to run and had no core. */
type Timed = { readonly tookMs: number; readonly waitedMs: number };
type Round = { readonly bare: Timed; readonly accepted: Timed; readonly handledAfterMs: number };

function shareOf({ bare, accepted }: Round): number {
  return bare.tookMs / accepted.tookMs;
}

function shareRunning({ bare, accepted }: Round): number {
  return (bare.tookMs - bare.waitedMs) / (accepted.tookMs - accepted.waitedMs);
}

function mean(one: Timed, other: Timed): Timed {
  return { tookMs: (one.tookMs + other.tookMs) / 2, waitedMs: (one.waitedMs + other.waitedMs) / 2 };
}

function perSecond({ tookMs }: Timed): number {
  return Math.round((DELIVERIES / tookMs) * 1000);
}

/** Runs a helper to its end; each of them makes DELIVERIES of the captured body. */
async function timed(file: string, options: { [name: string]: string | number }): Promise<Timed> {
  const args = Object.entries({ ...options, deliveries: DELIVERIES, body: BODY });
  const helper = startHelper(
    file,
    args.map(([name, value]) => `--${name}=${value}`),
  );
  const line = (await helper.line()) as Timed;
  await helper.end();
  return line;
}

/** Milliseconds until the inbox is empty. */
async function settled(database: string): Promise<number> {
  const began = performance.now();
  const db = new SQLite(database, { readonly: true });
  const pending = db.prepare(
    'SELECT 1 FROM inbox WHERE position > (SELECT position FROM inbox_handled) LIMIT 1',
  );
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
