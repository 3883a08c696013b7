import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Alert, freePort } from '../crash/harbour.ts';

const PROGRAM = 'prometheus-alertmanager';
export const PEERS = ['left', 'right'] as const;
export type Peer = (typeof PEERS)[number];

/** One notification as it went from a peer to the bot, and what the bot answered. */
export type Delivery = {
  readonly peer: Peer;
  readonly alertname: string;
  readonly status: 'firing' | 'resolved';
  readonly answer: number;
  /** The bot has it, but the sender never heard so. */
  readonly lost: boolean;
};

type Told = Pick<Alert, 'labels' | 'annotations' | 'startsAt' | 'endsAt'>;

/** Two real Alertmanagers in one cluster that deliver to the bot, through a relay that writes down what passes. */
export type Pair = {
  start(peer: Peer): Promise<void>;
  /** Gives when it is gone. */
  kill(peer: Peer): Promise<void>;
  /** Whether both are up, see each other and let notifications out. */
  together(): Promise<boolean>;
  readonly url: { readonly [peer in Peer]: string };
  readonly deliveries: readonly Delivery[];
  /** What Prometheus does every few seconds: tells all of them what fires, and once more what has ended. */
  tell(alerts: readonly Told[]): Promise<void>;
  /** From here on the answers to whichever peer tells this first are lost, until the other one has told it too. */
  loseAnswers(alertname: string, status: Delivery['status']): void;
  silence(peer: Peer, silence: object): Promise<string>;
  endSilence(peer: Peer, id: string): Promise<void>;
  /** `active` or `suppressed`, as the peer has it; undefined for an alert that it does not know. */
  state(peer: Peer, alertname: string): Promise<string | undefined>;
  end(): Promise<void>;
};

/** Empty, or why the tests that need the program are skipped. */
export const missing = (() => {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return '';
  } catch {
    return ` (skipped: there is no ${PROGRAM} on this machine; .ci/run installs it)`;
  }
})();

const CONFIG = (webhook: string): string => `
route: { receiver: firstmate, group_by: [alertname, namespace], group_wait: 1s, group_interval: 1s, repeat_interval: 2s }
receivers:
  - name: firstmate
    webhook_configs: [{ url: "${webhook}", send_resolved: true }]
`;

/** `bot`: where it takes webhooks. The peers are not started yet. */
export async function createPair(bot: string): Promise<Pair> {
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-pair-'));
  const deliveries: Delivery[] = [];
  let losing: (Pick<Delivery, 'alertname' | 'status'> & { first: Peer | null }) | null = null;

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const peer = PEERS.find((name) => request.url === `/${name}`) ?? PEERS[0];
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const answer = await fetch(`${bot}/webhooks/alertmanager/default`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await answer.text();
    const { status, commonLabels } = JSON.parse(body);
    const alertname: string = commonLabels.alertname;
    const concerned = losing?.alertname === alertname && losing.status === status ? losing : null;
    if (concerned !== null) {
      concerned.first ??= peer;
      if (concerned.first !== peer) losing = null;
    }
    const lost = concerned?.first === peer;
    deliveries.push({ peer, alertname, status, answer: answer.status, lost });
    if (lost) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }
  const server = createServer((request, response) => {
    relay(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const web = { left: await freePort(), right: await freePort() };
  const gossip = { left: await freePort(), right: await freePort() };
  const url = { left: `http://127.0.0.1:${web.left}`, right: `http://127.0.0.1:${web.right}` };
  for (const peer of PEERS)
    await writeFile(join(folder, `${peer}.yml`), CONFIG(`http://127.0.0.1:${port}/${peer}`));
  const running = new Map<Peer, ChildProcess>();

  async function post(peer: Peer, path: string, body: unknown): Promise<Response> {
    return fetch(`${url[peer]}/api/v2/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  async function kill(peer: Peer): Promise<void> {
    const child = running.get(peer);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  return {
    url,
    deliveries,
    kill,
    async start(peer) {
      const child = spawn(
        PROGRAM,
        [
          `--config.file=${join(folder, `${peer}.yml`)}`,
          `--storage.path=${join(folder, peer)}`,
          `--web.listen-address=127.0.0.1:${web[peer]}`,
          `--cluster.listen-address=127.0.0.1:${gossip[peer]}`,
          `--cluster.advertise-address=127.0.0.1:${gossip[peer]}`,
          ...PEERS.map((other) => `--cluster.peer=127.0.0.1:${gossip[other]}`),
          // Everything else that two peers wait for, in seconds instead of minutes.
          '--cluster.peer-timeout=2s',
          '--cluster.settle-timeout=10s',
          '--cluster.pushpull-interval=1s',
          '--cluster.reconnect-interval=1s',
        ],
        { stdio: 'ignore' },
      );
      running.set(peer, child);
      await once(child, 'spawn');
    },
    async together() {
      for (const peer of PEERS) {
        const status = (await (await fetch(`${url[peer]}/api/v2/status`)).json()) as {
          cluster: { status: string; peers: unknown[] };
        };
        if (status.cluster.status !== 'ready' || status.cluster.peers.length !== 2) return false;
      }
      return true;
    },
    async tell(alerts) {
      // A peer that is gone is not told, and Prometheus goes on.
      await Promise.all(PEERS.map((peer) => post(peer, 'alerts', alerts).catch(() => null)));
    },
    loseAnswers(alertname, status) {
      losing = { alertname, status, first: null };
    },
    async silence(peer, silence) {
      const answer = await post(peer, 'silences', silence);
      if (!answer.ok) throw new Error(`the silence was not taken: ${await answer.text()}`);
      return ((await answer.json()) as { silenceID: string }).silenceID;
    },
    async endSilence(peer, id) {
      const answer = await fetch(`${url[peer]}/api/v2/silence/${id}`, { method: 'DELETE' });
      if (!answer.ok) throw new Error(`the silence was not ended: ${await answer.text()}`);
    },
    async state(peer, alertname) {
      const known = (await (await fetch(`${url[peer]}/api/v2/alerts`)).json()) as {
        labels: { alertname: string };
        status: { state: string };
      }[];
      return known.find(({ labels }) => labels.alertname === alertname)?.status.state;
    },
    async end() {
      await Promise.all(PEERS.map(kill));
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
