import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Labels } from '../src/core/alert.ts';
import { fingerprintOf } from '../src/core/fingerprint.ts';

/** Bodies as their senders post them. */

export type ToldAlert = {
  readonly labels: Labels;
  readonly startsAt: string;
  /** Null while it fires. */
  readonly endsAt: string | null;
};

/** One alert of one object: `{ alertname, severity: 'critical', ...labels }`. */
export function fires(alertname: string, labels: Labels, startsAt: string): ToldAlert {
  return { labels: { alertname, severity: 'critical', ...labels }, startsAt, endsAt: null };
}

export function over(alert: ToldAlert, endsAt: string): ToldAlert {
  return { ...alert, endsAt };
}

/** Alertmanager's webhook, version 4. Fingerprints are those that Alertmanager computes. */
export function alertmanagerBody(
  alerts: readonly ToldAlert[],
  about: { readonly groupKey?: string; readonly hidden?: number; readonly peer?: string } = {},
): string {
  return JSON.stringify({
    version: '4',
    groupKey: about.groupKey ?? '{}:{}',
    status: alerts.some(({ endsAt }) => endsAt === null) ? 'firing' : 'resolved',
    receiver: 'firstmate',
    externalURL: `http://${about.peer ?? 'alertmanager-1'}:9093`,
    truncatedAlerts: about.hidden ?? 0,
    alerts: alerts.map(({ labels, startsAt, endsAt }) => ({
      status: endsAt === null ? 'firing' : 'resolved',
      labels,
      annotations: {},
      startsAt,
      endsAt: endsAt ?? '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus.example/graph',
      fingerprint: fingerprintOf(labels),
    })),
  });
}

const GENUINE: unknown = JSON.parse(
  readFileSync(
    join(import.meta.dirname, 'fixtures', 'ingest', 'pagerduty_v3_incident_triggered.json'),
    'utf8',
  ),
);

/** A genuine delivery of PagerDuty's with some of its fields changed, times ISO 8601. */
export function pagerdutyBody(
  change: { readonly id: string; readonly type: string; readonly at: string },
  incident: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify(GENUINE, (name, value: unknown) => {
    if (name === 'event' && isObject(value))
      return { ...value, id: change.id, event_type: change.type, occurred_at: change.at };
    return name === 'data' && isObject(value) ? { ...value, ...incident } : value;
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
