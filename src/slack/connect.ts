import { App, webApi } from '@slack/bolt';
import type { Log } from '../core/ports/clock.ts';
import type { Messenger, People } from '../core/ports/messenger.ts';
import type { SlackSettings } from '../core/settings.ts';
import type { Team } from '../core/team.ts';
import type { SlackActions } from './actions.ts';
import { listenForApprove } from './approve.ts';
import { listenForCommand } from './command.ts';
import { listenForEvidence } from './evidence.ts';
import { failureOf } from './failure.ts';
import { httpReceiver, type Receive } from './http.ts';
import { inFlight } from './in-flight.ts';
import type { Listening } from './listen.ts';
import { boltLogger } from './logger.ts';
import { listenForMessages } from './message.ts';
import { createMessenger } from './messenger.ts';
import { actOnce } from './once.ts';
import { listenForOpenChannel } from './open-channel.ts';
import { createPeople } from './people.ts';
import { listenForPickCluster } from './pick-cluster.ts';
import { listenForRefresh } from './refresh.ts';
import { listenForReject } from './reject.ts';
import { listenForResolve } from './resolve.ts';
import { superviseSocket } from './socket.ts';
import { listenForSeparate } from './split.ts';
import { listenForTakeLead } from './take-lead.ts';
import type { Self, Tools } from './tools.ts';
import { listenForUndo } from './undo.ts';

export type SlackOptions = {
  readonly settings: SlackSettings;
  readonly actions: SlackActions;
  /** Names of the configured clusters: what people can pick from. */
  readonly clusters: readonly string[];
  readonly teams: readonly Team[];
  /** A team's name: invited where nobody owns the service. */
  readonly defaultResponder: string | null;
  readonly log: Log;
  readonly now: () => Date;
};

export type Slack = {
  readonly messenger: Messenger;
  readonly people: People;
  /** Who we are; asked once. @throws SlackRefused, or web-api's errors while Slack cannot be reached */
  readonly identify: () => Promise<Self>;
  /** Takes what people do from now on. Resolves after the first try to connect, which goes on in the background. */
  start(): Promise<void>;
  /** Takes nothing more from the call on; resolves when what was acknowledged is done, within seconds whatever Slack does. */
  stop(): Promise<void>;
  /** In HTTP mode what `POST /slack/events` calls; null in Socket Mode. */
  readonly receive: Receive | null;
};

/** The settings or Slack's administrators have to change before this can work. */
export class SlackRefused extends Error {
  override readonly name = 'SlackRefused';
}

/** A call that takes longer has an end that nobody knows. */
const CALL_MS = 15_000;
/** A click asks Slack and the cluster a few things before it is on disk; whoever stops us waits longer than this. */
const LAST_ACTIONS_MS = 20_000;

/**
 * Slack, ready to be started: Socket Mode with an app token, else HTTP with the signing secret. Slack being down
 * does not matter here.
 * @throws SlackRefused when Slack does not take the token, or the settings have neither way in
 */
export async function connectSlack(options: SlackOptions): Promise<Slack> {
  const { settings, log, now } = options;
  const clientOptions: webApi.WebClientOptions = {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_MS,
    // Bolt posts to a response_url with this too, and sets no limit there.
    fetch: (url, init) => fetch(url, { signal: AbortSignal.timeout(CALL_MS), ...init }),
    logger: boltLogger(log),
    ...(settings.apiUrl === null ? {} : { slackApiUrl: settings.apiUrl }),
  };
  const client = new webApi.WebClient(settings.botToken, clientOptions);
  const identify = once(() => whoWeAre(client));
  const people = createPeople({ client, identify, log, now });
  const tools: Tools = {
    client,
    identify,
    people,
    clusters: options.clusters,
    teams: options.teams,
    defaultResponder: options.defaultResponder,
    incidentsChannel: settings.incidentsChannel,
    command: settings.command,
    log,
    now,
  };
  await checkToken(identify, log);

  const wayIn = waysIn(options);
  const app = new App({
    receiver: wayIn.receiver,
    authorize: async () => {
      const self = await identify();
      return {
        botToken: settings.botToken,
        botUserId: self.userId,
        ...(self.botId === null ? {} : { botId: self.botId }),
      };
    },
    clientOptions,
    logger: boltLogger(log),
    convoStore: false,
  });
  app.error(async (error) => {
    log.error({ error: error.message }, 'a listener for Slack failed');
  });
  const acting = inFlight(log);
  app.use(acting.middleware);
  app.use(actOnce(now));
  listen({ app, actions: options.actions, tools });
  return {
    messenger: createMessenger(tools),
    people,
    identify,
    start: wayIn.start,
    stop: async () => {
      await Promise.all([acting.stop(LAST_ACTIONS_MS), wayIn.stop()]);
    },
    receive: wayIn.receive,
  };
}

function listen(listening: Listening): void {
  listenForApprove(listening);
  listenForReject(listening);
  listenForRefresh(listening);
  listenForUndo(listening);
  listenForEvidence(listening);
  listenForTakeLead(listening);
  listenForResolve(listening);
  listenForOpenChannel(listening);
  listenForSeparate(listening);
  listenForPickCluster(listening);
  listenForCommand(listening);
  listenForMessages(listening);
}

function waysIn({ settings, log, now }: SlackOptions) {
  if (settings.appToken !== null) {
    const socket = superviseSocket({ appToken: settings.appToken, apiUrl: settings.apiUrl, log });
    return { receiver: socket.receiver, start: socket.start, stop: socket.stop, receive: null };
  }
  if (settings.signingSecret === null) {
    throw new SlackRefused('Slack needs SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)');
  }
  const http = httpReceiver({ signingSecret: settings.signingSecret, log, now });
  let taking = false;
  const receive: Receive = async (rawBody, headers) =>
    taking
      ? http.receive(rawBody, headers)
      : { status: 503, type: 'text/plain; charset=utf-8', body: 'Not ready.' };
  return {
    receiver: http.receiver,
    start: async () => {
      taking = true;
    },
    stop: async () => {
      taking = false;
    },
    receive,
  };
}

async function checkToken(identify: () => Promise<Self>, log: Log): Promise<void> {
  try {
    await identify();
  } catch (error) {
    const { code, end } = failureOf(error);
    if (code !== null && WRONG_TOKEN.has(code)) throw new SlackRefused(`${end.says}: check SLACK_BOT_TOKEN`);
    if (error instanceof SlackRefused) throw error;
    log.warn({ error: end.says }, 'Slack does not say who we are yet; going on without');
  }
}

const WRONG_TOKEN: ReadonlySet<string> = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
]);

async function whoWeAre(client: webApi.WebClient): Promise<Self> {
  const { team_id: team, user_id: userId, ...said } = await client.auth.test();
  if (said.is_enterprise_install === true) {
    throw new SlackRefused('This token is of an org-wide install; install firstmate in one workspace');
  }
  if (team === undefined || userId === undefined)
    throw new SlackRefused('auth.test names no workspace and no user');
  return {
    team,
    enterprise: said.enterprise_id ?? null,
    userId,
    botId: said.bot_id ?? null,
    url: said.url ?? '',
  };
}

/** Remembers a success; a failure is asked again next time. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | null = null;
  return () => {
    known ??= ask().catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}
