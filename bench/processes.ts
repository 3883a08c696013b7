import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitedForCoreMs } from './cores.ts';

export const PROGRAM = join(import.meta.dirname, '..', 'dist', 'main.js');
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 5;

/** A process of ours with a stdout of JSON lines. */
export type Helper = {
  /** The next line. */
  readonly line: () => Promise<unknown>;
  readonly tell: (line: unknown) => void;
  readonly end: () => Promise<void>;
};

/** Starts a file of bench/ in a process of its own. */
export function startHelper(file: string, args: readonly string[]): Helper {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = linesOf(child);
  return {
    async line() {
      const next = await lines.next();
      if (next.done === true) throw new Error(`${file} ended early`);
      return JSON.parse(next.value);
    },
    tell: (line) => void child.stdin.write(`${JSON.stringify(line)}\n`),
    end: () => ended(child),
  };
}

async function* linesOf(child: ChildProcess): AsyncGenerator<string, void, void> {
  let rest = '';
  for await (const chunk of child.stdout ?? []) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

export type Bot = {
  readonly url: string;
  readonly adminUrl: string;
  /** From the spawn to the first 200 of /readyz. */
  readonly readyAfterMs: number;
  /** Resident memory in MiB; null where the system has no /proc. */
  readonly residentMiB: () => number | null;
  /** The most that it ever was. */
  readonly peakResidentMiB: () => number | null;
  /** How long its main thread has stood ready to run while others had the cores; null likewise. */
  readonly waitedForCoreMs: () => number | null;
  readonly end: () => Promise<void>;
};

/** `firstmate start` in a process of its own, ready. `environment` is all that it gets. */
export async function startBot(
  environment: { readonly [name: string]: string },
  logFile: string,
  nodeArgs: readonly string[] = [],
): Promise<Bot> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const log = openSync(logFile, 'a');
  const began = performance.now();
  const child = spawn(process.execPath, [...nodeArgs, PROGRAM, 'start'], {
    env: { PATH: '/usr/bin:/bin', ...environment, PORT: String(port), ADMIN_PORT: String(adminPort) },
    stdio: ['ignore', 'ignore', log],
  });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  while (!(await isReady(adminUrl))) {
    if (child.exitCode !== null || performance.now() - began > READY_WITHIN_MS) {
      child.kill('SIGKILL');
      throw new Error(`firstmate start did not get ready:\n${readFileSync(logFile, 'utf8').slice(-4_000)}`);
    }
    await delay(LOOK_EVERY_MS);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    adminUrl,
    readyAfterMs: performance.now() - began,
    residentMiB: () => memoryMiB(child.pid ?? 0, 'VmRSS'),
    peakResidentMiB: () => memoryMiB(child.pid ?? 0, 'VmHWM'),
    waitedForCoreMs: () => waitedForCoreMs(child.pid ?? 0),
    end: () => ended(child),
  };
}

async function isReady(adminUrl: string): Promise<boolean> {
  const answer = await fetch(`${adminUrl}/readyz`).catch(() => null);
  await answer?.arrayBuffer();
  return answer?.status === 200;
}

// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
function memoryMiB(pid: number, name: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kib = status.split('\n').find((line) => line.startsWith(`${name}:`));
    return kib === undefined ? null : Number.parseInt(kib.slice(name.length + 1), 10) / 1024;
  } catch {
    return null;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('there is no port');
  return address.port;
}

/** Runs `firstmate demo --headless` to its end; gives the seconds that it took. @throws Error when it does not end well */
export async function runDemo(): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--headless'], { stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`firstmate demo --headless ended with ${code}`);
  return (performance.now() - began) / 1_000;
}
