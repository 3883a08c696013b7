import type { Alert } from './alert.ts';
import { visibility } from './open-when.ts';
import type { Matcher } from './runbook.ts';
import { type Service, serviceOf, workloadOf } from './service.ts';
import type { Severity } from './severity.ts';

/** Where an alert belongs, read from its labels alone. */
export type Place = {
  readonly opens: 'channel' | 'line' | 'none';
  readonly severity: Severity;
  readonly because: string;
  readonly title: string;
  readonly cluster: string;
  readonly service: string | null;
  readonly owner: string | null;
  readonly serviceChannel: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
  readonly correlationKey: string;
};

/** The cluster of an incident whose source did not say it for certain: nothing is configured by this name. */
export const UNKNOWN_CLUSTER = 'unknown';

export function placeAlert(
  alert: Alert,
  rules: {
    readonly openWhen: readonly (readonly Matcher[])[];
    readonly services: readonly Service[];
    readonly defaultResponder: string | null;
  },
): Place {
  const { labels } = alert;
  const service = serviceOf(labels, rules.services);
  const { opens, severity, because } = visibility(labels, rules.openWhen, service);
  const cluster = alert.cluster ?? UNKNOWN_CLUSTER;
  const namespace = labels.namespace ?? null;
  const workload = workloadOf(labels);
  const alertname = labels.alertname ?? 'Alert';
  const object = workload ?? labels.pod ?? labels.node ?? labels.instance ?? null;
  const where = [namespace, object].filter((part) => part !== null).join('/');
  return {
    opens,
    severity,
    because,
    title: where === '' ? alertname : `${alertname} ${where}`,
    cluster,
    service: service?.name ?? null,
    owner: service?.owner ?? rules.defaultResponder,
    serviceChannel: service?.channel ?? null,
    namespace,
    workload,
    // Two sources with equal payloads are two problems; symptoms of one workload are one.
    correlationKey: [
      alert.source,
      cluster,
      namespace ?? '',
      // A pager's incident is a problem of its own: its title is no alert's name.
      labels.service_id === undefined
        ? (workload ?? labels.node ?? `${alertname}/${labels.container ?? labels.instance ?? ''}`)
        : alert.fingerprint,
    ].join(' '),
  };
}
