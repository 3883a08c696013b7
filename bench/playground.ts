import { Agent, request } from 'node:http';
import { WebClient } from '@slack/web-api';
import { startPlaygroundCluster } from '../src/playground/kubernetes/server.ts';
import { startPlaygroundSlack } from '../src/playground/slack/server.ts';
import { atMost, type Bench } from './bench.ts';
import { runDemo } from './processes.ts';
import { median, round } from './statistics.ts';

const PODS = 1_000;
const AT_ONCE = 8;
const HEADLESS_RUNS = 3;

/**
 * What tests and the demo stand on: requests a second of the embedded cluster with a thousand pods and of the embedded
 * Slack, client and server on one core; how long they take to start; and the real time of a headless scenario.
 */
export const playground: Bench = {
  name: 'playground',
  async run(say) {
    const cluster = await clusterFigures(say);
    const slack = await slackFigures(say);
    const seconds: number[] = [];
    for (let number = 1; number <= HEADLESS_RUNS; number += 1) {
      say(`headless demo ${number} of ${HEADLESS_RUNS}`);
      seconds.push(await runDemo());
    }
    const headless = round(median(seconds));
    return {
      n: { pods: PODS, headlessRuns: HEADLESS_RUNS },
      targets: [atMost('seconds of a headless scenario', 10, headless)],
      figures: { cluster, slack, headlessSeconds: { median: headless, max: round(Math.max(...seconds)) } },
    };
  },
};

async function clusterFigures(say: (progress: string) => void) {
  const began = performance.now();
  const cluster = await startPlaygroundCluster({ name: 'bench' });
  const startMs = round(performance.now() - began);
  const token = /name: bench-admin[\s\S]*?token: (\S+)/.exec(cluster.kubeconfig)?.[1] ?? '';
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const call = (method: string, path: string, body?: unknown, type = 'application/json') =>
    exchange(agent, `${cluster.url}${path}`, {
      method,
      token,
      type,
      body: body === undefined ? '' : JSON.stringify(body),
    });
  try {
    say(`${PODS} pods`);
    await call('POST', '/apis/apps/v1/namespaces/default/deployments', load());
    cluster.advance(5_000);
    const pods = '/api/v1/namespaces/default/pods';
    const merge = 'application/merge-patch+json';
    const checkout = '/apis/apps/v1/namespaces/shop/deployments/checkout';
    const requestsPerSecond = {
      listWithLimit50: await rate(200, () => call('GET', `${pods}?limit=50`)),
      listAll: await rate(20, () => call('GET', pods)),
      get: await rate(2_000, () => call('GET', checkout)),
      dryRun: await rate(300, () =>
        call('PATCH', `${checkout}?dryRun=All`, { spec: { replicas: 4 } }, merge),
      ),
    };
    return { startMs, requestsPerSecond };
  } finally {
    agent.destroy();
    await cluster.stop();
  }
}

async function slackFigures(say: (progress: string) => void) {
  say('Slack');
  const began = performance.now();
  const slack = await startPlaygroundSlack({ rateLimits: 'off' });
  const startMs = round(performance.now() - began);
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const channel = slack.channels().find(({ name }) => name === 'incidents')?.id ?? '';
  try {
    const posts = await rate(400, () => client.chat.postMessage({ channel, text: 'hello' }));
    const history = await rate(200, () => client.conversations.history({ channel, limit: 20 }));
    return { startMs, requestsPerSecond: { postMessage: posts, history } };
  } finally {
    await slack.stop();
  }
}

/** Calls a second, eight at once, after a few to warm up. */
async function rate(count: number, call: () => Promise<unknown>): Promise<number> {
  for (let warm = 0; warm < 3; warm += 1) await call();
  const began = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        await call();
      }
    }),
  );
  return Math.round((count / (performance.now() - began)) * 1_000);
}

function exchange(
  agent: Agent,
  url: string,
  about: { method: string; token: string; type: string; body: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${about.token}`,
      ...(about.body === ''
        ? {}
        : { 'content-type': about.type, 'content-length': Buffer.byteLength(about.body) }),
    };
    const sent = request(url, { agent, method: about.method, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        if (status >= 400) reject(new Error(`${about.method} ${url} answered ${status}`));
        else resolve(status);
      });
    });
    sent.on('error', reject);
    sent.end(about.body);
  });
}

function load(): unknown {
  const labels = { app: 'load' };
  const containers = [{ name: 'load', image: 'registry.example/load:1' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'load' },
    spec: {
      replicas: PODS,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}
