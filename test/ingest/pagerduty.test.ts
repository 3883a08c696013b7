import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type AlertMemory, isFiring, remember } from '../../src/core/alert.ts';
import { pagerduty } from '../../src/ingest/pagerduty.ts';
import { temporaryFile, using } from '../store/temporary.ts';
import { fixture, receiving, source } from './receiving.ts';

type Vectors = {
  secret: string;
  vectors: { event_type: string; file: string; 'X-PagerDuty-Signature': string }[];
  bad: { file: string; 'X-PagerDuty-Signature': string };
};
type Vector = { secret: string; [kind: string]: string | { 'X-PagerDuty-Signature': string } };
const GENUINE: Vectors = JSON.parse(fixture('pagerduty_v3_signatures.json').toString());
const OFFICIAL: Vector = JSON.parse(fixture('pagerduty_v3_signature_vector.json').toString());
const OFFICIAL_BODY = fixture('pagerduty_v3_signature_vector.body.json');
const SECRET = GENUINE.secret;
const SOURCE = source('pagerduty', SECRET, 'pd');

const sign = (body: string | Buffer, secret = SECRET) =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
const signature = (of: string, vector = OFFICIAL) => {
  const headers = vector[of];
  return typeof headers === 'object' ? headers['X-PagerDuty-Signature'] : '';
};
const bodyOf = (type: string) => fixture(`pagerduty_v3_${type.replace('.', '_')}.json`);
const eventOf = (type: string) => JSON.parse(bodyOf(type).toString()).event;
const read = (event: object, from = SOURCE) => pagerduty.read(JSON.stringify({ event }), from);

