import { createServer } from 'node:http';
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { everyEvent, everyScope } from '../../../src/playground/slack/installation.ts';
import {
  type Clock,
  type PlaygroundSlack,
  type SlackOptions,
  startPlaygroundSlack,
} from '../../../src/playground/slack/server.ts';

/** A workspace with every scope granted, stopped when the test ends. */
export async function startSlack(options: SlackOptions = {}): Promise<PlaygroundSlack> {
  const slack = await startPlaygroundSlack({
    rateLimits: 'off',
    installedScopes: everyScope(),
    botEvents: everyEvent(),
    ...options,
  });
  onTestFinished(() => slack.stop());
  return slack;
}

export function clientOf(slack: PlaygroundSlack, options: WebClientOptions = {}): WebClient {
  return new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
    logger: silent,
    ...options,
  });
}

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/**
 * A Bolt app over Socket Mode; `listen` adds its listeners before it connects. The client waits as long before it
 * reconnects as it waits for a pong, so a test that cuts connections makes that short, and no other one does.
 */
export async function startApp(
  slack: PlaygroundSlack,
  listen: (app: App) => void,
  options: { reconnectMs: number } = { reconnectMs: 5_000 },
): Promise<App> {
  const app = new App({
    token: slack.botToken,
    receiver: new SocketModeReceiver({
      appToken: slack.appToken,
      logger: silent,
      clientPingTimeout: options.reconnectMs,
      installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } } },
    }),
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logger: silent,
  });
  listen(app);
  await app.start();
  onTestFinished(async () => {
    await app.stop();
  });
  return app;
}

/** A Bolt app in HTTP mode, with the workspace turned to it once Slack's challenge was answered. */
export async function startHttpApp(slack: PlaygroundSlack, listen: (app: App) => void): Promise<string> {
  const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logger: silent });
  const app = new App({
    token: slack.botToken,
    receiver,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logger: silent,
  });
  listen(app);
  const server = await receiver.start(0);
  onTestFinished(async () => {
    server.closeAllConnections();
    await receiver.stop();
  });
  const url = `${urlOf(server.address())}/slack/events`;
  await slack.setRequestUrl(url);
  return url;
}

export type Got = { body: string; headers: { [name: string]: string | string[] | undefined } };
export type Answer = { status: number; body?: string; headers?: { [name: string]: string } };

/** A server that takes what Slack sends and answers as it is told; 'silence' never answers. */
export async function startListener(
  answer: (got: Got, count: number) => Answer | 'silence',
): Promise<{ url: string; got: readonly Got[]; arrived(count: number): Promise<void> }> {
  const got: Got[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      got.push({ body, headers: request.headers });
      const said = answer({ body, headers: request.headers }, got.length);
      if (said !== 'silence') {
        response.writeHead(said.status, said.headers);
        response.end(said.body ?? '');
      }
      for (const one of waiting) if (one.count <= got.length) one.resolve();
      waiting = waiting.filter((one) => one.count > got.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `${urlOf(server.address())}/slack/events`,
    got,
    arrived: (count) =>
      new Promise((resolve) => {
        if (got.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
  };
}

function urlOf(address: ReturnType<ReturnType<typeof createServer>['address']>): string {
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
}

/** A clock that stands still until a test moves it. `waits` resolves once something waits for so long. */
export function steppedClock(start = Date.now()): Clock & {
  advance(ms: number): void;
  waits(ms: number): Promise<void>;
} {
  let now = start;
  const timers = new Set<{ at: number; ms: number; run: () => void }>();
  let watchers: { ms: number; resolve: () => void }[] = [];
  return {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + ms, ms, run };
      timers.add(timer);
      for (const one of watchers) if (one.ms === ms) one.resolve();
      watchers = watchers.filter((one) => one.ms !== ms);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      now += ms;
      for (const timer of [...timers].sort((a, b) => a.at - b.at)) {
        if (timer.at <= now && timers.delete(timer)) timer.run();
      }
    },
    waits: (ms) =>
      new Promise((resolve) => {
        if ([...timers].some((timer) => timer.ms === ms)) resolve();
        else watchers.push({ ms, resolve });
      }),
  };
}

/** The `data` of the error that a refused call is rejected with. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'data' in error && typeof error.data === 'object' && error.data !== null) {
      return { ...error.data };
    }
    throw error;
  }
  throw new Error('the call was not refused');
}

/** Something that resolves from outside, for a listener to report what it saw. */
export function seen<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  return Promise.withResolvers<Value>();
}

export function channelId(slack: PlaygroundSlack, name: string): string {
  const channel = slack.channels().find((one) => one.name === name);
  if (!channel) throw new Error(`there is no #${name}`);
  return channel.id;
}

export const approveBlocks = [
  { type: 'section' as const, text: { type: 'mrkdwn' as const, text: 'Roll back *checkout*?' } },
  {
    type: 'actions' as const,
    elements: [
      {
        type: 'button' as const,
        action_id: 'approve',
        value: 'plan-1',
        style: 'primary' as const,
        text: { type: 'plain_text' as const, text: 'Approve' },
        confirm: {
          title: { type: 'plain_text' as const, text: 'Sure?' },
          text: { type: 'plain_text' as const, text: 'It changes prod-eu.' },
          confirm: { type: 'plain_text' as const, text: 'Approve' },
          deny: { type: 'plain_text' as const, text: 'Not yet' },
        },
      },
    ],
  },
];
