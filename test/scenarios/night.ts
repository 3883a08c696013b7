import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp } from '../../src/app.ts';
import { demoSettings } from '../../src/config.ts';
import type { EventNamed, EventType, TimelineEvent } from '../../src/core/events.ts';
import { type IncidentId, parseIncidentId, type Stream } from '../../src/core/ids.ts';
import type { Incident } from '../../src/core/incident.ts';
import type { Log } from '../../src/core/ports/clock.ts';
import type { Settings, SourceKind } from '../../src/core/settings.ts';
import { describe } from '../../src/core/timeline-text.ts';
import {
  type PlaygroundCluster,
  type PlaygroundClusterOptions,
  startPlaygroundCluster,
} from '../../src/playground/kubernetes/server.ts';
import type { MessageView } from '../../src/playground/slack/looks.ts';
import { type PlaygroundSlack, startPlaygroundSlack } from '../../src/playground/slack/server.ts';
import { type FakeClock, fakeClock } from '../fake-clock.ts';

/** The playground's cluster starts at the same time. */
const START = '2026-03-14T02:07:00.000Z';
const CLUSTER = 'harbour-prod';
/** A promise that nothing keeps fails the test well before its own time is over. */
const PATIENCE_MS = 10_000;

/** One night on call: a workspace, a cluster and firstmate between them, on a clock that the test moves. */
export type Night = {
  readonly slack: PlaygroundSlack;
  readonly cluster: PlaygroundCluster;
  /** The one that runs now. */
  readonly app: App;
  readonly clock: FakeClock;
  readonly events: readonly TimelineEvent[];
  readonly settings: Settings;
  /** Resolves with the next event of the type that was not seen yet; time passes a little while it waits. */
  sees<T extends EventType>(type: T): Promise<EventNamed<T>>;
  /** Alertmanager delivers what the broken scenarios' alerts are now. Gives the answer's status. */
  delivers(source?: string): Promise<number>;
  post(body: unknown, source?: string, kind?: SourceKind): Promise<number>;
  /** What happened in an incident, or in the system, a line each: those whose type the pattern takes. */
  timeline(stream: Stream, of?: RegExp): Promise<string[]>;
  /** Stops the process, and starts it again on the same database. */
  pass(seconds: number): Promise<void>;
  incident(): Promise<Incident>;
  /** The messages of the incident's channel as a person sees them. */
  messages(): readonly MessageView[];
  /** Presses the newest button with that action in the incident's channel. */
  presses(person: string, action: string): Promise<void>;
  /** What the person is told alone, once there is something. */
  tellsAlone(person: string): Promise<string>;
  /** Requests that changed the cluster, by firstmate. */
  writes(): readonly { method: string; path: string; status: number }[];
  /** Resolves when nothing is left to be done or sent, time going on meanwhile. */
  settled(): Promise<void>;
  /** Stops firstmate, or starts it again on the same database, with other settings where they are given. */
  stops(): Promise<void>;
  starts(settings?: Settings): Promise<void>;
  end(): Promise<void>;
};

export type NightOptions = {
  readonly settings?: (settings: Settings) => Settings;
  readonly slack?: PlaygroundSlack;
  readonly cluster?: Partial<PlaygroundClusterOptions>;
  /** Called with events the moment they are on disk, before anything follows from them. */
  readonly onEvents?: (events: readonly TimelineEvent[]) => void;
  /** Nothing is kept of what is logged unless it is given. */
  readonly log?: Log;
};

