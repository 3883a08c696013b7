import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, startApp } from '../app.ts';
import { demoSettings } from '../config.ts';
import { parseIncidentId } from '../core/ids.ts';
import { timeOfDay } from '../core/one-line.ts';
import { sentence } from '../core/timeline-text.ts';
import { type PlaygroundAlertmanager, startPlaygroundAlertmanager } from '../playground/alertmanager.ts';
import { playDemoPersons } from '../playground/demo-person.ts';
import { type PlaygroundCluster, startPlaygroundCluster } from '../playground/kubernetes/server.ts';
import { clusterView } from '../playground/page/cluster-view.ts';
import { startDemoPage } from '../playground/page/server.ts';
import { type PlaygroundSlack, startPlaygroundSlack } from '../playground/slack/server.ts';
import { type Command, UsageError } from './command.ts';
import { keepTicking } from './keep-ticking.ts';
import { processClock } from './process-clock.ts';

const CLUSTER = 'harbour-prod';
const DEFAULT_SCENARIO = 'bad-release';
const DEFAULT_PORT = 3000;
/** A headless run that is not over by then is not going to be. */
const HEADLESS_LIMIT_MS = 90_000;

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
      if (values.headless === true) return await runHeadless(world, scenario, io.err, stop);
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
    cluster: { name: CLUSTER, kubeconfig },
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
  err: (text: string) => void,
  stop: AbortSignal,
): Promise<0 | 1> {
  const limit = AbortSignal.any([stop, AbortSignal.timeout(HEADLESS_LIMIT_MS)]);
  const person = playDemoPersons(world.slack);
  breakIt(world.cluster, scenario);
  try {
    while (!limit.aborted) {
      const incidents = await world.app.store.incidents({ all: true });
      const first = parseIncidentId(incidents.at(-1)?.id ?? '');
      const events = first === undefined ? [] : await world.app.store.ledger.events(first);
      if (events.some((event) => event.type === 'review.published')) {
        await world.app.idle();
        return 0;
      }
      await processClock.sleep(100, limit);
    }
    err(
      'firstmate demo: the incident was not resolved and reviewed in time. The timeline above says how far it came.\n',
    );
    return 1;
  } finally {
    person.stop();
  }
}

function breakIt(cluster: PlaygroundCluster, scenario: string): void {
  try {
    cluster.breakScenario(scenario);
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
