import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IncidentId, incidentId } from '../../src/core/ids.ts';
import { alertmanagerBody, fires, type ToldAlert } from '../deliveries.ts';
import { type Night, startNight } from './night.ts';

const INCIDENT = incidentId(2026, 1);

let night: Night;
beforeEach(async () => {
  night = await startNight();
});
afterEach(() => night.end());

async function comes(...alerts: readonly ToldAlert[]): Promise<void> {
  for (const alert of alerts) {
    const groupKey = `{}:{namespace="${alert.labels.namespace ?? ''}"}`;
    expect(await night.post(alertmanagerBody([alert], { groupKey }))).toBe(202);
  }
  await night.settled();
}

async function told(id: IncidentId): Promise<string[]> {
  const lines = await night.timeline(id, /^(alert|incident|problem|severity|channel)\./);
  return lines.map((line) => line.slice('02:07:00 '.length));
}

function opened(): readonly string[] {
  return night.events.filter(({ type }) => type === 'incident.opened').map(({ stream }) => stream);
}

/** Node c fails, and so do the pods of checkout and orders on it. */
async function nodeFails(): Promise<Record<'node' | 'checkout' | 'orders' | 'elsewhere', ToldAlert>> {
  night.cluster.breakScenario('node-not-ready');
  await night.pass(60);
  const now = night.clock.now();
  const podsOf = (workload: string, on: (node: string) => boolean): string => {
    const pods = JSON.stringify(night.cluster.snapshot());
    const found = (
      JSON.parse(pods) as readonly {
        kind: string;
        metadata: { name: string };
        spec?: { nodeName?: string };
      }[]
    ).find(
      ({ kind, metadata, spec }) =>
        kind === 'Pod' && metadata.name.startsWith(`${workload}-`) && on(spec?.nodeName ?? ''),
    );
    if (found === undefined) throw new Error(`${workload} has no such pod`);
    return found.metadata.name;
  };
  const crashing = (workload: string, on: (node: string) => boolean) =>
    fires('KubePodNotReady', { namespace: 'shop', pod: podsOf(workload, on) }, now);
  return {
    node: fires('KubeNodeNotReady', { node: 'node-c', severity: 'warning', job: 'kube-state-metrics' }, now),
    checkout: crashing('checkout', (node) => node === 'node-c'),
    orders: crashing('orders', (node) => node === 'node-c'),
    elsewhere: crashing('checkout', (node) => node !== 'node-c'),
  };
}

describe('pods of two workloads on a node that the cluster shows as not ready', () => {
  it('join the incident of the node, which gets its channel and their owners', async () => {
    const { node, checkout, orders } = await nodeFails();
    await comes(node, checkout, orders);
    console.log(await told(INCIDENT));
    console.log(night.slack.calls.filter((c) => c.method === 'conversations.invite'));
    console.log(night.slack.messages((await night.incident()).channel?.channel ?? '').map((m) => m.text));
    expect(opened()).toEqual([INCIDENT]);
  });

  it('make the incident of the node when they come first', async () => {
    const { node, checkout, orders } = await nodeFails();
    await comes(checkout, node, orders);
    console.log(await told(INCIDENT));
    console.log(night.slack.calls.filter((c) => c.method === 'conversations.invite'));
    expect(opened()).toEqual([INCIDENT]);
  });
});
