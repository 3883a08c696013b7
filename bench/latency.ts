import { join } from 'node:path';
import { startPlaygroundSlack } from '../src/playground/slack/server.ts';
import type { PlaygroundSlack } from '../src/playground/slack/workspace.ts';
import { type Arrivals, watchArrivals } from './arrivals.ts';
import { atMost, type Bench } from './bench.ts';
import { startBot, startHelper } from './processes.ts';
import { breakReleases, releaseNames, stuckRollout, webhook, writeDocuments } from './releases.ts';
import { quantile, round, spread } from './statistics.ts';
import { clusterName, startWorld } from './world.ts';

const INCIDENTS = 100;
const APPROVALS = 100;
const WARM_UP = 5;
/** How many Deployments are broken at a time. */
const AT_ONCE = 35;
/** One more channel in a cluster within five minutes would be a storm, which is told in the one that is there. */
const CHANNELS_IN_A_CLUSTER = 4;
/** A bot is done with the one before when it asked nobody anything for this long. */
const QUIET_MS = 120;
const TARGET_MS = 50;

/** What firstmate and the bare handler took, in milliseconds; they take turns. */
type Pair = { readonly firstmate: readonly number[]; readonly bare: readonly number[] };

/**
 * The bot's own time, from the moment a webhook is sent to the moment the first Slack call arrives, and from a click
 * to the first write; beside a handler that does nothing but make that call. The workspaces (one for each, as Slack
 * gives a click to one of an app's sockets) and the cluster are in this process, so that both ends are read from one
 * clock; each bot is a process of its own.
 */
export const latency: Bench = {
  name: 'latency',
  async run(say) {
    const names = releaseNames(APPROVALS + WARM_UP);
    const clusters = clusterNames();
    const world = await startWorld({
      write: (folder) => writeDocuments(folder, names),
      names: Math.ceil((WARM_UP + INCIDENTS + names.length) / CHANNELS_IN_A_CLUSTER),
    });
    const bareSlack = await startPlaygroundSlack({ rateLimits: 'off' });
    const bareFastify = startHelper('latency-bare-fastify.ts', [bareSlack.apiUrl, bareSlack.botToken]);
    const bareBolt = startHelper('latency-bare-bolt.ts', [
      bareSlack.apiUrl,
      bareSlack.botToken,
      bareSlack.appToken,
      world.kubeconfig,
      world.writeContext,
    ]);
    const arrivals = watchArrivals();
    try {
      const environment = world.environment(join(world.folder, 'firstmate.db'));
      const bot = await startBot(environment, join(world.folder, 'bot.log'));
      try {
        const webhooks = `${bot.url}/webhooks/alertmanager/default`;
        say(`${INCIDENTS} incidents`);
        const toSlack = await firstCalls(arrivals, clusters, [
          { url: webhooks, slack: world.slack },
          { url: urlOf(await bareFastify.line()), slack: bareSlack },
        ]);
        say(`${APPROVALS} approvals`);
        await bareBolt.line();
        const button = await postButton(bareSlack);
        const firstmate: number[] = [];
        const bare: number[] = [];
        for (const [index, name] of names.entries()) {
          // Not all at once: the cluster's nodes have no room for twice as many pods.
          if (index % AT_ONCE === 0) await breakReleases(world, names.slice(index, index + AT_ONCE));
          await post(webhooks, JSON.stringify(stuckRollout(name, clusters())));
          const card = await cardOf(world.slack, name);
          firstmate.push(await clickToWrite(world.slack, card, `/namespaces/${name}/`, arrivals));
          bare.push(await clickToWrite(bareSlack, button, '/namespaces/shop/', arrivals));
        }
        return report(toSlack, { firstmate: firstmate.slice(WARM_UP), bare: bare.slice(WARM_UP) });
      } finally {
        await bot.end();
      }
    } finally {
      await bareFastify.end();
      await bareBolt.end();
      await bareSlack.stop();
      await world.end();
    }
  },
};

function report(toSlack: Pair, toWrite: Pair) {
  const over = ({ firstmate, bare }: Pair): number => round(quantile(firstmate, 0.99) - quantile(bare, 0.99));
  return {
    n: { incidents: toSlack.firstmate.length, approvals: toWrite.firstmate.length },
    targets: [
      atMost('webhook to first Slack call, p99 over bare Fastify, ms', TARGET_MS, over(toSlack)),
      atMost('click to first write, p99 over bare Bolt, ms', TARGET_MS, over(toWrite)),
    ],
    figures: {
      webhookToFirstSlackCallMs: { firstmate: spread(toSlack.firstmate), bareFastify: spread(toSlack.bare) },
      clickToFirstWriteMs: { firstmate: spread(toWrite.firstmate), bareBolt: spread(toWrite.bare) },
    },
  };
}