describe('a webhook of PagerDuty', () => {
  it.each(GENUINE.vectors.map((vector) => [vector.event_type, vector] as const))(
    'is stored as it came when its signature holds: %s',
    async (_type, vector) => {
      const { post, stored } = await receiving([SOURCE]);
      const body = fixture(vector.file);
      const headers = { 'x-pagerduty-signature': vector['X-PagerDuty-Signature'], 'x-webhook-id': 'w-1' };
      const answer = await post('pagerduty/pd', body, headers);
      expect(answer.statusCode).toBe(202);
      expect(stored).toMatchObject([{ source: 'pd', kind: 'pagerduty', body: body.toString() }]);
    },
  );

  it('may be signed with two secrets while one is exchanged for the other', async () => {
    const { post, answers } = await receiving([source('pagerduty', OFFICIAL.secret, 'pd')]);
    for (const of of ['valid', 'valid_multi', 'mismatch'])
      await post('pagerduty/pd', OFFICIAL_BODY, { 'x-pagerduty-signature': signature(of) });
    expect(answers.map(([, status]) => status)).toEqual([202, 202, 401]);
  });

  it('with one byte changed anywhere is refused, counted and told in one line', async () => {
    const body = bodyOf('incident.triggered');
    const { post, stored, lines, answers } = await receiving([SOURCE]);
    for (const place of [0, 200, body.length - 1]) {
      const flipped = Buffer.from(body);
      flipped.writeUInt8(flipped.readUInt8(place) ^ 1, place);
      const answer = await post('pagerduty/pd', flipped, { 'x-pagerduty-signature': sign(body) });
      expect(answer.statusCode).toBe(401);
      expect(answer.json().error).toMatch(/signature/);
    }
    expect(stored).toEqual([]);
    expect(lines).toEqual(Array(3).fill('delivery.refused'));
    expect(answers).toEqual(Array(3).fill(['pd', 401]));
  });

  it('is checked by its bytes, whatever they are', async () => {
    const { post } = await receiving([SOURCE]);
    const noText = Buffer.concat([bodyOf('pagey.ping'), Buffer.from([0x20, 0xff])]);
    const replaced = Buffer.from(noText.toString('utf8'));
    expect((await post('pagerduty/pd', noText, { 'x-pagerduty-signature': sign(replaced) })).statusCode).toBe(
      401,
    );
    const unicode = JSON.stringify({ event: { ...eventOf('pagey.ping'), note: 'dépassé 🚒' } });
    expect((await post('pagerduty/pd', unicode, { 'x-pagerduty-signature': sign(unicode) })).statusCode).toBe(
      202,
    );
  });

  it.each([
    ['no signature', {}],
    ['an empty one', { 'x-pagerduty-signature': '' }],
    ['one of another version', { 'x-pagerduty-signature': sign(bodyOf('pagey.ping')).replace('v1', 'v2') }],
    ['its secret shown instead', { authorization: `Bearer ${SECRET}` }],
    ['the wrong secret', { 'x-pagerduty-signature': sign(bodyOf('pagey.ping'), 'other') }],
    [
      'a signature that differs in its last digit',
      { 'x-pagerduty-signature': GENUINE.bad['X-PagerDuty-Signature'] },
    ],
  ])('with %s is refused', async (_name, headers) => {
    const { post, stored } = await receiving([SOURCE]);
    expect((await post('pagerduty/pd', bodyOf('pagey.ping'), headers)).statusCode).toBe(401);
    expect(stored).toEqual([]);
  });

  it('needs no signature where the source has no secret, and a source of its own kind', async () => {
    const { post } = await receiving([source('pagerduty', null, 'pd'), source('alertmanager', null, 'am')]);
    expect((await post('pagerduty/pd', bodyOf('pagey.ping'))).statusCode).toBe(202);
    const elsewhere = await post('pagerduty/am', bodyOf('pagey.ping'));
    expect([elsewhere.statusCode, elsewhere.json().error]).toEqual([
      404,
      'There is no PagerDuty source "am" in firstmate.yaml.',
    ]);
  });

  it('is stored once however often its X-Webhook-Id comes, and answered 202 each time', async () => {
    await using(await temporaryFile(), 'own', async ({ inbox }) => {
      const { post } = await receiving([SOURCE, { ...SOURCE, name: 'other' }], { inbox });
      const body = bodyOf('incident.triggered');
      const send = (name: string, headers: Record<string, string>) =>
        post(`pagerduty/${name}`, body, { 'x-pagerduty-signature': sign(body), ...headers });
      const first = await send('pd', { 'x-webhook-id': 'w-1' });
      const again = await send('pd', { 'x-webhook-id': 'w-1' });
      expect([first.statusCode, again.statusCode, again.body]).toEqual([202, 202, first.body]);
      expect(await inbox.pending(9)).toHaveLength(1);
      await send('pd', { 'x-webhook-id': 'w-2' });
      await send('other', { 'x-webhook-id': 'w-1' });
      expect(await inbox.pending(9)).toHaveLength(3);
    });
  });

  it('without an X-Webhook-Id is known by the id of its event', async () => {
    const { post, stored } = await receiving([SOURCE]);
    const body = bodyOf('incident.triggered');
    for (const id of ['', 'x'.repeat(300)])
      await post('pagerduty/pd', body, { 'x-pagerduty-signature': sign(body), 'x-webhook-id': id });
    expect(stored.map(({ id }) => id)).toEqual([`pagerduty/pd/${eventOf('incident.triggered').id}`]);
  });

  it.each([
    ['no event', {}, '/: must have required property'],
    ['an event without a time', { event: { id: 'E', event_type: 'x' } }, '/event: must have'],
    [
      'a time that is none',
      { event: { id: 'E', event_type: 'x', occurred_at: 'now' } },
      '/event/occurred_at: ',
    ],
    [
      'an incident without data',
      { event: { ...eventOf('incident.triggered'), data: null } },
      '/event/data: ',
    ],
    [
      'an incident in no known state',
      {
        event: {
          ...eventOf('incident.triggered'),
          data: { ...eventOf('incident.triggered').data, status: 'snoozed' },
        },
      },
      '/event/data/status: ',
    ],
    [
      'a note about nothing',
      { event: { ...eventOf('incident.annotated'), data: { content: 'hm' } } },
      '/event/data: must have required property',
    ],
  ])('with %s is refused with the place of the fault', async (_name, body, says) => {
    const { post, stored } = await receiving([source('pagerduty', null, 'pd')]);
    const answer = await post('pagerduty/pd', body);
    expect([answer.statusCode, stored]).toEqual([400, []]);
    expect(answer.json().error.startsWith(says)).toBe(true);
  });
});

