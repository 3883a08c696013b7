import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TimelineEvent } from '../../src/core/events.ts';
import { incidentId } from '../../src/core/ids.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import type { IncidentLine, Store } from '../../src/store/store.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'src', 'main.ts');
const KILLED_START = join(import.meta.dirname, 'killed-start.ts');
const LOOK_EVERY_MS = 50;
/** A click that a killed process acknowledged and forgot is made again by a person after this long. */
const CLICK_AGAIN_MS = 2_500;
const CONFIG = `
incidents_channel: incidents
default_responder: sre-leads
teams:
  sre-leads: { slack_group: sre-leads }
  checkout-oncall: { slack_group: checkout-oncall }
  orders-oncall: { slack_group: orders-oncall }
clusters:
  - { name: playground, kubeconfig_context: playground, write_context: playground-writer }
sources:
  - { name: default, kind: alertmanager, cluster: playground }
folders:
  policies: ${join(ROOT, 'policies')}
  services: ${join(ROOT, 'services')}
limits: { quiet: 1s, write_timeout: 1s, channel_grace: 60s }
`;

type Message = {
  channel: string;
  ts: string;
  blocks: unknown;
  thread_ts?: string;
  metadata?: { event_payload?: { key?: string } };
  is_bot: boolean;
};
/** One of firstmate's posts anywhere in the workspace. */
export type Post = { readonly channel: string; readonly key: string | null; readonly threaded: boolean };
export type Fault = {
  side: 'slack' | 'cluster';
  method: string;
  path?: string;
  reset_before_apply?: true;
  reset_after_apply?: true;
  slow?: number;
  times: number;
};

/** A playground in a process of its own, and `firstmate start` beside it, which may be killed and started again. */
export type Harbour = {
  breakRelease(): Promise<void>;
  /** Somebody puts the release right by hand, without firstmate. */
  healRelease(): Promise<void>;
  fault(fault: Fault): Promise<void>;
  /** Kills the bot when an event with this number is on disk; undefined lets it live. Gives when it is gone. */
  start(killAt?: number): void;
  readonly alive: boolean;
  kill(): void;
  /** The bot's process; throws when there is none. */
  process(): ChildProcess;
  /**
   * One look of the people and of Alertmanager: press what is to be pressed, deliver what fires, and what is over
   * once `over` says so: a real Alertmanager waits for its group interval.
   */
  look(over: boolean): Promise<void>;
  /** People press what is to be pressed. */
  press(): Promise<void>;
  /** The alerts of what is broken, as the playground tells them. */
  alerts(): Promise<readonly Alert[]>;
  /** Where the bot takes webhooks. */
  readonly url: string;
  events(): Promise<readonly TimelineEvent[]>;
  /** Keys of firstmate's posts in all channels, in the order in which they stand in each. */
  postKeys(): Promise<readonly string[]>;
  incidentChannels(): Promise<readonly string[]>;
  posts(): Promise<readonly Post[]>;
  incidents(): Promise<readonly IncidentLine[]>;
  /** Whether every delivery that was stored is handled, and every message sent. */
  quiet(): Promise<boolean>;
  /** Changes of the cluster that arrived, with the answer's status. */
  writes(): Promise<readonly { method: string; path: string; status: number; body: unknown }[]>;
  verify(): Promise<unknown>;
  /** The bot's database file; it is there once the bot has started. */
  readonly database: string;
  readonly log: () => string;
  end(): Promise<void>;
};

