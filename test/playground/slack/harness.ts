import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import {
  type PlaygroundSlack,
  type SlackOptions,
  startPlaygroundSlack,
} from '../../../src/playground/slack/server.ts';

/** A workspace that is stopped when the test ends. */
export async function startSlack(options: SlackOptions = {}): Promise<PlaygroundSlack> {
  const slack = await startPlaygroundSlack({ rateLimits: 'off', ...options });
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

/** A Bolt app over Socket Mode; `listen` adds its listeners before it connects. It reconnects at once. */
export async function startApp(slack: PlaygroundSlack, listen: (app: App) => void): Promise<App> {
  const app = new App({
    token: slack.botToken,
    receiver: new SocketModeReceiver({
      appToken: slack.appToken,
      logger: silent,
      clientPingTimeout: 10,
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
