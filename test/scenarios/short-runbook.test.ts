import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/core/incident.ts';
import type { ClusterSettings } from '../../src/core/settings.ts';
import { type Night, startNight } from './night.ts';

const SEED = join(import.meta.dirname, '../fixtures/documents/seed/runbook-api-latency.yaml');
const PODS = 'kubectl get pods -n kube-system -o wide';
const ALERT = {
  status: 'firing',
  labels: { alertname: 'KubeAPIErrorBudgetBurn', severity: 'critical' },
  annotations: { runbook_url: 'https://wiki.example/runbooks/api-latency' },
  startsAt: '2026-03-14T02:07:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  fingerprint: 'slow',
};

let night: Night;
let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'firstmate-short-'));
  mkdirSync(join(folder, 'runbooks'));
  await copyFile(SEED, join(folder, 'runbooks', 'api-latency.yaml'));
});
afterEach(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

/** A night with that runbook, in a cluster whose API server is slow or is not; told once the runbook is through. */
async function alerted(
  slow: boolean,
  as: (cluster: ClusterSettings) => ClusterSettings = (same) => same,
): Promise<Incident> {
  night = await startNight({
    settings: (settings) => ({
      ...settings,
      clusters: settings.clusters.map(as),
      folders: { ...settings.folders, runbooks: [join(folder, 'runbooks')] },
    }),
  });
  if (slow) night.cluster.breakScenario('api-latency');
  await night.pass(60);
  const body = { version: '4', groupKey: '{}', status: 'firing', truncatedAlerts: 0, alerts: [ALERT] };
  expect(await night.post(body)).toBe(202);
  await night.sees('diagnosis.finished');
  await night.settled();
  return night.incident();
}

const stepsOf = (incident: Incident) => incident.steps.map(({ id, result }) => [id, result?.status]);

describe('the short runbook of the field', () => {
  it('reads what it can while its precondition holds, shows the rest as text, and changes nothing', async () => {
    const incident = await alerted(true);
    expect(incident.runbook?.runbook).toBe('api-latency');
    const [precondition] = incident.steps;
    expect(precondition).toMatchObject({
      command: 'PromQL: apiserver_request_duration_seconds_p99 > 1.5',
      result: { status: 'ok', summary: expect.stringMatching(/^It is so: \d/) },
    });
    const pods = incident.steps.find(({ command }) => command === PODS);
    expect(pods?.result?.status).toBe('ok');
    expect(JSON.stringify(night.messages())).toContain('kubectl delete pod');
    expect(incident.plans).toEqual([]);
    expect(night.writes()).toEqual([]);
  });

  it('is not run while its precondition does not hold, and says so', async () => {
    const incident = await alerted(false);
    expect(stepsOf(incident)).toEqual([['precondition1', 'check_failed']]);
    expect(incident.diagnosis?.says).toBe(
      'The runbook api-latency is for when apiserver_request_duration_seconds_p99 > 1.5, which is not so now. Its steps were not run.',
    );
    expect(JSON.stringify(night.messages())).toContain('Its steps were not run.');
  });

  it('reads all the same where no Prometheus can say, and says what is missing', async () => {
    const incident = await alerted(false, (cluster) => ({ ...cluster, prometheus: null }));
    expect(stepsOf(incident)).toEqual([
      ['precondition1', 'failed'],
      ['step1', 'ok'],
      ['step2', 'ok'],
    ]);
    expect(incident.steps[0]?.result?.summary).toContain('add prometheus_url to the cluster harbour-prod');
  });
});