/** Gives the name of the cluster for the next channel. */
function clusterNames(): () => string {
  let channels = 0;
  return () => {
    channels += 1;
    return clusterName(Math.floor((channels - 1) / CHANNELS_IN_A_CLUSTER));
  };
}

type Receiver = { readonly url: string; readonly slack: PlaygroundSlack };

/**
 * Each webhook opens an incident with a channel. Making it is the first call for an incident, and comes once: calls
 * of a busy machine's incident before are not taken for it.
 */
async function firstCalls(
  arrivals: Arrivals,
  clusters: () => string,
  receivers: readonly [Receiver, Receiver],
): Promise<Pair> {
  const firstmate: number[] = [];
  const bare: number[] = [];
  for (let number = 0; number < WARM_UP + INCIDENTS; number += 1) {
    const labels = {
      alertname: 'BenchAlert',
      instance: `instance-${number}`,
      severity: 'critical',
      cluster: clusters(),
    };
    const body = JSON.stringify(webhook(`fp-instance-${number}`, labels));
    for (const [index, { url, slack }] of receivers.entries()) {
      await arrivals.quiet(QUIET_MS);
      const wanted = `${slack.apiUrl}conversations.create`;
      const arrives = arrivals.next('the first Slack call', (call) => call.url === wanted);
      const began = performance.now();
      const [first] = await Promise.all([arrives, post(url, body)]);
      (index === 0 ? firstmate : bare).push(first.at - began);
    }
  }
  return { firstmate: firstmate.slice(WARM_UP), bare: bare.slice(WARM_UP) };
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await answer.arrayBuffer();
  if (answer.status !== 202) throw new Error(`a webhook was answered ${answer.status}`);
}

type Place = { readonly channel: string; readonly ts: string };

/** Clicks Approve, and gives the time to the first change of a Deployment under this path. */
async function clickToWrite(
  slack: PlaygroundSlack,
  { channel, ts }: Place,
  under: string,
  arrivals: Arrivals,
): Promise<number> {
  await arrivals.quiet(QUIET_MS);
  const arrives = arrivals.next(
    `the write under ${under}`,
    ({ method, url }) => method === 'PATCH' && url.includes(under) && !url.includes('dryRun'),
  );
  const user = slack.people.ada;
  if (user === undefined) throw new Error('there is no ada');
  const began = performance.now();
  const [write] = await Promise.all([arrives, slack.click({ channel, ts, action_id: 'approve_plan', user })]);
  return write.at - began;
}

const CARD_WITHIN_MS = 30_000;

/** The message with the button Approve for this Deployment, as soon as it stands in Slack. */
function cardOf(slack: PlaygroundSlack, name: string): Promise<Place> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const channel = slack.channels().find((one) => one.name.startsWith('inc-') && one.name.includes(name));
      const card = slack
        .messages(channel?.id ?? '')
        .find(({ blocks }) => JSON.stringify(blocks).includes('"action_id":"approve_plan"'));
      if (card === undefined) return;
      finish();
      resolve({ channel: card.channel, ts: card.ts });
    };
    const give = setTimeout(() => {
      finish();
      reject(new Error(`no plan was proposed for ${name}`));
    }, CARD_WITHIN_MS);
    const unsubscribe = slack.onChange(look);
    const finish = (): void => {
      clearTimeout(give);
      unsubscribe();
    };
    look();
  });
}

/** A message with nothing but the button. */
async function postButton(slack: PlaygroundSlack): Promise<Place> {
  const text = { type: 'plain_text', text: 'Approve' };
  const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'approve_plan', text }] }];
  const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'incidents', text: 'Approve', blocks }),
  });
  const told = (await answer.json()) as { ok: boolean; error?: string } & Place;
  if (!told.ok) throw new Error(`the bare button could not be posted: ${told.error}`);
  return told;
}

function urlOf(line: unknown): string {
  if (typeof line !== 'object' || line === null || !('url' in line)) throw new Error('there is no url');
  return String(line.url);
}