export async function startNight(options: NightOptions = {}): Promise<Night> {
  const clock = fakeClock(START);
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-night-'));
  const slack =
    options.slack ?? (await startPlaygroundSlack({ rateLimits: 'off', now: () => Date.parse(clock.now()) }));
  const cluster = await startPlaygroundCluster({ name: CLUSTER, ...options.cluster });
  const kubeconfig = join(folder, 'kubeconfig.yaml');
  await writeFile(kubeconfig, cluster.kubeconfig);
  const plain = demoSettings({
    database: join(folder, 'firstmate.db'),
    cluster: { name: CLUSTER, kubeconfig, prometheus: `${cluster.url}/prometheus` },
    slack: { botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
  });
  const settings = options.settings?.(plain) ?? plain;
  const events: TimelineEvent[] = [];
  const waiting = new Set<() => void>();
  const silent = () => {};
  const start = (as: Settings): Promise<App> =>
    startApp(as, {
      clock,
      log: options.log ?? { info: silent, warn: silent, error: silent },
      onEvents: (news) => {
        events.push(...news);
        options.onEvents?.(news);
        for (const look of [...waiting]) look();
      },
    });
  let app = await start(settings);
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= app.stop();
    return stopped;
  };
  const seen = new Set<string>();
  let opened: IncidentId | undefined;

  /** Resolves as soon as `found` gives something; looked at after each event and each message. */
  function until<T>(what: string, found: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const unsubscribe = slack.onChange(() => look());
      // Retries and polling sleep on the fake clock: while the test waits, its time goes on in small steps.
      const step = setInterval(() => {
        if (clock.sleepers > 0) pass(250);
      }, 3);
      const give = setTimeout(() => {
        finish();
        reject(
          new Error(
            `waited in vain for ${what}; there were: ${events.map((event) => event.type).join(', ')}`,
          ),
        );
      }, PATIENCE_MS);
      const finish = (): void => {
        clearTimeout(give);
        clearInterval(step);
        unsubscribe();
        waiting.delete(look);
      };
      const look = (): void => {
        const value = found();
        if (value === undefined) return;
        finish();
        resolve(value);
      };
      waiting.add(look);
      look();
    });
  }

  function pass(ms: number): void {
    cluster.advance(ms);
    clock.advance(ms);
  }

  function channelId(): string | undefined {
    const event = events.findLast((candidate) => candidate.type === 'channel.opened');
    return event?.type === 'channel.opened' ? event.payload.channel.channel : undefined;
  }

  function messages(): readonly MessageView[] {
    const channel = channelId();
    return channel === undefined ? [] : slack.messages(channel);
  }

  async function post(body: unknown, source = 'default', kind: SourceKind = 'alertmanager'): Promise<number> {
    const answer = await fetch(`${app.url}/webhooks/${kind}/${source}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return answer.status;
  }

  return {
    slack,
    cluster,
    get app() {
      return app;
    },
    clock,
    events,
    settings,
    async sees(type) {
      const event = await until(type, () =>
        events.find((candidate) => candidate.type === type && !seen.has(candidate.id)),
      );
      seen.add(event.id);
      if (event.type === 'incident.opened') opened = parseIncidentId(event.stream);
      return event as EventNamed<typeof type>;
    },
    post,
    async timeline(stream, of = /./) {
      return (await app.store.ledger.events(stream)).filter(({ type }) => of.test(type)).map(describe);
    },
    delivers: (source) => post(webhook(cluster), source),
    async pass(seconds) {
      pass(seconds * 1000);
      await app.tick();
    },
    async incident() {
      const id = opened ?? parseIncidentId(events[0]?.stream ?? '');
      const incident = id === undefined ? null : await app.store.ledger.load(id);
      if (incident === null) throw new Error('there is no incident yet');
      return incident;
    },
    messages,
    async presses(person, action) {
      const message = await until(`a button ${action}`, () =>
        messages().findLast((candidate) => hasButton(candidate, action)),
      );
      await slack.click({
        channel: message.channel,
        ts: message.ts,
        action_id: action,
        user: userOf(slack, person),
      });
    },
    tellsAlone: (person) =>
      until(
        `an answer for ${person}`,
        () =>
          slack
            .messages(channelId() ?? '', { user: userOf(slack, person) })
            .findLast((message) => message.ephemeral_to !== undefined)?.text,
      ),
    writes: () =>
      cluster.requests
        .filter(({ method, dryRun, path }) => method !== 'GET' && !dryRun && !path.includes('selfsubject'))
        .map(({ method, path, status }) => ({ method, path, status })),
    async settled() {
      let over = false;
      const idle = app.idle().then(() => {
        over = true;
      });
      while (!over) {
        await new Promise((resolve) => setImmediate(resolve));
        if (clock.sleepers > 0) pass(250);
      }
      await idle;
    },
    stops: stop,
    async starts(as = settings) {
      await stop();
      app = await start(as);
      stopped = undefined;
    },
    async end() {
      await stop();
      await cluster.stop();
      await slack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function userOf(slack: PlaygroundSlack, person: string): string {
  const user = slack.people[person];
  if (user === undefined) throw new Error(`there is no ${person}`);
  return user;
}

function hasButton(message: MessageView, action: string): boolean {
  return JSON.stringify(message.blocks).includes(`"action_id":"${action}"`);
}

/** All alerts that fire or ended, as one delivery. */
function webhook(cluster: PlaygroundCluster): unknown {
  const alerts = cluster.alerts().filter((alert) => alert.status !== 'pending');
  return {
    version: '4',
    groupKey: '{}:{}',
    status: alerts.some((alert) => alert.status === 'firing') ? 'firing' : 'resolved',
    receiver: 'firstmate',
    truncatedAlerts: 0,
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: alert.startsAt,
      endsAt: alert.endsAt ?? '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: `fp-${alert.scenario}`,
    })),
  };
}
