import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, startApp } from '../app.ts';
import { demoSettings } from '../config.ts';
import type { TimelineEvent } from '../core/events.ts';
import { parseIncidentId } from '../core/ids.ts';
import { timeOfDay } from '../core/one-line.ts';
import { sentence } from '../core/timeline-text.ts';
import { type PlaygroundAlertmanager, startPlaygroundAlertmanager } from '../playground/alertmanager.ts';
import { playDemoPersons } from '../playground/demo-person.ts';
import { findScenario } from '../playground/kubernetes/scenarios/all.ts';
import type { Scenario } from '../playground/kubernetes/scenarios/scenario.ts';
import { type PlaygroundCluster, startPlaygroundCluster } from '../playground/kubernetes/server.ts';
import { clusterView } from '../playground/page/cluster-view.ts';
import { startDemoPage } from '../playground/page/server.ts';
import { type PlaygroundSlack, startPlaygroundSlack } from '../playground/slack/server.ts';
import { type Command, type Io, UsageError } from './command.ts';
import { endingOf, isReviewed } from './headless-ending.ts';
import { keepTicking } from './keep-ticking.ts';
import { processClock } from './process-clock.ts';

const CLUSTER = 'harbour-prod';
const DEFAULT_SCENARIO = 'bad-release';
const DEFAULT_PORT = 3000;
/** A headless run that is not over by then is not going to be. */
const HEADLESS_LIMIT_MS = 150_000;

export const command: Command = {
  name: 'demo',
  usage: 'demo [--port N] [--scenario NAME] [--headless]',
  summary: 'Shows the whole product on an embedded Slack workspace and cluster; nothing outside is touched.',
  options: { port: { type: 'string' }, scenario: { type: 'string' }, headless: { type: 'boolean' } },
  async run({ values, io, stop }) {
    const port = portOf(values.port);
    const folder = await mkdtemp(join(tmpdir(), 'firstmate-demo-'));
    const world = await startWorld(folder, (line) => io.out(line));
    try {
      const scenario = typeof values.scenario === 'string' ? values.scenario : DEFAULT_SCENARIO;
      if (values.headless === true) return await runHeadless(world, scenario, io, stop);
      const page = await startDemoPage({
        slack: world.slack,
        port,
        scenarios: () => world.cluster.health(),
        breakScenario: (name) => world.cluster.breakScenario(name),
        cluster: () => ({
          name: CLUSTER,
          ...clusterView(world.cluster.snapshot(), world.cluster.health(), world.cluster.now()),
        }),
        webhooks: () => world.alertmanager.deliveries,
        onClusterChange: (listener) => {
          const unsubscribe = [world.cluster.onChange(listener), world.alertmanager.onDelivery(listener)];
          return () => {
            for (const end of unsubscribe) end();
          };
        },
      });
      if (typeof values.scenario === 'string') breakIt(world.cluster, scenario);
      io.out(
        `\nfirstmate demo: an embedded Slack workspace and cluster. Ctrl+C ends it, nothing stays behind.\n`,
      );
      io.out(`Open ${page.url}\n`);
      await aborted(stop);
      await page.stop();
      return 0;
    } finally {
      await world.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

type World = {
  readonly slack: PlaygroundSlack;
  readonly cluster: PlaygroundCluster;
  readonly alertmanager: PlaygroundAlertmanager;
  readonly app: App;
  readonly stop: () => Promise<void>;
};

/** Starts the embedded servers, and firstmate with settings that point at them and at nothing else. */
async function startWorld(folder: string, out: (line: string) => void): Promise<World> {
  const slack = await startPlaygroundSlack();
  const cluster = await startPlaygroundCluster({ name: CLUSTER, clock: 'running' });
  const kubeconfig = join(folder, 'kubeconfig.yaml');
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  const settings = demoSettings({
    database: join(folder, 'firstmate.db'),
    cluster: { name: CLUSTER, kubeconfig, prometheus: `${cluster.url}/prometheus` },
    slack: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
  });
  const log = pino({ level: 'silent' });
  const app = await startApp(settings, {
    log,
    clock: processClock,
    onEvents: (events) => {
      for (const event of events) {
        out(`${timeOfDay(event.occurredAt)}  ${event.type.padEnd(22)} ${sentence(event)}\n`);
      }
    },
  });
  const stopTicking = keepTicking(app, log);
  const alertmanager = startPlaygroundAlertmanager(cluster, `${app.url}/webhooks/alertmanager/default`);
  return {
    slack,
    cluster,
    alertmanager,
    app,
    async stop() {
      await alertmanager.stop();
      await stopTicking();
      await app.stop();
      await cluster.stop();
      await slack.stop();
    },
  };
}

async function runHeadless(
  world: World,
  scenario: string,
  io: Pick<Io, 'out' | 'err'>,
  stop: AbortSignal,
): Promise<0 | 1> {
  const limit = AbortSignal.any([stop, AbortSignal.timeout(HEADLESS_LIMIT_MS)]);
  const { name, expected, heals } = knownScenario(scenario);
  const healthy = () => world.cluster.health().find((one) => one.name === name)?.healthy === true;
  const persons = playDemoPersons(
    world.slack,
    expected === 'nothing'
      ? null
      : {
          says: `I do this by hand: ${heals}`,
          needed: () => !healthy(),
          heal: () => world.cluster.heal(name),
        },
  );
  breakIt(world.cluster, name);
  try {
    while (!limit.aborted) {
      const lives = await livesOf(world.app);
      if (healthy() && lives.length > 0 && lives.every(isReviewed)) {
        await world.app.idle();
        io.out(`\n${name}: ${endingOf(lives.flat(), persons.healedByHand() ? heals : null)}\n`);
        return 0;
      }
      await processClock.sleep(100, limit);
    }
    const missing = healthy() ? 'an incident was not resolved and reviewed' : `${name} was not healed`;
    io.err(`firstmate demo: ${missing} in time. The timeline above says how far it came.\n`);
    return 1;
  } finally {
    persons.stop();
  }
}

/** The events of every incident, the oldest incident first. */
async function livesOf(app: App): Promise<(readonly TimelineEvent[])[]> {
  const lives: (readonly TimelineEvent[])[] = [];
  for (const { id } of (await app.store.incidents({ all: true })).toReversed()) {
    const incident = parseIncidentId(id);
    if (incident !== undefined) lives.push(await app.store.ledger.events(incident));
  }
  return lives;
}

function breakIt(cluster: PlaygroundCluster, scenario: string): void {
  cluster.breakScenario(knownScenario(scenario).name);
}

function knownScenario(name: string): Scenario {
  try {
    return findScenario(name);
  } catch (error) {
    throw new UsageError(`--scenario: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function portOf(value: unknown): number {
  if (value === undefined) return DEFAULT_PORT;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`--port: ${value} is not a port`);
  return port;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
