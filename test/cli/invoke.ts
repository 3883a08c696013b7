import { parseArgs } from 'node:util';
import type { Command } from '../../src/cli/command.ts';
import type { Settings } from '../../src/core/settings.ts';
import { DEFAULT_LIMITS } from '../../src/core/settings.ts';

export type Told = { readonly code: number; readonly out: string; readonly err: string };

/** Settings with nothing configured but what a test says. */
export function settingsOf(given: Partial<Settings>): Settings {
  return {
    slack: null,
    slashCommand: '/incident',
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
    folders: { runbooks: ['runbooks'], policies: ['policies'], services: ['services'] },
    limits: DEFAULT_LIMITS,
    ...given,
  };
}

/** Runs a command in this process with its arguments, as the command line would. @throws UsageError */
export async function invoke(
  command: Command,
  args: readonly string[],
  settings: Settings = settingsOf({}),
): Promise<Told> {
  let out = '';
  let err = '';
  const { values, positionals } = parseArgs({
    args: [...args],
    options: command.options,
    allowPositionals: true,
  });
  const code = await command.run({
    values,
    positionals,
    io: {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      async *stdin() {},
      interactive: false,
    },
    settings: async () => settings,
    stop: new AbortController().signal,
  });
  return { code, out, err };
}
