import { expect } from 'vitest';
import type { RecordedRequest } from '../../src/playground/kubernetes/recorder.ts';
import type { MessageView } from '../../src/playground/slack/looks.ts';
import type { Night } from '../scenarios/night.ts';

/** What people, other clients of the cluster and the playground's operator do: over HTTP, as they would. */

async function posted(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** A person presses the newest button with that action in the incident's channel. */
export async function clicks(night: Night, person: string, action: string): Promise<void> {
  const message = newest(night, action);
  if (message === undefined) throw new Error(`no message has a button ${action}`);
  await posted(`${night.slack.url}/_playground/click`, {
    channel: message.channel,
    ts: message.ts,
    action_id: action,
    user: night.slack.people[person],
  });
}

function newest(night: Night, action: string): MessageView | undefined {
  return night
    .messages()
    .findLast((message) => JSON.stringify(message.blocks).includes(`"action_id":"${action}"`));
}

/** Slack sends everything that it ever sent once more. Gives how many payloads that were. */
export async function replays(night: Night): Promise<number> {
  const { replayed } = (await posted(`${night.slack.url}/_playground/replay`, {})) as { replayed: number };
  return replayed;
}

export async function faults(night: Night, fault: object): Promise<void> {
  await posted(`${night.cluster.url}/_playground/faults`, fault);
}

/** Somebody else changes the cluster, with all rights. */
export async function byHand(
  night: Night,
  method: 'GET' | 'PATCH' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const token = /name: \S+-admin\n\s+user:\n\s+token: (\S+)/.exec(night.cluster.kubeconfig)?.[1] ?? '';
  const answer = await fetch(`${night.cluster.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

/** Resolves when a request of that kind has reached the API server. */
export async function reached(
  night: Night,
  is: (request: RecordedRequest) => boolean,
  from = 0,
): Promise<void> {
  while (!night.cluster.requests.slice(from).some(is)) await new Promise((resolve) => setImmediate(resolve));
}

/** Requests of firstmate that were to change something for good, whatever became of them. */
export function sent(night: Night): readonly RecordedRequest[] {
  return night.cluster.requests.filter(
    ({ method, path, dryRun, user }) =>
      method !== 'GET' && !dryRun && !path.includes('/selfsubjectaccessreviews') && !user.endsWith('-admin'),
  );
}

/** Checkout gets a bad release, and firstmate comes as far as the card. */
export async function untilTheCard(night: Night): Promise<void> {
  night.cluster.breakScenario('bad-release');
  await night.pass(5);
  expect(await night.delivers()).toBe(202);
  await night.sees('plan.shown');
  await night.settled();
}
