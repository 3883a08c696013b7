import { type BodyFault, type Shape, shape, TIME } from './body.ts';

/** An event of PagerDuty's V3 webhooks (https://developer.pagerduty.com/docs/webhooks-overview#webhook-payload). */
export type Event = {
  readonly id: string;
  readonly event_type: string;
  readonly occurred_at: string;
  readonly agent?: Reference | null;
  readonly data?: unknown;
};

export type Reference = {
  readonly id?: string | null;
  readonly type?: string | null;
  readonly summary?: string | null;
};

export type Incident = {
  readonly id: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  readonly title: string;
  /** Missing from deliveries of 2021. */
  readonly created_at?: string | null;
  readonly number?: number | null;
  readonly urgency?: string | null;
  readonly incident_key?: string | null;
  readonly html_url?: string | null;
  readonly service?: Reference | null;
  readonly priority?: Reference | null;
  readonly escalation_policy?: Reference | null;
  readonly assignees?: readonly Reference[] | null;
  /** Present where the incident was merged into another one: a person's filing, not the end of the problem. */
  readonly resolve_reason?: { readonly incident?: Reference | null } | null;
};

type About = { readonly incident: { readonly id: string } };
export type Note = About & { readonly content: string };
export type StatusUpdate = About & { readonly message: string };
export type Responder = About & {
  readonly user?: Reference | null;
  readonly escalation_policy?: Reference | null;
  readonly state?: string | null;
  readonly message?: string | null;
};

const TEXT = { type: 'string' } as const;
const ID = { type: 'string', minLength: 1, maxLength: 128 } as const;
const TEXT_OR_NULL = { type: 'string', nullable: true } as const;
const REFERENCE = {
  type: 'object',
  nullable: true,
  properties: { id: TEXT_OR_NULL, type: TEXT_OR_NULL, summary: TEXT_OR_NULL },
} as const;
const ABOUT = { type: 'object', required: ['id'], properties: { id: ID } } as const;

const ENVELOPE = shape<{ readonly event: Event }>({
  type: 'object',
  required: ['event'],
  properties: {
    event: {
      type: 'object',
      required: ['id', 'event_type', 'occurred_at'],
      properties: { id: ID, event_type: ID, occurred_at: TIME, agent: REFERENCE },
    },
  },
});

const INCIDENT = shape<Incident>({
  type: 'object',
  required: ['id', 'status', 'title'],
  properties: {
    id: ID,
    status: { enum: ['triggered', 'acknowledged', 'resolved'] },
    title: TEXT,
    created_at: { ...TIME, nullable: true },
    number: { type: 'integer', nullable: true },
    urgency: TEXT_OR_NULL,
    incident_key: TEXT_OR_NULL,
    html_url: TEXT_OR_NULL,
    service: REFERENCE,
    priority: REFERENCE,
    escalation_policy: REFERENCE,
    assignees: { type: 'array', nullable: true, items: REFERENCE },
    resolve_reason: { type: 'object', nullable: true, properties: { incident: REFERENCE } },
  },
});

const NOTE = shape<Note>({
  type: 'object',
  required: ['incident', 'content'],
  properties: { incident: ABOUT, content: TEXT },
});

const STATUS_UPDATE = shape<StatusUpdate>({
  type: 'object',
  required: ['incident', 'message'],
  properties: { incident: ABOUT, message: TEXT },
});

const RESPONDER = shape<Responder>({
  type: 'object',
  required: ['incident'],
  properties: {
    incident: ABOUT,
    user: REFERENCE,
    escalation_policy: REFERENCE,
    state: TEXT_OR_NULL,
    message: TEXT_OR_NULL,
  },
});

/** What an event is about; `nothing` for `pagey.ping` and for every type that is not known here. */
export type Subject =
  | { readonly of: 'incident'; readonly data: Incident }
  | { readonly of: 'note'; readonly data: Note }
  | { readonly of: 'status_update'; readonly data: StatusUpdate }
  | { readonly of: 'responder'; readonly data: Responder }
  | { readonly of: 'nothing' };

/** By type (https://developer.pagerduty.com/docs/webhooks-overview#event-types). */
const SUBJECTS: ReadonlyMap<string, Exclude<Subject['of'], 'nothing'>> = new Map([
  ['incident.triggered', 'incident'],
  ['incident.acknowledged', 'incident'],
  ['incident.unacknowledged', 'incident'],
  ['incident.resolved', 'incident'],
  ['incident.reopened', 'incident'],
  ['incident.reassigned', 'incident'],
  ['incident.delegated', 'incident'],
  ['incident.escalated', 'incident'],
  ['incident.priority_updated', 'incident'],
  ['incident.service_updated', 'incident'],
  ['incident.annotated', 'note'],
  ['incident.status_update_published', 'status_update'],
  ['incident.responder.added', 'responder'],
  ['incident.responder.replied', 'responder'],
]);
const SHAPES: { readonly [of in Exclude<Subject['of'], 'nothing'>]: Shape<unknown> } = {
  incident: INCIDENT,
  note: NOTE,
  status_update: STATUS_UPDATE,
  responder: RESPONDER,
};
const AT = '/event/data';

/** Null when a body holds as far as it is understood. */
export function eventFault(body: unknown): BodyFault | null {
  if (!ENVELOPE.is(body)) return ENVELOPE.fault(body);
  const of = SUBJECTS.get(body.event.event_type);
  return of === undefined ? null : SHAPES[of].fault(body.event.data, AT);
}

/** @throws Error with the pointer */
export function eventOf(body: unknown): Event {
  return ENVELOPE.take(body).event;
}

/** @throws Error with the pointer */
export function subjectOf({ event_type, data }: Event): Subject {
  const of = SUBJECTS.get(event_type);
  switch (of) {
    case 'incident':
      return { of, data: INCIDENT.take(data, AT) };
    case 'note':
      return { of, data: NOTE.take(data, AT) };
    case 'status_update':
      return { of, data: STATUS_UPDATE.take(data, AT) };
    case 'responder':
      return { of, data: RESPONDER.take(data, AT) };
    case undefined:
      return { of: 'nothing' };
  }
}
