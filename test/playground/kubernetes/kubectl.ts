import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type PlaygroundCluster,
  type PlaygroundClusterOptions,
  startPlaygroundCluster,
} from '../../../src/playground/kubernetes/server.ts';

const OLDEST_MINOR = 32;
/** The longest that one call may take, in ms. */
const PATIENCE_MS = 30_000;

export type Output = { code: number; stdout: string; stderr: string };

function execute(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Output> {
  return new Promise((resolve) => {
    execFile('kubectl', args, { env, timeout: PATIENCE_MS }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr });
    });
  });
}

/** The minor version of the kubectl on the PATH when it is 1.32 or newer, else undefined. */
export async function kubectlMinor(): Promise<number | undefined> {
  const { code, stdout } = await execute(['version', '--client', '-o', 'json'], process.env);
  if (code !== 0) return undefined;
  const { clientVersion } = JSON.parse(stdout) as { clientVersion: { minor: string } };
  const minor = Number.parseInt(clientVersion.minor, 10);
  return minor >= OLDEST_MINOR ? minor : undefined;
}

export type Kubectl = {
  cluster: PlaygroundCluster;
  /** A folder of the test's own, for manifests. */
  folder: string;
  /** Runs kubectl as the admin, in namespace `shop`. */
  run(...args: string[]): Promise<Output>;
  /** The same, for what has to end well; gives what it prints. */
  out(...args: string[]): Promise<string>;
  /** Runs kubectl by another context of the kubeconfig. */
  as(context: string, ...args: string[]): Promise<Output>;
  stop(): Promise<void>;
};

/** A cluster of its own, with a kubectl that knows nothing else. */
export async function startKubectl(options: Partial<PlaygroundClusterOptions> = {}): Promise<Kubectl> {
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const cluster = await startPlaygroundCluster({ name: 'pg', ...options });
  const config = join(folder, 'kubeconfig');
  await writeFile(config, cluster.kubeconfig, { mode: 0o600 });
  const env = { PATH: process.env.PATH, HOME: folder, KUBECONFIG: config, TZ: 'UTC' };
  const as = (context: string, ...args: string[]) =>
    execute(['--context', context, '--namespace', 'shop', ...args], env);
  const run = (...args: string[]) => as('pg-admin-tls', ...args);
  return {
    cluster,
    folder,
    run,
    out: async (...args) => {
      const output = await run(...args);
      if (output.code === 0) return output.stdout;
      throw new Error(`kubectl ${args.join(' ')} ended with ${output.code}: ${output.stderr}`);
    },
    as,
    stop: async () => {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The rows of a printed table, each as its cells by the column's title. */
export function rows(table: string): Record<string, string>[] {
  const [header = '', ...lines] = table.trimEnd().split('\n');
  const titles = [...header.matchAll(/\S+(?: \S+)*/g)];
  return lines.map((line) =>
    Object.fromEntries(
      titles.map((title, index) => [title[0], line.slice(title.index, titles[index + 1]?.index).trim()]),
    ),
  );
}
