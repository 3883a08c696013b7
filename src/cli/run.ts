import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigFault, loadSettings } from '../config.ts';
import { type Command, type Io, UsageError } from './command.ts';

/** Each loads its file only when it is called: `guard` must not wait for Slack's libraries. */
const COMMANDS: { readonly [name: string]: () => Promise<{ command: Command }> } = {
  start: () => import('./start.ts'),
  demo: () => import('./demo.ts'),
  playground: () => import('./playground.ts'),
  doctor: () => import('./doctor.ts'),
  lint: () => import('./lint.ts'),
  match: () => import('./match.ts'),
  guard: () => import('./guard.ts'),
  incidents: () => import('./incidents.ts'),
  timeline: () => import('./timeline.ts'),
  review: () => import('./review.ts'),
  audit: () => import('./audit.ts'),
  pause: () => import('./pause.ts'),
  resume: () => import('./resume.ts'),
  rbac: () => import('./rbac.ts'),
  manifest: () => import('./manifest.ts'),
  backup: () => import('./backup.ts'),
};

/** Runs one command and sets the exit code: 0 fine, 1 what was checked does not hold, 2 wrong usage or input. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const io = processIo();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Asked twice, it goes at once; what was under way is settled at the next start.
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  // A reader that went away (`firstmate timeline … | head`) is not a fault of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await runCommand(argv, io, stop.signal);
}

export async function runCommand(argv: readonly string[], io: Io, stop: AbortSignal): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === 'help') {
    io.out(await overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    io.out(`firstmate ${version()}\n`);
    return 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    io.err(`firstmate: there is no command "${name}". firstmate --help lists them.\n`);
    return 2;
  }
  const { command } = await load();
  if (rest.includes('--help')) {
    io.out(`usage: firstmate ${command.usage}\n\n${command.summary}\n`);
    return 0;
  }
  try {
    const { values, positionals } = parsed(command, rest);
    return await command.run({
      values,
      positionals,
      io,
      stop,
      settings: async (needs) => loadSettings(undefined, needs),
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // These say what to do; anything else is a fault of ours and keeps its stack.
    const told = [UsageError.name, ConfigFault.name, 'StoreRefused', 'StoreUnavailable', 'SlackRefused'];
    io.err(`firstmate ${name}: ${told.includes(error.name) ? error.message : error.stack}\n`);
    return told.includes(error.name) ? 2 : 1;
  }
}

function version(): string {
  const file = join(import.meta.dirname, '..', '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function parsed(command: Command, argv: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: command.options,
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals };
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${says}\nusage: firstmate ${command.usage}`);
  }
}

async function overview(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(COMMANDS).map(
      async ([name, load]) => `  ${name.padEnd(12)}${(await load()).command.summary}`,
    ),
  );
  return `firstmate: a Slack-native incident co-pilot for Kubernetes\n\n${lines.join('\n')}\n\nfirstmate <command> --help says more. New here? firstmate demo\n`;
}

function processIo(): Io {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    async *stdin() {
      process.stdin.setEncoding('utf8');
      for await (const chunk of process.stdin) yield String(chunk);
    },
    interactive: process.stderr.isTTY === true,
  };
}
