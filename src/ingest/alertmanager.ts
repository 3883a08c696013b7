import { Ajv, type ErrorObject } from 'ajv';
import type { Alert, Labels } from '../core/alert.ts';
import type { SourceSettings } from '../core/settings.ts';
import type { Told } from '../flow/receive-alerts.ts';

/**
 * Alertmanager's webhook, version 4 (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).
 * Fields that are not listed are allowed: later versions add some.
 */
const SCHEMA = {
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
          labels: { $ref: '#/$defs/labels' },
          annotations: { $ref: '#/$defs/labels' },
          startsAt: { $ref: '#/$defs/time' },
          endsAt: { $ref: '#/$defs/time' },
          generatorURL: { type: 'string' },
          fingerprint: { type: 'string', minLength: 1, maxLength: 128 },
        },
      },
    },
  },
  $defs: {
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    time: {
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?(Z|[+-]\\d{2}:\\d{2})$',
    },
  },
} as const;

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

const validBody = new Ajv({ strict: true }).compile<Body>(SCHEMA);

export type BodyFault = { readonly pointer: string; readonly says: string };

/** Null when the body is one of Alertmanager's; else where it is not, as a JSON Pointer. */
export function bodyFault(body: unknown): BodyFault | null {
  if (validBody(body)) return null;
  const fault: ErrorObject | undefined = validBody.errors?.[0];
  return { pointer: fault?.instancePath || '/', says: fault?.message ?? 'is not a webhook body' };
}

// Go's zero time: Alertmanager's way to say that an alert has not ended.
const ZERO_YEAR = '0001-';

/** A stored body as alerts. @throws Error with the pointer for one that does not hold */
export function readAlertmanager(text: string, source: SourceSettings): Told {
  const body: unknown = JSON.parse(text);
  if (!validBody(body)) {
    const fault = bodyFault(body);
    throw new Error(`${fault?.pointer} ${fault?.says}`);
  }
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

function clusterOf(labels: Labels, source: SourceSettings): string | null {
  return 'name' in source.cluster ? source.cluster.name : (labels[source.cluster.label] ?? null);
}

function utc(time: string): string {
  return new Date(time).toISOString();
}
