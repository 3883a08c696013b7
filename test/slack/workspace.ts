import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { Incident } from '../../src/core/incident.ts';
import type { OutboxMessage, SentResult } from '../../src/core/outbox.ts';
import type { Log } from '../../src/core/ports/clock.ts';
import type { SendEnd } from '../../src/core/ports/messenger.ts';
import type { Team } from '../../src/core/team.ts';
import {
  type SlackOptions as PlaygroundOptions,
  type PlaygroundSlack,
  startPlaygroundSlack,
} from '../../src/playground/slack/server.ts';
import type { SlackActions } from '../../src/slack/actions.ts';
import { connectSlack, type Slack, type SlackOptions } from '../../src/slack/connect.ts';
import { makeContext } from './make.ts';

/** Installed as the manifest says, so that a call without its scope fails here. */
const MANIFEST: Manifest = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8'));
type Manifest = {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: { readonly event_subscriptions: { readonly bot_events: readonly string[] } };
};

export const INCIDENTS = 'C0INCIDENTS';

export const TEAMS: readonly Team[] = [
  { name: 'checkout', slackGroup: 'checkout-oncall', members: [], oncall: null },
  { name: 'sre', slackGroup: 'sre-leads', members: ['U0BEN'], oncall: null },
];

export type Line = {
  readonly level: 'info' | 'warn' | 'error';
  readonly about: object;
  readonly message: string;
};

export function recordingLog(): Log & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const put = (level: Line['level']) => (about: object, message: string) => {
    lines.push({ level, about, message });
  };
  return { lines, info: put('info'), warn: put('warn'), error: put('error') };
}

/** Actions of which a test gives the ones it needs; any other one fails. */
export function makeActions(given: Partial<SlackActions> = {}): SlackActions {
  const unexpected = async (): Promise<never> => {
    throw new Error('this was not to be asked for');
  };
  return {
    vote: unexpected,
    refreshPlan: unexpected,
    undo: unexpected,
    openChannel: unexpected,
    resolve: unexpected,
    take: unexpected,
    note: unexpected,
    declare: unexpected,
    merge: unexpected,
    split: unexpected,
    separate: unexpected,
    setSeverity: unexpected,
    reopen: unexpected,
    pickCluster: unexpected,
    breakGlass: unexpected,
    pause: unexpected,
    resume: unexpected,
    spoke: async () => {},
    incidentIn: async () => null,
    incidents: async () => [],
    incident: async () => null,
    incidentOfPlan: async () => null,
    ...given,
  };
}

/** A workspace and firstmate connected to it; both end with the test. */
export async function workspace(
  options: {
    readonly actions?: Partial<SlackActions>;
    readonly connect?: Partial<SlackOptions>;
    readonly playground?: PlaygroundOptions;
  } = {},
) {
  const slack = await startPlaygroundSlack({
    rateLimits: 'off',
    installedScopes: MANIFEST.oauth_config.scopes.bot,
    botEvents: MANIFEST.settings.event_subscriptions.bot_events,
    ...options.playground,
  });
  onTestFinished(() => slack.stop());
  const log = recordingLog();
  const bot = await connectSlack({
    settings: settingsFor(slack),
    actions: makeActions(options.actions),
    clusters: ['prod'],
    teams: TEAMS,
    defaultResponder: 'sre',
    log,
    now: () => new Date(),
    ...options.connect,
  });
  onTestFinished(() => bot.stop());
  return { slack, bot, log, outbox: outbox(bot) };
}

export function settingsFor(slack: PlaygroundSlack): SlackOptions['settings'] {
  return {
    botToken: slack.botToken,
    appToken: slack.appToken,
    signingSecret: null,
    apiUrl: slack.apiUrl,
    incidentsChannel: 'incidents',
    command: '/incident',
  };
}

/** Sends like the outbox does, and remembers where things went. */
export function outbox({ messenger }: Pick<Slack, 'messenger'>) {
  const results = new Map<string, SentResult>();
  const keep = (message: OutboxMessage, end: SendEnd | null): void => {
    if (end?.status === 'sent') results.set(message.key, end.result);
  };
  return {
    results,
    send: async (message: OutboxMessage, incident: Incident | null): Promise<SendEnd> => {
      const end = await messenger.send(message, makeContext(incident, results));
      keep(message, end);
      return end;
    },
    find: async (message: OutboxMessage, incident: Incident | null): Promise<SendEnd | null> => {
      const end = await messenger.find(message, makeContext(incident, results));
      keep(message, end);
      return end;
    },
  };
}

/** Waits until something holds of the workspace. The test's own timeout is the limit. */
export function until<T>(slack: PlaygroundSlack, look: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    let stop = (): void => {};
    const check = (): void => {
      const found = look();
      if (found === undefined) return;
      stop();
      resolve(found);
    };
    stop = slack.onChange(check);
    check();
  });
}

/** What a person was told alone in a channel, oldest first. */
export function whispers(slack: PlaygroundSlack, channel: string, user: string): readonly string[] {
  return slack
    .messages(channel)
    .filter((message) => message.ephemeral_to === user)
    .map((message) => message.text);
}

/** Makes the next calls of a method go wrong, as `POST /_playground/faults` takes it. */
export async function fault(slack: PlaygroundSlack, body: object): Promise<void> {
  const answer = await fetch(`${slack.url}/_playground/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
