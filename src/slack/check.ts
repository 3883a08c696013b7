import { webApi } from '@slack/bolt';
import type { SlackSettings } from '../core/settings.ts';
import type { Team } from '../core/team.ts';
import { attempt, isFailure } from './failure.ts';
import { boltLogger } from './logger.ts';
import { createPeople } from './people.ts';

/** What the methods that firstmate calls need; manifest.yml asks for the same. */
export const SCOPES: readonly string[] = [
  'channels:history',
  'channels:join',
  'channels:manage',
  'channels:read',
  'chat:write',
  'commands',
  'pins:write',
  'usergroups:read',
  'users:read',
];

export type SlackCheck = { readonly check: string; readonly ok: boolean; readonly says: string };

const CALL_MS = 10_000;

/** Asks Slack, for `doctor`, whether the tokens, their scopes, the channel and the teams are as firstmate needs them. */
export async function checkSlack(
  settings: SlackSettings,
  teams: readonly Team[],
): Promise<readonly SlackCheck[]> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const options: webApi.WebClientOptions = {
    retryConfig: { retries: 0 },
    timeout: CALL_MS,
    logger: boltLogger(silent),
    ...(settings.apiUrl === null ? {} : { slackApiUrl: settings.apiUrl }),
  };
  const client = new webApi.WebClient(settings.botToken, options);
  const self = await attempt(() => client.auth.test());
  if (isFailure(self))
    return [{ check: 'slack bot token', ok: false, says: `${self.end.says}. Check SLACK_BOT_TOKEN.` }];
  if (self.is_enterprise_install === true) {
    const says =
      'This is an org-wide install. Install firstmate in one workspace: approvals are bound to it.';
    return [{ check: 'slack bot token', ok: false, says }];
  }
  const lines: SlackCheck[] = [
    {
      check: 'slack bot token',
      ok: true,
      says: `${self.team ?? 'the workspace'} as ${self.user ?? 'the bot'}.`,
    },
  ];
  const granted = self.response_metadata?.scopes;
  if (granted !== undefined) lines.push(scopeLine(granted));
  if (settings.appToken !== null) lines.push(await socketLine(settings.appToken, options));
  lines.push(await channelLine(client, settings.incidentsChannel));

  const identity = {
    team: self.team_id ?? '',
    enterprise: self.enterprise_id ?? null,
    userId: self.user_id ?? '',
    botId: self.bot_id ?? null,
    url: self.url ?? '',
  };
  const people = createPeople({
    client,
    identify: async () => identity,
    log: silent,
    now: () => new Date(0),
  });
  for (const team of teams) {
    const members = await people.members(team);
    const check = `team ${team.name}`;
    if (members.status === 'unreadable')
      lines.push({ check, ok: false, says: `${members.says}. Until then nobody of it counts.` });
    else if (members.users.length === 0)
      lines.push({ check, ok: false, says: 'has no members, so nobody of it can approve.' });
    else lines.push({ check, ok: true, says: `${members.users.length} members.` });
  }
  return lines;
}

function scopeLine(granted: readonly string[]): SlackCheck {
  const missing = SCOPES.filter((scope) => !granted.includes(scope));
  return missing.length === 0
    ? { check: 'slack scopes', ok: true, says: 'all there.' }
    : {
        check: 'slack scopes',
        ok: false,
        says: `Missing: ${missing.join(', ')}. Take the manifest from firstmate manifest and reinstall the app.`,
      };
}

async function socketLine(appToken: string, options: webApi.WebClientOptions): Promise<SlackCheck> {
  const opened = await attempt(() => new webApi.WebClient(appToken, options).apps.connections.open({}));
  const check = 'slack app token';
  return isFailure(opened)
    ? {
        check,
        ok: false,
        says: `${opened.end.says}. SLACK_APP_TOKEN needs connections:write and Socket Mode on.`,
      }
    : { check, ok: true, says: 'Socket Mode can be opened.' };
}

async function channelLine(client: webApi.WebClient, wanted: string): Promise<SlackCheck> {
  const check = 'incidents channel';
  let cursor: string | undefined;
  do {
    const page = await attempt(() =>
      client.conversations.list({
        limit: 1000,
        exclude_archived: true,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    if (isFailure(page)) return { check, ok: false, says: page.end.says };
    if (page.channels?.some(({ id, name }) => id === wanted || name === wanted) === true) {
      return { check, ok: true, says: `#${wanted} is there.` };
    }
    cursor = page.response_metadata?.next_cursor || undefined;
  } while (cursor !== undefined);
  return {
    check,
    ok: false,
    says: `There is no public channel #${wanted}. Make it, or set incidents_channel in firstmate.yaml.`,
  };
}
