import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlaygroundCluster } from '../playground/kubernetes/server.ts';
import { everyEvent, everyScope } from '../playground/slack/installation.ts';
import { startPlaygroundSlack } from '../playground/slack/server.ts';
import { type Command, UsageError } from './command.ts';

export const command: Command = {
  name: 'playground',
  usage:
    'playground [--slack-port N] [--cluster-port N] [--cluster-name NAME] [--snapshot DIR] [--rate-limits on|off]',
  summary:
    'Runs only the embedded Slack workspace and cluster, and prints the environment that points an app at them.',
  options: {
    'slack-port': { type: 'string' },
    'cluster-port': { type: 'string' },
    'cluster-name': { type: 'string' },
    snapshot: { type: 'string' },
    'rate-limits': { type: 'string' },
  },
  async run({ values, io, stop }) {
    const slack = await startPlaygroundSlack({
      port: portOf(values['slack-port'], '--slack-port'),
      rateLimits: switchOf(values['rate-limits'], '--rate-limits'),
      installedScopes: everyScope(),
      botEvents: everyEvent(),
    });
    const snapshot = values.snapshot;
    const name = typeof values['cluster-name'] === 'string' ? values['cluster-name'] : 'playground';
    const cluster = await startPlaygroundCluster({
      name,
      port: portOf(values['cluster-port'], '--cluster-port'),
      clock: 'running',
      ...(typeof snapshot === 'string' ? { snapshotDir: snapshot } : {}),
    });
    const folder = await mkdtemp(join(tmpdir(), 'firstmate-playground-'));
    try {
      const kubeconfig = join(folder, 'kubeconfig.yaml');
      await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
      const environment = {
        SLACK_API_URL: slack.apiUrl,
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_SIGNING_SECRET: slack.signingSecret,
        PLAYGROUND_SLACK_URL: slack.url,
        KUBECONFIG: kubeconfig,
        PLAYGROUND_CLUSTER_URL: cluster.url,
      };
      for (const [variable, value] of Object.entries(environment)) io.out(`${variable}=${value}\n`);
      io.err('The playground runs. Point an app at it with the lines above; Ctrl+C ends it.\n');
      await new Promise<void>((resolve) => {
        if (stop.aborted) resolve();
        stop.addEventListener('abort', () => resolve(), { once: true });
      });
      return 0;
    } finally {
      await cluster.stop();
      await slack.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function switchOf(value: unknown, flag: string): 'on' | 'off' {
  if (value === undefined || value === 'on') return 'on';
  if (value === 'off') return 'off';
  throw new UsageError(`${flag}: ${value} is neither on nor off`);
}

function portOf(value: unknown, flag: string): number {
  if (value === undefined) return 0;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UsageError(`${flag}: ${value} is not a port`);
  return port;
}
