import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type PlaygroundCluster, startPlaygroundCluster } from '../src/playground/kubernetes/server.ts';
import { type PlaygroundSlack, startPlaygroundSlack } from '../src/playground/slack/server.ts';

const ROOT = join(import.meta.dirname, '..');
const CLUSTER = 'harbour-prod';

/** A Slack workspace and a cluster in this process, and what `firstmate start` needs to work with them. */
export type World = {
  readonly slack: PlaygroundSlack;
  readonly cluster: PlaygroundCluster;
  readonly folder: string;
  readonly kubeconfig: string;
  /** The kubeconfig's context that may write. */
  readonly writeContext: string;
  /** Of the cluster's administrator, who sets the scene. */
  readonly adminToken: string;
  /** The environment of a bot with this database. */
  readonly environment: (database: string) => { readonly [name: string]: string };
  readonly end: () => Promise<void>;
};

type Documents = { readonly services: readonly string[]; readonly policies: readonly string[] };

type WorldOptions = {
  /** Gives folders of documents that are added to the demo's; it may write into the world's folder. */
  readonly write?: (folder: string) => Promise<Documents>;
  /** `on`: Slack's own; `off`, so that what is measured is not Slack's waiting, unless told otherwise. */
  readonly rateLimits?: 'on' | 'off';
  /** How many names the one cluster goes by, `harbour-prod-1` and on; its alerts say which in their label `cluster`. */
  readonly names?: number;
};

export async function startWorld({ write, rateLimits = 'off', names }: WorldOptions = {}): Promise<World> {
  const called =
    names === undefined ? [CLUSTER] : Array.from({ length: names }, (_, index) => clusterName(index));
  const folder = await mkdtemp(join(tmpdir(), 'firstmate-bench-'));
  const documents = (await write?.(folder)) ?? { services: [], policies: [] };
  const slack = await startPlaygroundSlack({ rateLimits });
  const cluster = await startPlaygroundCluster({ name: CLUSTER, clock: 'running' });
  const kubeconfig = join(folder, 'kubeconfig.yaml');
  const config = join(folder, 'firstmate.yaml');
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  await writeFile(
    config,
    stringify({
      incidents_channel: 'incidents',
      default_responder: 'sre-leads',
      teams: Object.fromEntries(
        ['sre-leads', 'checkout-oncall', 'orders-oncall'].map((team) => [team, { slack_group: team }]),
      ),
      clusters: called.map((name) => ({
        name,
        kubeconfig_context: CLUSTER,
        write_context: `${CLUSTER}-writer`,
      })),
      sources: [
        {
          name: 'default',
          kind: 'alertmanager',
          ...(names === undefined ? { cluster: CLUSTER } : { cluster_label: 'cluster' }),
        },
      ],
      folders: {
        services: [join(ROOT, 'services'), ...documents.services],
        policies: [join(ROOT, 'policies'), ...documents.policies],
      },
    }),
  );
  return {
    slack,
    cluster,
    folder,
    kubeconfig,
    writeContext: `${CLUSTER}-writer`,
    adminToken: tokenOf(cluster.kubeconfig, `${CLUSTER}-admin`),
    environment: (database) => ({
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      KUBECONFIG: kubeconfig,
      FIRSTMATE_CONFIG: config,
      DATABASE_URL: `sqlite:${database}`,
    }),
    async end() {
      await cluster.stop();
      await slack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The names of a world with several, from 0. */
export function clusterName(index: number): string {
  return `${CLUSTER}-${index + 1}`;
}

type Kubeconfig = { readonly users: readonly { readonly name: string; readonly user: { token: string } }[] };

function tokenOf(kubeconfig: string, user: string): string {
  const { users } = parse(kubeconfig) as Kubeconfig;
  const found = users.find(({ name }) => name === user);
  if (found === undefined) throw new Error(`the kubeconfig has no user ${user}`);
  return found.user.token;
}
