import type { IncomingHttpHeaders } from 'node:http';
import type { Alert, Labels } from '../core/alert.ts';
import type { SourceSettings } from '../core/settings.ts';
import type { AlertSource } from './alert-source.ts';
import { carriesSecret, listed, secretFault, signs } from './authenticate.ts';
import { clusterOf, LABELS, shape, TIME, utc } from './body.ts';

type GrafanaAlert = {
  readonly status: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly annotations?: Labels | null;
  readonly startsAt: string;
  readonly endsAt?: string;
  readonly fingerprint: string;
  readonly generatorURL?: string;
  readonly dashboardURL?: string;
  readonly panelURL?: string;
  readonly silenceURL?: string;
  readonly valueString?: string;
};

type Body = {
  readonly groupKey: string;
  readonly truncatedAlerts?: number;
  readonly alerts: readonly GrafanaAlert[];
};

const TEXT = { type: 'string' } as const;

/**
 * The default payload of a webhook contact point
 * (https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/).
 * One that a custom template makes does not hold.
 */
const BODY = shape<Body>({
  type: 'object',
  required: ['version', 'groupKey', 'status', 'alerts'],
  properties: {
    version: { const: '1' },
    groupKey: { type: 'string', maxLength: 16_384 },
    status: { enum: ['firing', 'resolved'] },
    truncatedAlerts: { type: 'integer', minimum: 0 },
    orgId: { type: 'integer' },
    alerts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['status', 'labels', 'startsAt', 'fingerprint'],
        properties: {
          status: { enum: ['firing', 'resolved'] },
          labels: LABELS,
          annotations: { ...LABELS, nullable: true },
          startsAt: TIME,
          endsAt: TIME,
          fingerprint: { type: 'string', minLength: 1, maxLength: 128 },
          generatorURL: TEXT,
          dashboardURL: TEXT,
          panelURL: TEXT,
          silenceURL: TEXT,
          valueString: TEXT,
        },
      },
    },
  },
});

const SIGNATURE = 'x-grafana-alerting-signature';
const MAX_AGE_MS = 5 * 60_000;
const MAX_TIMES = 4;
// Go's zero time.
const ZERO_YEAR = '0001-';

/**
 * Grafana's alerting webhook. It shows its secret like Alertmanager, or signs the body, or a time and the body, in the
 * header of its default name.
 */
export const grafana: AlertSource = {
  name: 'Grafana',
  stranger(source, headers) {
    return signaturesIn(headers).length > 0 ? null : secretFault(source, headers.authorization);
  },
  forgery(source, headers, body, now) {
    const { secret } = source;
    if (secret === null || carriesSecret(headers.authorization, secret)) return null;
    const signatures = signaturesIn(headers);
    if (signs(signatures, secret, body)) return null;
    const signedAt = timesIn(headers).find((time) => signs(signatures, secret, `${time}:`, body));
    if (signedAt === undefined)
      return `The signature is not one that the secret of the source "${source.name}" makes.`;
    const ageMs = Date.parse(now) - Number(signedAt) * 1000;
    return Math.abs(ageMs) <= MAX_AGE_MS
      ? null
      : `It was signed ${Math.round(ageMs / 1000)} seconds ago, by the clocks of Grafana and of this machine; ${MAX_AGE_MS / 1000} are taken.`;
  },
  bodyFault: (body) => BODY.fault(body),
  read(text, source) {
    const body = BODY.take(JSON.parse(text));
    return {
      groupKey: body.groupKey,
      hidden: body.truncatedAlerts ?? 0,
      alerts: body.alerts.map((alert) => alertOf(alert, source)),
    };
  },
};

function signaturesIn(headers: IncomingHttpHeaders): readonly string[] {
  return listed(headers[SIGNATURE]);
}

/** The header of the time has the name that its operator chose; whichever was signed is the one. */
function timesIn(headers: IncomingHttpHeaders): readonly string[] {
  return Object.values(headers)
    .filter((value) => typeof value === 'string')
    .filter((value) => /^\d{10}$/.test(value))
    .slice(0, MAX_TIMES);
}

function alertOf(alert: GrafanaAlert, source: SourceSettings): Alert {
  const links = {
    dashboard_url: alert.dashboardURL,
    panel_url: alert.panelURL,
    silence_url: alert.silenceURL,
    values: alert.valueString,
  };
  const ended = alert.status === 'resolved' && alert.endsAt !== undefined;
  return {
    source: source.name,
    cluster: clusterOf(alert.labels, source),
    fingerprint: alert.fingerprint,
    status: alert.status,
    labels: alert.labels,
    annotations: {
      ...Object.fromEntries(Object.entries(links).flatMap(([name, text]) => (text ? [[name, text]] : []))),
      ...alert.annotations,
    },
    startsAt: utc(alert.startsAt),
    endsAt: ended && !alert.endsAt.startsWith(ZERO_YEAR) ? utc(alert.endsAt) : null,
    generatorUrl: alert.generatorURL ? alert.generatorURL : null,
  };
}
