import type { Alert, Labels } from '../core/alert.ts';
import { oneLine } from '../core/one-line.ts';
import type { SourceSettings } from '../core/settings.ts';
import type { Remark, Told } from '../flow/receive-alerts.ts';
import type { AlertSource } from './alert-source.ts';
import { listed, signs } from './authenticate.ts';
import { clusterOf, utc } from './body.ts';
import {
  type Event,
  eventFault,
  eventOf,
  type Incident,
  type Reference,
  type Responder,
  subjectOf,
} from './pagerduty-event.ts';

const SIGNATURE = 'x-pagerduty-signature';
const TITLE_LENGTH = 200;
const TEXT_LENGTH = 1000;
const DELIVERY_ID = /^[\x21-\x7e]{1,200}$/;

/**
 * PagerDuty's webhooks, V3. It signs the raw body with the subscription's secret, with two while one is exchanged
 * (https://developer.pagerduty.com/docs/verifying-signatures), and names each webhook in X-Webhook-Id, the same at
 * every attempt (https://developer.pagerduty.com/docs/webhooks-behavior).
 */
export const pagerduty: AlertSource = {
  name: 'PagerDuty',
  stranger(source, headers) {
    return source.secret === null || signaturesIn(headers[SIGNATURE]).length > 0
      ? null
      : `The source "${source.name}" takes signed deliveries only: X-PagerDuty-Signature: v1=…`;
  },
  forgery(source, headers, body) {
    return source.secret === null || signs(signaturesIn(headers[SIGNATURE]), source.secret, body)
      ? null
      : `The signature is not one that the secret of the source "${source.name}" makes.`;
  },
  bodyFault: eventFault,
  deliveryId(headers, body) {
    const id = headers['x-webhook-id'];
    return typeof id === 'string' && DELIVERY_ID.test(id) ? id : eventOf(body).id;
  },
  read(text, source) {
    const event = eventOf(JSON.parse(text));
    return { groupKey: '', hidden: 0, toldAt: utc(event.occurred_at), ...contentOf(event, source) };
  },
};

function signaturesIn(header: string | readonly string[] | undefined): readonly string[] {
  return listed(header).flatMap((value) => (value.startsWith('v1=') ? [value.slice('v1='.length)] : []));
}

function contentOf(event: Event, source: SourceSettings): Pick<Told, 'alerts' | 'remarks'> {
  const subject = subjectOf(event);
  switch (subject.of) {
    case 'incident': {
      const { data } = subject;
      const said = saidOf(event, data);
      return {
        alerts: [alertOf(event, data, source)],
        remarks: said === null ? [] : [remark(event, data.id, ...said)],
      };
    }
    case 'note':
      return { alerts: [], remarks: [remark(event, subject.data.incident.id, 'note', subject.data.content)] };
    case 'status_update':
      return { alerts: [], remarks: [remark(event, subject.data.incident.id, 'note', subject.data.message)] };
    case 'responder':
      return {
        alerts: [],
        remarks: [remark(event, subject.data.incident.id, 'responder', responderText(event, subject.data))],
      };
    case 'nothing':
      return { alerts: [], remarks: [] };
  }
}

/** An incident is one alert. PagerDuty keeps `created_at` when it reopens one: the new episode starts at the event. */
function alertOf(event: Event, incident: Incident, source: SourceSettings): Alert {
  const resolved = incident.status === 'resolved';
  const begun = event.event_type === 'incident.reopened' ? null : incident.created_at;
  const labels = present({
    alertname: oneLine(incident.title, TITLE_LENGTH),
    severity: incident.urgency === 'high' ? 'critical' : 'warning',
    service: nameOf(incident.service),
    service_id: incident.service?.id,
    urgency: incident.urgency,
    priority: nameOf(incident.priority),
    incident_number: incident.number?.toString(),
  });
  return {
    source: source.name,
    cluster: clusterOf(labels, source),
    fingerprint: incident.id,
    status: resolved ? 'resolved' : 'firing',
    labels,
    annotations: present({ html_url: incident.html_url, incident_key: incident.incident_key }),
    startsAt: utc(begun ?? event.occurred_at),
    endsAt: resolved ? utc(event.occurred_at) : null,
    generatorUrl: incident.html_url ?? null,
  };
}

function saidOf(event: Event, incident: Incident): readonly [Remark['kind'], string] | null {
  const assignees = (incident.assignees ?? []).flatMap((assignee) => nameOf(assignee) ?? []).join(', ');
  switch (event.event_type) {
    case 'incident.acknowledged':
      return ['acknowledged', 'acknowledged'];
    case 'incident.unacknowledged':
      return ['unacknowledged', 'not acknowledged any more'];
    case 'incident.reassigned':
      return ['assigned', `assigned to ${assignees || 'nobody'}`];
    case 'incident.delegated':
      return ['assigned', `handed to ${nameOf(incident.escalation_policy) ?? (assignees || 'nobody')}`];
    case 'incident.escalated':
      return ['escalated', `escalated to ${assignees || 'nobody'}`];
    case 'incident.priority_updated':
      return ['priority', `priority ${nameOf(incident.priority) ?? 'taken away'}`];
    case 'incident.resolved': {
      const into = incident.resolve_reason?.incident;
      return into === undefined || into === null
        ? ['resolved', 'resolved']
        : ['merged', `merged into ${nameOf(into) ?? into.id ?? 'another incident'}`];
    }
    case 'incident.reopened':
      return ['reopened', 'reopened'];
    default:
      return null;
  }
}

function responderText(event: Event, { user, escalation_policy, state, message }: Responder): string {
  const who = nameOf(user) ?? nameOf(escalation_policy) ?? 'somebody';
  const what = event.event_type === 'incident.responder.added' ? 'was asked to help' : (state ?? 'replied');
  return [`${who} ${what}`, ...(message ? [message] : [])].join(': ');
}

function remark(event: Event, fingerprint: string, kind: Remark['kind'], text: string): Remark {
  const { agent } = event;
  return {
    id: event.id,
    fingerprint,
    at: utc(event.occurred_at),
    by: agent?.type === 'user_reference' ? (nameOf(agent) ?? agent.id ?? null) : null,
    text: oneLine(text, TEXT_LENGTH),
    kind,
  };
}

function nameOf(reference: Reference | null | undefined): string | null {
  const name = oneLine(reference?.summary ?? '', TITLE_LENGTH);
  return name === '' ? null : name;
}

function present(texts: { readonly [name: string]: string | null | undefined }): Labels {
  return Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => (text ? [[name, text]] : [])));
}
