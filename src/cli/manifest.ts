import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { type Command, UsageError } from './command.ts';

const FILE = fileURLToPath(new URL('../../manifest.yml', import.meta.url));

export const command: Command = {
  name: 'manifest',
  usage: 'manifest [--command /NAME] [--url https://HOST/slack/events]',
  summary: 'Prints the Slack app manifest: paste it at api.slack.com/apps',
  options: { command: { type: 'string' }, url: { type: 'string' } },
  run: async ({ values, io, settings }) => {
    const name = values.command ?? (await settings({ secrets: false })).slashCommand;
    if (typeof name !== 'string' || !/^\/[a-z0-9][a-z0-9_-]{0,30}$/.test(name)) {
      throw new UsageError('--command: give one name that starts with a slash, such as /incident');
    }
    const { url } = values;
    if (url !== undefined && (typeof url !== 'string' || !isHttps(url))) {
      throw new UsageError(
        '--url: give the https address that Slack can reach, such as https://bot.example.com/slack/events',
      );
    }
    io.out(slackManifest(await readFile(FILE, 'utf8'), { command: name, url: url ?? null }));
    return 0;
  },
};

/** The manifest with another command's name and, with a URL, for HTTP instead of Socket Mode. */
export function slackManifest(
  text: string,
  { command, url }: { readonly command: string; readonly url: string | null },
): string {
  const document = parseDocument(text);
  document.setIn(['features', 'slash_commands', 0, 'command'], command);
  if (url !== null) {
    document.setIn(['features', 'slash_commands', 0, 'url'], url);
    document.setIn(['settings', 'interactivity', 'request_url'], url);
    document.setIn(['settings', 'event_subscriptions', 'request_url'], url);
    document.setIn(['settings', 'socket_mode_enabled'], false);
  }
  return document.toString({ lineWidth: 0 });
}

function isHttps(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
