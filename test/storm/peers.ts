import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type GroupTimes, tellGroup } from './alertmanager.ts';
import type { StormGroup } from './alerts.ts';

export const PEERS = ['alertmanager-0', 'alertmanager-1'] as const;

export type Sent = {
  /** Notifications that were answered 2xx, and how long each answer took, from the first byte out to the last one in. */
  readonly answerMs: readonly number[];
  readonly bytes: number;
  /** Tries that were answered otherwise, by status; 0 where there was no answer at all. */
  readonly refused: { readonly [status: string]: number };
  /** What both peers told last of each fingerprint, and was answered 2xx. */
  readonly firing: readonly string[];
  readonly resolved: readonly string[];
};

export type Sending = {
  readonly url: string;
  readonly times: GroupTimes;
  readonly beganAt: number;
  /** `real`: each notification at its time. `flat_out`: one after the other, as fast as they are answered. */
  readonly pace: 'real' | 'flat_out';
  /** How many tries may be under way at once. */
  readonly connections: number;
  /** Called with the number of answers so far. */
  readonly answered?: (count: number) => void;
};

// Alertmanager tries again after everything but a 2xx and a 4xx, each time a little later.
const RETRY_FIRST_MS = 200;
const RETRY_LONGEST_MS = 2_000;

/** Tells the groups from each peer, all of it; what is not answered 2xx is tried again. @throws Error for a 4xx */
export async function sendStorm(groups: readonly StormGroup[], sending: Sending): Promise<Sent> {
  const agent = new Agent({ keepAlive: true, maxSockets: sending.connections });
  const answerMs: number[] = [];
  const refused: { [status: string]: number } = {};
  let bytes = 0;

  async function deliver(body: string): Promise<void> {
    for (let wait = RETRY_FIRST_MS; ; wait = Math.min(wait * 1.5, RETRY_LONGEST_MS)) {
      const began = performance.now();
      const status = await post(agent, sending.url, body).catch(() => 0);
      if (status >= 200 && status < 300) {
        answerMs.push(performance.now() - began);
        bytes += Buffer.byteLength(body);
        sending.answered?.(answerMs.length);
        return;
      }
      refused[status] = (refused[status] ?? 0) + 1;
      if (status >= 400 && status < 500) throw new Error(`a delivery was answered ${status}`);
      await delay(wait);
    }
  }

  const until = async (ms: number): Promise<void> => {
    if (sending.pace === 'real') await delay(Math.max(0, sending.beganAt + ms - Date.now()));
  };
  const tellings = PEERS.map((peer) => {
    const state = new Map<string, 'firing' | 'resolved'>();
    const { times, beganAt } = sending;
    const told = (fingerprint: string, status: 'firing' | 'resolved') => void state.set(fingerprint, status);
    return { state, telling: { peer, times, beganAt, until, deliver, told } };
  });
  try {
    await Promise.all(tellings.flatMap(({ telling }) => groups.map((group) => tellGroup(group, telling))));
  } finally {
    agent.destroy();
  }
  const [one, other] = tellings.map(({ state }) => state);
  const fingerprints = [...(one?.keys() ?? [])];
  if (one === undefined || fingerprints.some((name) => one.get(name) !== other?.get(name)))
    throw new Error('the two peers did not tell the same in the end');
  return {
    answerMs,
    bytes,
    refused,
    firing: fingerprints.filter((name) => one.get(name) === 'firing'),
    resolved: fingerprints.filter((name) => one.get(name) === 'resolved'),
  };
}

/** The status of the answer. @throws Error when there was none */
function post(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { agent, method: 'POST', headers }, (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
