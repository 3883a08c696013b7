import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CAUSES } from '../test/storm/alerts.ts';
import type { Sent } from '../test/storm/peers.ts';
import { differing, readStormStore, type StormStore } from '../test/storm/store.ts';
import { atMost, type Bench } from './bench.ts';
import { type Bot, startBot, startHelper } from './processes.ts';
import { quantile, round, spread } from './statistics.ts';
import { lookAtHeaders, type Seen } from './storm-headers.ts';
import { startWorld, type World } from './world.ts';

const DURATION_MS = 60_000;
const GROUP_INTERVAL_MS = 10_000;
const ALERTS_PER_GROUP = 100;
const GROUPS = 200;
const LOOK_AFTER_MS = 5_000;
/** Told all at once: how many groups, and ten times as many. */
const FEW_GROUPS = GROUPS / 10;
const CONNECTIONS = 16;
/** A bot that is not done by then counts as never done. */
const PATIENCE_MS = 180_000;

/**
 * A storm of 20,000 alerts in 200 groups, told over a minute by two Alertmanagers: every group again and again, growing.
 * The sender is a process of its own, and so is the bot; Slack, with the rate limits of the real one, and the cluster
 * are in this one. Then the same all at once, and a tenth of it, each with a fresh bot.
 */
export const storm: Bench = {
  name: 'storm',
  async run(say) {
    const minute = await inStorm(say, { groups: GROUPS, pace: 'real' });
    const few = await inStorm(say, { groups: FEW_GROUPS, pace: 'flat_out' });
    const many = await inStorm(say, { groups: GROUPS, pace: 'flat_out' });
    const { sent, seen } = minute;
    return {
      n: {
        alerts: GROUPS * ALERTS_PER_GROUP,
        groups: GROUPS,
        deliveries: sent.answerMs.length,
        causes: CAUSES.length,
      },
      targets: [
        atMost('deliveries that were not answered 202 at once', 0, refusals(sent)),
        atMost('answer time, p99, ms', 250, round(quantile(sent.answerMs, 0.99))),
        atMost('deliveries never handled', 0, minute.unhandled + few.unhandled + many.unhandled),
        atMost(
          "alerts whose state is not the sender's",
          0,
          minute.differing + few.differing + many.differing,
        ),
        atMost('peak resident memory, MiB', 400, round(minute.peakMiB)),
        atMost('channels', CAUSES.length, Math.max(seen.channels, minute.channels)),
        atMost('headers that are not the fold of the timeline, 5 s after', 0, seen.stale),
        atMost('firing alerts that the headers do not count, 5 s after', 0, seen.uncounted),
        atMost('time at ten times the alerts', 10, round(many.handledMs / few.handledMs)),
        atMost('peak memory at ten times the alerts', 10, round(many.peakMiB / few.peakMiB)),
      ],
      figures: { minute: figures(minute), allAtOnce: { few: figures(few), many: figures(many) } },
    };
  },
};

type Size = { readonly groups: number; readonly pace: 'real' | 'flat_out' };
type Told = Sent & { readonly lastedMs: number; readonly storedOnly: readonly string[] };
type Weathered = {
  readonly sent: Told;
  /** Some seconds after the last alert. */
  readonly seen: Seen;
  /** From the beginning until all was handled, or patience ended. */
  readonly handledMs: number;
  readonly unhandled: number;
  readonly differing: number;
  readonly incidents: number;
  readonly channels: number;
  readonly unsent: number;
  readonly peakMiB: number;
  readonly slackCalls: { readonly [method: string]: number };
};

async function inStorm(say: (progress: string) => void, size: Size): Promise<Weathered> {
  const world = await startWorld({ rateLimits: 'on' });
  const database = join(world.folder, 'firstmate.db');
  try {
    for (const scenario of ['bad-release', 'node-not-ready', 'etcd-quorum-lost'])
      world.cluster.breakScenario(scenario);
    const bot = await startBot(world.environment(database), join(world.folder, 'bot.log'));
    const store = readStormStore(database);
    try {
      say(`${size.groups * ALERTS_PER_GROUP} alerts, ${size.pace === 'real' ? 'in time' : 'all at once'}`);
      return await weather(world, { bot, store, database }, size, say);
    } finally {
      store.close();
      await bot.end();
    }
  } finally {
    await world.end();
  }
}

async function weather(
  world: World,
  { bot, store, database }: { bot: Bot; store: StormStore; database: string },
  size: Size,
  say: (progress: string) => void,
): Promise<Weathered> {
  const sender = startHelper(
    'storm-sender.ts',
    Object.entries({
      url: `${bot.url}/webhooks/alertmanager/default`,
      groups: size.groups,
      'alerts-per-group': ALERTS_PER_GROUP,
      'duration-ms': DURATION_MS,
      'group-interval-ms': GROUP_INTERVAL_MS,
      connections: size.pace === 'real' ? size.groups * 2 : CONNECTIONS,
      pace: size.pace,
    }).map(([name, value]) => `--${name}=${value}`),
  );
  const { beganAt } = (await sender.line()) as { beganAt: number };
  const sent = (await sender.line()) as Told;
  say(`told in ${round(sent.lastedMs / 1_000)} s; ${store.unhandled()} deliveries wait`);
  const all = handledAt(store, sent.answerMs.length);
  await delay(LOOK_AFTER_MS);
  const storedOnly = new Set(sent.storedOnly);
  const belonging = {
    firing: sent.firing.filter((name) => !storedOnly.has(name)),
    resolved: sent.resolved.filter((name) => !storedOnly.has(name)),
  };
  const seen = await lookAtHeaders(world, database, belonging.firing.length);
  const handledMs = (await all) - beganAt;
  await sender.end();
  const weathered = {
    sent,
    seen,
    handledMs,
    unhandled: store.unhandled() + (sent.answerMs.length - store.stored()),
    differing: Math.max(differing(sent, store.remembered()), differing(belonging, store.inIncidents())),
    incidents: store.incidents().length,
    channels: world.slack.channels().filter(({ name }) => name.startsWith('inc-')).length,
    unsent: store.unsent(),
    peakMiB: bot.peakResidentMiB() ?? 0,
    slackCalls: countBy(world.slack.calls.map(({ method }) => method)),
  };
  say(`handled after ${round(handledMs / 1_000)} s, ${round(weathered.peakMiB)} MiB`);
  return weathered;
}

const LOOK_EVERY_MS = 50;

/** The time at which so many deliveries were stored and none waited; the last look's when patience ended. */
async function handledAt(store: StormStore, deliveries: number): Promise<number> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until && (store.unhandled() > 0 || store.stored() < deliveries))
    await delay(LOOK_EVERY_MS);
  return Date.now();
}

function refusals({ refused }: Sent): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

function figures(run: Weathered) {
  const { sent, seen } = run;
  return {
    deliveries: sent.answerMs.length,
    mebibytesSent: round(sent.bytes / 2 ** 20),
    answerMs: spread(sent.answerMs),
    refused: sent.refused,
    toldInSeconds: round(sent.lastedMs / 1_000),
    handledInSeconds: round(run.handledMs / 1_000),
    deliveriesUnhandled: run.unhandled,
    peakResidentMiB: round(run.peakMiB),
    incidents: run.incidents,
    channels: run.channels,
    fiveSecondsAfter: seen,
    messagesUnsent: run.unsent,
    slackCalls: run.slackCalls,
  };
}

function countBy(names: readonly string[]): { readonly [name: string]: number } {
  const counts: { [name: string]: number } = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