describe("PagerDuty's incident", () => {
  it('is an alert of the cluster that the source is bound to', () => {
    expect(read(eventOf('incident.triggered'))).toEqual({
      groupKey: '',
      hidden: 0,
      toldAt: '2025-04-07T03:47:13.414Z',
      remarks: [],
      alerts: [
        {
          source: 'pd',
          cluster: 'prod',
          fingerprint: 'Q2CKYRLH85UNN4',
          status: 'firing',
          labels: {
            alertname: 'Test',
            severity: 'warning',
            service: 'Webhook Tester',
            service_id: 'PNE3JZM',
            urgency: 'low',
            incident_number: '37',
          },
          annotations: {
            html_url: 'https://aldaviva.pagerduty.com/incidents/Q2CKYRLH85UNN4',
            incident_key: 'dfead9d88e0649e8b7dee514b1875756',
          },
          startsAt: '2025-04-07T03:47:13.000Z',
          endsAt: null,
          generatorUrl: 'https://aldaviva.pagerduty.com/incidents/Q2CKYRLH85UNN4',
        },
      ],
    });
  });

  it('of high urgency is critical, and keeps its priority; its key and its start may be missing', () => {
    const { alerts, remarks } = pagerduty.read(OFFICIAL_BODY.toString(), SOURCE);
    expect(alerts[0]?.labels).toMatchObject({ severity: 'critical', priority: 'P1', service: 'API Service' });
    expect(Object.keys(alerts[0]?.annotations ?? {})).toEqual(['html_url']);
    expect(alerts[0]?.startsAt).toBe('2021-04-26T17:36:27.458Z');
    expect(remarks).toMatchObject([{ kind: 'priority', text: 'priority P1', by: 'Tenex Engineer' }]);
  });

  it('can name its cluster by its service', () => {
    const from = { ...SOURCE, cluster: { label: 'service' } };
    expect(read(eventOf('incident.triggered'), from).alerts[0]?.cluster).toBe('Webhook Tester');
  });

  it('has a title of one line and at most 200 characters', () => {
    const event = eventOf('incident.triggered');
    const { alerts } = read({ ...event, data: { ...event.data, title: `a\nb${'c'.repeat(500)}` } });
    expect(alerts[0]?.labels.alertname).toMatch(/^a bc{196}…$/);
  });

  it('ends when PagerDuty says that it was resolved, and tells who did it', () => {
    const { alerts, remarks } = read(eventOf('incident.resolved'));
    expect(alerts).toMatchObject([{ status: 'resolved', endsAt: '2025-04-07T03:49:36.358Z' }]);
    expect(remarks).toMatchObject([{ kind: 'resolved', by: 'Ben', text: 'resolved' }]);
  });

  it('ends in its real state whatever the order of its events, and however often they come', () => {
    const [triggered, acknowledged, resolved] = ['triggered', 'acknowledged', 'resolved'].map((type) =>
      eventOf(`incident.${type}`),
    );
    const reopened = {
      ...triggered,
      id: 'E4',
      event_type: 'incident.reopened',
      occurred_at: '2025-04-07T04:00:00Z',
    };
    const firesAfter = (events: readonly object[]) => {
      const told = events.flatMap((event) => read(event).alerts);
      const memory = told.reduce<AlertMemory | null>(
        (known, alert) => remember(known, alert, '2025-04-07T05:00:00.000Z').memory,
        null,
      );
      return memory !== null && isFiring(memory);
    };
    for (const order of orders([triggered, acknowledged, resolved, resolved]))
      expect(firesAfter(order)).toBe(false);
    for (const order of orders([triggered, acknowledged, resolved, reopened]))
      expect(firesAfter(order)).toBe(true);
  });

  it.each([
    ['incident.acknowledged', {}, 'acknowledged', 'acknowledged'],
    ['incident.unacknowledged', {}, 'unacknowledged', 'not acknowledged any more'],
    ['incident.reassigned', {}, 'assigned', 'assigned to Ben'],
    ['incident.reassigned', { assignees: [] }, 'assigned', 'assigned to nobody'],
    ['incident.delegated', {}, 'assigned', 'handed to Notify Ben and Dad'],
    ['incident.escalated', {}, 'escalated', 'escalated to Ben'],
    ['incident.priority_updated', { priority: null }, 'priority', 'priority taken away'],
    ['incident.reopened', {}, 'reopened', 'reopened'],
    [
      'incident.resolved',
      {
        status: 'resolved',
        resolve_reason: { type: 'merge_resolve_reason', incident: { summary: 'Other' } },
      },
      'merged',
      'merged into Other',
    ],
  ])('tells %s %j as a remark', (event_type, changes, kind, text) => {
    const event = eventOf('incident.acknowledged');
    expect(read({ ...event, event_type, data: { ...event.data, ...changes } }).remarks).toEqual([
      { id: event.id, fingerprint: 'Q2CKYRLH85UNN4', at: event.occurred_at, by: 'Ben', text, kind },
    ]);
  });

  it('tells notes, status updates and responders without saying how it fares', () => {
    const note = eventOf('incident.annotated');
    const { incident } = note.data;
    const [asked, answered] = ['pending', 'accepted'].map((state) => ({
      incident,
      user: { summary: 'Maeve' },
      state,
      message: state === 'pending' ? 'Please' : null,
    }));
    const told = [
      note,
      {
        ...note,
        event_type: 'incident.status_update_published',
        data: { incident, message: 'A fix is\nbeing made' },
      },
      { ...note, event_type: 'incident.responder.added', data: asked },
      { ...note, event_type: 'incident.responder.replied', agent: null, data: answered },
    ].map((event) => read(event));
    expect(told.flatMap(({ alerts }) => alerts)).toEqual([]);
    expect(told.flatMap(({ remarks = [] }) => remarks.map(({ kind, by, text }) => [kind, by, text]))).toEqual(
      [
        ['note', 'Ben', "Resolution Note: I'm resolving it"],
        ['note', 'Ben', 'A fix is being made'],
        ['responder', 'Ben', 'Maeve was asked to help: Please'],
        ['responder', null, 'Maeve accepted'],
      ],
    );
  });

  it('is not told by pings and unknown events, which are taken all the same', async () => {
    const { post, stored } = await receiving([source('pagerduty', null, 'pd')]);
    const event = eventOf('incident.annotated');
    const bodies = ['pagey.ping', 'incident.workflow.started', 'service.updated', 'constructor'].map(
      (event_type) => ({ event: { ...event, id: event_type, event_type, data: { odd: true } } }),
    );
    for (const body of bodies) expect((await post('pagerduty/pd', body)).statusCode).toBe(202);
    expect(stored.map(({ body }) => pagerduty.read(body, SOURCE))).toEqual(
      Array(4).fill({ groupKey: '', hidden: 0, toldAt: event.occurred_at, alerts: [], remarks: [] }),
    );
  });

  it('names the place when a stored body does not hold', () => {
    expect(() => read({ ...eventOf('incident.resolved'), data: {} })).toThrow(/^\/event\/data /);
  });
});

function orders<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= 1) return [all];
  return all.flatMap((first, at) => orders(all.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}
