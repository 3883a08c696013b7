import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Labels } from '../../src/core/alert.ts';
import { type IncidentId, incidentId } from '../../src/core/ids.ts';
import { alertmanagerBody, fires, type ToldAlert } from '../deliveries.ts';
import { type Night, startNight } from './night.ts';

const INCIDENT = incidentId(2026, 1);

let night: Night;
beforeEach(async () => {
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      // Ben has the platform, ada checkout, chen orders.
      teams: [...settings.teams, { name: 'platform', slackGroup: null, members: ['U0BEN'], oncall: null }],
      defaultResponder: 'platform',
    }),
  });
});
afterEach(() => night.end());

async function comes(...deliveries: readonly (ToldAlert | readonly ToldAlert[])[]): Promise<void> {
  for (const delivery of deliveries) expect(await night.post(alertmanagerBody([delivery].flat()))).toBe(202);
  await night.settled();
}

async function told(id: IncidentId): Promise<string[]> {
  const lines = await night.timeline(id, /^(alert\.|incident|problem|severity|channel\.requested)/);
  return lines.map((line) => line.slice('02:07:00 '.length).replace(/ \(default \w+\)$/, ''));
}

function opened(): readonly string[] {
  return night.events.filter(({ type }) => type === 'incident.opened').map(({ stream }) => stream);
}

/** Who was asked into the incident's channel, in the order of asking. */
async function invited(): Promise<readonly unknown[]> {
  const channel = (await night.incident()).channel?.channel;
  return night.slack.calls
    .filter(({ method, args }) => method === 'conversations.invite' && args.channel === channel)
    .map(({ args }) => args.users);
}

type PodView = {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: Labels;
};

/** The name of a pod of a workload on a node of the playground, or off it. */
function podOf(workload: string, node: string, there: boolean): string {
  const objects: readonly PodView[] = JSON.parse(JSON.stringify(night.cluster.snapshot()));
  const pod = objects.find(
    ({ kind, metadata, spec }) =>
      kind === 'Pod' && metadata.name.startsWith(`${workload}-`) && (spec?.nodeName === node) === there,
  );
  if (pod === undefined) throw new Error(`there is no such pod of ${workload}`);
  return pod.metadata.name;
}

/** Node c is not ready, and so are the pods of checkout and orders on it. */
async function nodeFails() {
  night.cluster.breakScenario('node-not-ready');
  await night.pass(60);
  const now = night.clock.now();
  const notReady = (workload: string, there = true): ToldAlert =>
    fires('KubePodNotReady', { namespace: 'shop', pod: podOf(workload, 'node-c', there) }, now);
  return {
    node: fires('KubeNodeNotReady', { node: 'node-c', severity: 'warning', job: 'kube-state-metrics' }, now),
    checkout: notReady('checkout'),
    orders: notReady('orders'),
    elsewhere: notReady('catalog', false),
  };
}

describe('pods of two workloads on a node that the cluster shows as not ready', () => {
  it('join the incident of the node, raise it, open its channel and bring their owners', async () => {
    const { node, checkout, orders, elsewhere } = await nodeFails();
    await comes(node);
    expect(await told(INCIDENT)).toEqual([
      'incident opened: KubeNodeNotReady node node-c (SEV3, harbour-prod; no rule opens a channel for it)',
      'alert KubeNodeNotReady fires',
    ]);
    await comes(checkout);
    await comes(orders);
    const on = (alert: ToldAlert): string =>
      `its pod ${alert.labels.pod} is on node node-c: it is not ready (KubeletNotReady)`;
    expect((await told(INCIDENT)).slice(2)).toEqual([
      `KubePodNotReady shop/checkout joined: ${on(checkout)}`,
      'severity SEV3 is now SEV2: KubePodNotReady shop/checkout is SEV2',
      'channel asked for by KubePodNotReady shop/checkout is SEV2',
      'alert KubePodNotReady fires',
      `KubePodNotReady shop/orders joined: ${on(orders)}`,
      'alert KubePodNotReady fires',
    ]);
    // The node's own, then the owners: of what joined before there was a channel, and of what joined later.
    expect(await invited()).toEqual(['U0BEN', 'U0ADA', 'U0CHEN']);
    expect(opened()).toEqual([INCIDENT]);

    // A pod on another node has nothing to do with it.
    await comes(elsewhere);
    expect(opened()).toHaveLength(2);
  });

  it('make the incident of the node when they come first, and the node joins them', async () => {
    const { node, checkout, orders } = await nodeFails();
    await comes(checkout, orders, node);
    expect(opened()).toEqual([INCIDENT]);
    expect(await told(INCIDENT)).toEqual([
      'incident opened: Node node-c is not ready (SEV2, harbour-prod; open_when severity="critical" matches)',
      'alert KubePodNotReady fires',
      expect.stringContaining('KubePodNotReady shop/checkout joined: its pod checkout-'),
      expect.stringContaining('KubePodNotReady shop/orders joined: its pod orders-'),
      'alert KubePodNotReady fires',
      'alert KubeNodeNotReady fires',
    ]);
    expect(await invited()).toEqual(['U0BEN', 'U0ADA', 'U0CHEN']);
  });
});

describe('a control plane that has lost its etcd', () => {
  /** Everything that the scenario tells, each as a delivery of its own. */
  async function storm(): Promise<readonly ToldAlert[]> {
    night.cluster.breakScenario('etcd-quorum-lost');
    await night.pass(60);
    return night.cluster
      .alerts()
      .filter(({ status }) => status === 'firing')
      .map(({ labels, startsAt }) => ({ labels, startsAt: startsAt ?? '', endsAt: null }));
  }

  it('is one incident, and what is read off it joins', async () => {
    const alerts = await storm();
    await comes(...alerts);
    expect(opened()).toEqual([INCIDENT]);
    const incident = await night.incident();
    expect(incident).toMatchObject({
      title: 'etcdInsufficientMembers (control plane)',
      rank: 'control_plane',
    });
    expect(Object.keys(incident.alerts)).toHaveLength(alerts.length);
    expect(alerts.length).toBeGreaterThan(20);
    expect(incident.joined.map(({ title }) => title)).toContain('KubeStateMetricsListErrors');
    const because = new Set(incident.joined.map((problem) => problem.because.replace(/:.*/, '')));
    // The cluster's own health check says it, or the incident that is open.
    for (const why of because) expect(why).toMatch(/(the|while the) control plane is not well$/);
  });

  it('comes first also where its symptoms do', async () => {
    const alerts = await storm();
    await comes(...alerts.toReversed());
    expect(opened()).toEqual([INCIDENT]);
    const incident = await night.incident();
    expect(incident).toMatchObject({ title: 'The control plane is not well', rank: 'control_plane' });
    expect(Object.keys(incident.alerts)).toHaveLength(alerts.length);
  });
});
