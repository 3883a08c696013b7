import type { Alert, Labels } from '../core/alert.ts';
import type { SourceSettings } from '../core/settings.ts';
import type { Told } from '../flow/receive-alerts.ts';
import type { AlertSource } from './alert-source.ts';
import { secretFault } from './authenticate.ts';
import { clusterOf, LABELS, shape, TIME, utc } from './body.ts';

type Body = {
  readonly groupKey: string;
  readonly truncatedAlerts?: number;
  readonly alerts: readonly {
    readonly status: 'firing' | 'resolved';
    readonly labels: Labels;
    readonly annotations?: Labels;
    readonly startsAt: string;
    readonly endsAt?: string;
    readonly generatorURL?: string;
    readonly fingerprint: string;
  }[];
};

/** Alertmanager's webhook, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
const BODY = shape<Body>({
  type: 'object',
  required: ['version', 'groupKey', 'status', 'alerts'],
  properties: {
    version: { const: '4' },
    groupKey: { type: 'string', maxLength: 16_384 },
    status: { enum: ['firing', 'resolved'] },
    truncatedAlerts: { type: 'integer', minimum: 0 },
    receiver: { type: 'string' },
    externalURL: { type: 'string' },
    alerts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['status', 'labels', 'startsAt', 'fingerprint'],
        properties: {
          status: { enum: ['firing', 'resolved'] },
          labels: LABELS,
          annotations: LABELS,
          startsAt: TIME,
          endsAt: TIME,
          generatorURL: { type: 'string' },
          fingerprint: { type: 'string', minLength: 1, maxLength: 128 },
        },
      },
    },
  },
});

// Go's zero time: Alertmanager's way to say that an alert has not ended.
const ZERO_YEAR = '0001-';

/** A stored body as alerts. @throws Error with the pointer for one that does not hold */
export function readAlertmanager(text: string, source: SourceSettings): Told {
  const body = BODY.take(JSON.parse(text));
  return {
    groupKey: body.groupKey,
    hidden: body.truncatedAlerts ?? 0,
    alerts: body.alerts.map(
      (alert): Alert => ({
        source: source.name,
        cluster: clusterOf(alert.labels, source),
        fingerprint: alert.fingerprint,
        status: alert.status,
        labels: alert.labels,
        annotations: alert.annotations ?? {},
        startsAt: utc(alert.startsAt),
        endsAt: alert.endsAt === undefined || alert.endsAt.startsWith(ZERO_YEAR) ? null : utc(alert.endsAt),
        generatorUrl: alert.generatorURL ?? null,
      }),
    ),
  };
}

/** Shows its secret as a bearer token or as the password of basic auth. */
export const alertmanager: AlertSource = {
  name: 'Alertmanager',
  stranger: (source, headers) => secretFault(source, headers.authorization),
  bodyFault: (body) => BODY.fault(body),
  read: readAlertmanager,
};