/** `program`: what is started as the bot; `start` is the command line's own. */
export async function startHarbour(program: 'killed-start' | 'start' = 'killed-start'): Promise<Harbour> {
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-crash-'));
  const playground = spawn(process.execPath, [MAIN, 'playground', '--rate-limits', 'off'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const printed = await firstLines(playground, 'PLAYGROUND_CLUSTER_URL=');
  const slackUrl = (printed.SLACK_API_URL ?? '').replace(/\/api\/$/, '');
  const clusterUrl = printed.PLAYGROUND_CLUSTER_URL ?? '';
  const config = join(folder, 'firstmate.yaml');
  await writeFile(config, CONFIG);
  const database = join(folder, 'firstmate.db');
  const [port, adminPort] = [await freePort(), await freePort()];
  const env = {
    PATH: '/usr/bin:/bin',
    ...printed,
    FIRSTMATE_CONFIG: config,
    DATABASE_URL: `sqlite:${database}`,
    PORT: String(port),
    ADMIN_PORT: String(adminPort),
  };

  let bot: ChildProcess | null = null;
  let log = '';
  const pressed = new Map<string, number>();
  const get = async <T>(url: string): Promise<T> => (await (await fetch(url)).json()) as T;
  const post = (url: string, body: unknown) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  type Channel = { id: string; name: string };
  const channels = () => get<readonly Channel[]>(`${slackUrl}/_playground/channels`);
  async function incidentChannels(): Promise<readonly Channel[]> {
    return (await channels()).filter(({ name }) => name.startsWith('inc-'));
  }
  async function messages(of: readonly Channel[]): Promise<readonly Message[]> {
    const all = await Promise.all(
      of.map(({ id }) => get<Message[]>(`${slackUrl}/_playground/messages?channel=${id}`)),
    );
    return all.flat();
  }

  async function alerts(): Promise<readonly Alert[]> {
    return (await get<{ alerts: Alert[] }>(`${clusterUrl}/_playground/health`)).alerts;
  }

  async function deliver(over: boolean): Promise<void> {
    const told = (await alerts()).filter(
      (alert) => alert.status === 'firing' || (over && alert.status === 'resolved'),
    );
    if (told.length === 0) return;
    await post(`http://127.0.0.1:${port}/webhooks/alertmanager/default`, webhook(told)).catch(() => null);
  }

  async function press(): Promise<void> {
    const people = await get<{ id: string; name: string }[]>(`${slackUrl}/_playground/people`);
    const user = people.find((person) => person.name === 'ada')?.id ?? '';
    for (const message of await messages(await incidentChannels())) {
      for (const action of ['approve_plan', 'resolve_incident', 'refresh_plan']) {
        if (!JSON.stringify(message.blocks).includes(`"action_id":"${action}"`)) continue;
        const key = `${message.ts} ${action}`;
        const last = pressed.get(key);
        if (last !== undefined && Date.now() - last < CLICK_AGAIN_MS) continue;
        pressed.set(key, Date.now());
        // Not waited for: a click hangs until some process acknowledges it.
        void post(`${slackUrl}/_playground/click`, {
          channel: message.channel,
          ts: message.ts,
          action_id: action,
          user,
        }).catch(() => null);
      }
    }
  }

  /** What is on disk now, read beside the bot. */
  async function reading<T>(look: (store: Store) => Promise<T>): Promise<T> {
    const store = await openStore({ file: database, clock: () => new Date(), mode: 'read' });
    try {
      return await look(store);
    } finally {
      await store.close();
    }
  }

  return {
    async breakRelease() {
      await post(`${clusterUrl}/_playground/break`, { scenario: 'bad-release' });
    },
    async healRelease() {
      const answer = await post(`${clusterUrl}/_playground/heal`, { scenario: 'bad-release' });
      if (!answer.ok) throw new Error(`the release was not healed: ${await answer.text()}`);
    },
    async posts() {
      const channels = await get<{ id: string; name: string }[]>(`${slackUrl}/_playground/channels`);
      const posts = channels.map(async ({ id, name }) => {
        const all = await get<Message[]>(`${slackUrl}/_playground/messages?channel=${id}`);
        return all
          .filter((message) => message.is_bot)
          .map(({ ts, thread_ts, metadata }) => ({
            channel: name,
            key: metadata?.event_payload?.key ?? null,
            threaded: thread_ts !== undefined && thread_ts !== ts,
          }));
      });
      return (await Promise.all(posts)).flat();
    },
    incidents: () => reading((store) => store.incidents({ all: true })),
    quiet: () =>
      reading(async (store) => {
        const [pending, lanes] = [await store.inbox.pending(1), await store.outbox.lanes()];
        return pending.length === 0 && lanes.length === 0;
      }),
    async fault({ side, ...fault }) {
      const answer = await post(`${side === 'slack' ? slackUrl : clusterUrl}/_playground/faults`, fault);
      if (!answer.ok) throw new Error(`the playground did not take the fault: ${await answer.text()}`);
    },
    start(killAt) {
      const args =
        program === 'start'
          ? [MAIN, 'start']
          : [KILLED_START, ...(killAt === undefined ? [] : [String(killAt)])];
      const child = spawn(process.execPath, args, { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
      child.stderr.on('data', (chunk) => {
        log = `${log}${String(chunk)}`.slice(-200_000);
      });
      child.on('exit', () => {
        if (bot === child) bot = null;
      });
      bot = child;
    },
    press,
    alerts,
    url: `http://127.0.0.1:${port}`,
    get alive() {
      return bot !== null;
    },
    kill: () => void bot?.kill('SIGKILL'),
    process() {
      if (bot === null) throw new Error('the bot does not run');
      return bot;
    },
    async look(over) {
      await deliver(over);
      await press();
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    },
    async events() {
      try {
        return await reading((store) => store.ledger.events(incidentId(new Date().getUTCFullYear(), 1)));
      } catch {
        return [];
      }
    },
    postKeys: async () =>
      (await messages(await channels())).flatMap((message) => {
        const key = message.metadata?.event_payload?.key;
        return message.is_bot && key !== undefined ? [key] : [];
      }),
    incidentChannels: async () => (await incidentChannels()).map(({ name }) => name),
    async writes() {
      const { requests } = await get<{ requests: Request[] }>(`${clusterUrl}/_playground/requests`);
      return requests.filter(
        ({ method, path, dryRun }) => !dryRun && method !== 'GET' && /deployments|pods/.test(path),
      );
    },
    verify: () => reading(async (store) => (await store.verify(null)).fault),
    database,
    log: () => log,
    async end() {
      bot?.kill('SIGKILL');
      playground.kill('SIGTERM');
      if (playground.exitCode === null) await once(playground, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type Alert = {
  scenario: string;
  status: 'pending' | 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt?: string;
};
type Request = { method: string; path: string; status: number; dryRun: boolean; body: unknown };

function webhook(alerts: readonly Alert[]): unknown {
  return {
    version: '4',
    groupKey: '{}:{}',
    status: 'firing',
    truncatedAlerts: 0,
    alerts: alerts.map(({ scenario, endsAt, ...alert }) => ({
      ...alert,
      endsAt: endsAt ?? '0001-01-01T00:00:00Z',
      fingerprint: `fp-${scenario}`,
    })),
  };
}

async function firstLines(child: ChildProcess, last: string): Promise<Record<string, string>> {
  const lines: Record<string, string> = {};
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (!text.includes(last) || !text.endsWith('\n')) continue;
    for (const line of text.trim().split('\n')) {
      const equals = line.indexOf('=');
      lines[line.slice(0, equals)] = line.slice(equals + 1);
    }
    return lines;
  }
  throw new Error('the playground ended before it was ready');
}

/**
 * A port that nobody listens on. Below those that the system hands out by itself: a server of somebody else's, or the
 * near end of a connection, would take one of those before its turn comes.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
