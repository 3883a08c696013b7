import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { Plan } from '../../src/core/plan.ts';
import type { Settings } from '../../src/core/settings.ts';
import { byHand } from '../guarantees/hands.ts';
import { type Night, startNight } from './night.ts';

/** One change that an alert asks for at once, and the only entry of the only policy. */
export type Drill = {
  readonly type: string;
  /** `{{ pod }}` is one of checkout's. */
  readonly line: string;
  /** What the entry says beside its type. */
  readonly entry: string;
  readonly settings?: (settings: Settings) => Settings;
};

const runbook = ({ type, line }: Drill): string => `
apiVersion: firstmate.dev/v1
kind: Runbook
name: drill
title: A drill
owner: sre-leads
match: ['alertname="Drill"']
inputs:
  pod: { from: labels.victim, type: name }
diagnose:
  - { id: pods, run: "kubectl get pods -n shop" }
hypotheses:
  - { id: drill, category: unknown, when: "true", says: "This is a drill", confidence: high, propose: [act] }
actions:
  - { id: act, type: ${type}, run: ${JSON.stringify(line)} }
`;

export async function startDrill(drill: Drill): Promise<Night> {
  const folder = mkdtempSync(join(tmpdir(), 'firstmate-drill-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const policy = `service: checkout\nallowed_actions:\n  - { type: ${drill.type}, ${drill.entry} }\n`;
  for (const [kind, text] of Object.entries({ runbooks: runbook(drill), policies: policy })) {
    mkdirSync(join(folder, kind));
    writeFileSync(join(folder, kind, 'one.yaml'), text);
  }
  const at = (kind: string) => [join(folder, kind)];
  return startNight({
    settings: (plain) => {
      const folders = { ...plain.folders, runbooks: at('runbooks'), policies: at('policies') };
      return (drill.settings ?? ((as) => as))({ ...plain, folders });
    },
  });
}

const SEEN = '/api/v1/namespaces/shop/pods?labelSelector=app%3Dcheckout';

/** The alert fires for one of checkout's pods, and firstmate judges the change. */
export async function proposed(night: Night): Promise<Plan> {
  const pods = (await byHand(night, 'GET', SEEN)).items as readonly { metadata: { name: string } }[];
  return alerted(night, { service: 'checkout', victim: pods[0]?.metadata.name ?? '' });
}

/** The alert fires with these labels more, and firstmate judges the change. */
export async function alerted(night: Night, labels: { readonly [name: string]: string }): Promise<Plan> {
  const alert = {
    status: 'firing',
    labels: { alertname: 'Drill', severity: 'critical', ...labels },
    annotations: {},
    startsAt: night.clock.now(),
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: 'drill',
  };
  const body = { version: '4', groupKey: 'g', status: 'firing', truncatedAlerts: 0, alerts: [alert] };
  expect(await night.post(body)).toBe(202);
  return (await night.sees('plan.proposed')).payload.plan;
}
