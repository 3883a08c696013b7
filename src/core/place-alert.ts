import type { Alert } from './alert.ts';
import { inMaintenance, type MaintenanceWindow } from './maintenance.ts';
import { visibility } from './open-when.ts';
import { pagerdutyKeyOf } from './pagerduty-key.ts';
import type { Problem } from './problem.ts';
import type { Matcher } from './runbook.ts';
import { type Service, serviceOf, workloadOf } from './service.ts';
import { type Subject, subjectOf } from './subject.ts';

/** Where an alert belongs, read from its labels alone. */
export type Place = Problem & {
  readonly opens: 'channel' | 'line' | 'none';
  readonly because: string;
  readonly cluster: string;
  readonly source: string;
  readonly serviceChannel: string | null;
  /** What the same alerts are called at another sender; null where nobody else is told. */
  readonly link: string | null;
  /** Why no channel opens for it now though one would; null otherwise. */
  readonly held: { readonly until: string; readonly because: string } | null;
};

export type PlacingRules = {
  readonly openWhen: readonly (readonly Matcher[])[];
  readonly services: readonly Service[];
  readonly defaultResponder: string | null;
  readonly maintenance: readonly MaintenanceWindow[];
};

/** The cluster of an incident whose source did not say it for certain: nothing is configured by this name. */
export const UNKNOWN_CLUSTER = 'unknown';

export function placeAlert(alert: Alert, groupKey: string, rules: PlacingRules, now: string): Place {
  const { labels } = alert;
  const service = serviceOf(labels, rules.services);
  const shown = visibility(labels, rules.openWhen, service);
  const window = shown.opens === 'channel' ? inMaintenance(labels, rules.maintenance, now) : null;
  const cluster = alert.cluster ?? UNKNOWN_CLUSTER;
  const subject = subjectOf(labels);
  const alertname = labels.alertname ?? 'Alert';
  // A pager's incident is a problem of its own: its title is no alert's name.
  const paged = labels.service_id !== undefined;
  return {
    opens: window === null ? shown.opens : 'line',
    severity: shown.severity,
    because: shown.because,
    held: window === null ? null : { until: window.until, because: `maintenance window ${window.name}` },
    rank: paged ? 'other' : subject.rank,
    title: paged || subject.says === '' ? alertname : `${alertname} ${subject.says}`,
    cluster,
    source: alert.source,
    service: service?.name ?? null,
    owner: service?.owner ?? rules.defaultResponder,
    serviceChannel: service?.channel ?? null,
    namespace: labels.namespace ?? null,
    workload: workloadOf(labels),
    key: problemKey(alert.source, cluster, paged ? `pager/${alert.fingerprint}` : subject.name),
    link: paged
      ? (alert.annotations.incident_key ?? null)
      : groupKey === ''
        ? null
        : pagerdutyKeyOf(groupKey),
  };
}

/** Two sources with equal payloads are two problems; symptoms of one object are one. */
export function problemKey(source: string, cluster: string, subject: Subject['name']): string {
  return `${source} ${cluster} ${subject}`;
}
