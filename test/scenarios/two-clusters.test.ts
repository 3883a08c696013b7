import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type PlaygroundCluster, startPlaygroundCluster } from '../../src/playground/kubernetes/server.ts';
import { type Night, startNight } from './night.ts';

let night: Night;
let harbours: readonly PlaygroundCluster[] = [];
let folder = '';

afterEach(async () => {
  await night.end();
  for (const cluster of harbours) await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

/** One source and one cluster each for east and west; both clusters look alike. */
async function startEastAndWest(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'firstmate-two-'));
  const names = ['east', 'west'];
  harbours = await Promise.all(names.map((name) => startPlaygroundCluster({ name })));
  const clusters = await Promise.all(
    harbours.map(async (cluster, index) => {
      const name = names[index] ?? '';
      const kubeconfig = join(folder, `${name}.yaml`);
      await writeFile(kubeconfig, cluster.kubeconfig);
      const identity = {
        context: name,
        writeContext: `${name}-writer`,
        writeToken: null,
        environment: null,
        alertmanagerUrl: null,
        prometheus: null,
        allowExecAuth: false,
      };
      return { name, access: { kubeconfig }, ...identity };
    }),
  );
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      clusters,
      sources: names.map((name) => ({
        name,
        kind: 'alertmanager',
        cluster: { name },
        secret: null,
        repeats: null,
      })),
    }),
  });
  for (const cluster of harbours) {
    cluster.breakScenario('bad-release');
    cluster.advance(5_000);
  }
}

const ALERT = {
  version: '4',
  groupKey: '{}:{}',
  status: 'firing',
  truncatedAlerts: 0,
  alerts: [
    {
      status: 'firing',
      labels: {
        alertname: 'KubeDeploymentRolloutStuck',
        namespace: 'shop',
        deployment: 'checkout',
        severity: 'critical',
      },
      annotations: {},
      startsAt: '2026-03-14T02:07:02Z',
      endsAt: '0001-01-01T00:00:00Z',
      fingerprint: 'the-same',
    },
  ],
};

describe('two sources, bound to two clusters, that tell the same', () => {
  it('give two incidents, and each write reaches its own cluster', async () => {
    await startEastAndWest();
    for (const name of ['east', 'west']) expect(await night.post(ALERT, name)).toBe(202);
    const shown = [await night.sees('plan.shown'), await night.sees('plan.shown')];
    expect(new Set(shown.map((event) => event.stream)).size).toBe(2);
    const incidents = await Promise.all(
      (await night.app.store.ledger.unfinished()).map((id) => night.app.store.ledger.load(id)),
    );
    expect(incidents.map((incident) => incident?.cluster).sort()).toEqual(['east', 'west']);

    const west = incidents.find((incident) => incident?.cluster === 'west');
    const channel = west?.channel?.channel ?? '';
    const card = night.slack
      .messages(channel)
      .find((message) => JSON.stringify(message.blocks).includes('approve_plan'));
    await night.slack.click({
      channel,
      ts: card?.ts ?? '',
      action_id: 'approve_plan',
      user: night.slack.people.ada ?? '',
    });
    await night.sees('execution.finished');
    const changed = harbours.map(
      ({ requests }) => requests.filter(({ method, dryRun }) => method === 'PATCH' && !dryRun).length,
    );
    expect(changed).toEqual([0, 1]);
  });
});
