import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { UsageError } from '../../src/cli/command.ts';
import { command, slackManifest } from '../../src/cli/manifest.ts';
import { DEFAULT_LIMITS, type Settings } from '../../src/core/settings.ts';
import { eventScopes } from '../../src/playground/slack/events.ts';
import { methodTable } from '../../src/playground/slack/methods/table.ts';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = readFileSync(join(ROOT, 'manifest.yml'), 'utf8');
const SCHEMA = join(ROOT, '../shared/data/slack/manifest.schema.2.0.0.json');

type Manifest = {
  features: { slash_commands: { command: string; url?: string }[] };
  oauth_config: { scopes: { bot: string[] } };
  settings: {
    socket_mode_enabled: boolean;
    event_subscriptions: { bot_events: string[]; request_url?: string };
  };
};
const read = (text: string): Manifest => parse(text);

/** The Web API methods that src/slack calls. */
const CALLED = [
  ...new Set(
    readdirSync(join(ROOT, 'src/slack'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .flatMap((entry) => [
        ...readFileSync(join(entry.parentPath, entry.name), 'utf8').matchAll(
          /client\s*\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g,
        ),
      ])
      .map((found) => found[1] ?? ''),
  ),
].toSorted();
const METHODS = methodTable(() => '');
const SCOPES = read(TEXT).oauth_config.scopes.bot;

describe('the manifest', () => {
  it.runIf(existsSync(SCHEMA))('holds against Slack’s own schema, with Socket Mode and with HTTP', () => {
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
    const validate = ajv.compile(JSON.parse(readFileSync(SCHEMA, 'utf8')));
    const http = slackManifest(TEXT, { command: '/sos', url: 'https://bot.example.com/slack/events' });
    for (const text of [TEXT, http]) {
      validate(read(text));
      expect(validate.errors ?? []).toEqual([]);
    }
  });

  it('asks for a scope of every method that is called', () => {
    expect(CALLED).toContain('chat.postMessage');
    expect(CALLED).toContain('usergroups.users.list');
    for (const name of CALLED) {
      const method = METHODS.get(name);
      expect(method, name).toBeDefined();
      if (method === undefined || method.scopes.length === 0) continue;
      expect(
        SCOPES.filter((scope) => method.scopes.includes(scope)),
        name,
      ).not.toEqual([]);
    }
  });

  it('asks for no scope and no event that nothing uses', () => {
    const events = read(TEXT).settings.event_subscriptions.bot_events;
    const used = [
      'commands',
      ...CALLED.flatMap((name) => METHODS.get(name)?.scopes ?? []),
      ...events.map((event) => eventScopes[event] ?? ''),
    ];
    for (const scope of SCOPES) expect(used, scope).toContain(scope);
    expect(events).toEqual(['message.channels']);
  });
});

describe('firstmate manifest', () => {
  const run = async (values: { [option: string]: string }, configured: string | null = null) => {
    const out: string[] = [];
    const code = await command.run({
      values,
      positionals: [],
      io: { out: (text) => out.push(text), err: () => {}, stdin: async function* () {}, interactive: false },
      settings: async () => settingsWith(configured),
      stop: new AbortController().signal,
    });
    return { code, manifest: read(out.join('')) };
  };

  it('prints the command’s configured name', async () => {
    expect((await run({})).manifest.features.slash_commands[0]?.command).toBe('/incident');
    expect((await run({}, '/sos')).manifest.features.slash_commands[0]?.command).toBe('/sos');
    expect((await run({ command: '/fire' }, '/sos')).manifest.features.slash_commands[0]?.command).toBe(
      '/fire',
    );
  });

  it('prints addresses instead of Socket Mode for HTTP', async () => {
    const url = 'https://bot.example.com/slack/events';
    const { settings, features } = (await run({ url })).manifest;
    expect(settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { is_enabled: true, request_url: url },
      event_subscriptions: { request_url: url },
    });
    expect(features.slash_commands[0]?.url).toBe(url);
  });

  it.each([{ command: 'incident' }, { command: '/In cident' }, { url: 'http://plain.example.com' }])(
    'refuses %o',
    async (values) => {
      await expect(run(values)).rejects.toThrow(UsageError);
    },
  );
});

function settingsWith(command: string | null): Settings {
  return {
    slack: null,
    clusters: [],
    sources: [],
    teams: [],
    defaultResponder: null,
    openWhen: [],
    protectedNamespaces: [],
    breakGlass: null,
    maintenance: [],
    environments: [],
    database: 'sqlite::memory:',
    audit: { everyMs: 3_600_000, headsFile: null },
    http: { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0, tls: null },
    slashCommand: command ?? '/incident',
    folders: { runbooks: [], policies: [], services: [] },
    limits: DEFAULT_LIMITS,
  };
}
