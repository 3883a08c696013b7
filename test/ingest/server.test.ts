import { describe, expect, it } from 'vitest';
import { AT } from '../make.ts';
import { receiving, source } from './receiving.ts';

const BODY = {
  version: '4',
  groupKey: 'g',
  status: 'firing',
  truncatedAlerts: 0,
  notification_reason: 'new',
  routeLabels: { team: 'x' },
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'A' },
      annotations: {},
      startsAt: AT,
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: 'f1',
    },
  ],
};

async function ingest(options: { full?: boolean; accepting?: boolean } = {}) {
  const sources = [source('alertmanager', 's3cret'), source('alertmanager', null, 'open')];
  const { post, ...seen } = await receiving(sources, options);
  return {
    ...seen,
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      post(`alertmanager${path}`, body, { authorization: 'Bearer s3cret', ...headers }),
  };
}

describe('a webhook of Alertmanager', () => {
  it('is stored before it is answered 202, unknown fields and all', async () => {
    const { post, stored } = await ingest();
    expect((await post('/default', BODY)).statusCode).toBe(202);
    expect(stored.map(({ source, body }) => ({ source, body: JSON.parse(body) }))).toEqual([
      { source: 'default', body: BODY },
    ]);
  });

  it('is answered with the id that it was stored under, and with what was wrong', async () => {
    const { post, stored } = await ingest();
    expect((await post('/default', BODY)).body).toBe(`{"stored":"${stored[0]?.id}"}`);
    expect((await post('/default', { ...BODY, status: 'odd' })).body).toBe(
      '{"error":"/status: must be equal to one of the allowed values"}',
    );
    expect((await post('/default', '')).body).toBe('{"error":"/: the body is not JSON."}');
  });

  it('is stored each time it comes: Alertmanager gives its deliveries no name', async () => {
    const { post, stored } = await ingest();
    await post('/default', BODY, { 'x-webhook-id': 'same' });
    await post('/default', BODY, { 'x-webhook-id': 'same' });
    expect(stored).toHaveLength(2);
  });

  it('without a source belongs to the default one', async () => {
    const { post, stored } = await ingest();
    expect((await post('', BODY)).statusCode).toBe(202);
    expect(stored[0]?.source).toBe('default');
  });

  it('takes the secret as bearer token or basic password, and needs none where none is set', async () => {
    const { post } = await ingest();
    const basic = `Basic ${Buffer.from('am:s3cret').toString('base64')}`;
    expect((await post('/default', BODY, { authorization: basic })).statusCode).toBe(202);
    expect((await post('/open', BODY, { authorization: '' })).statusCode).toBe(202);
  });

  it.each([
    ['the wrong secret', '/default', BODY, { authorization: 'Bearer wrong' }, 401, /not the one/],
    ['no secret', '/default', BODY, { authorization: '' }, 401, /secret/],
    ['an unknown source', '/nowhere', BODY, {}, 404, /no Alertmanager source "nowhere"/],
    [
      'another type',
      '/default',
      'a=1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      /application\/json/,
    ],
    ['no JSON', '/default', '{', {}, 400, /not JSON/],
    ['another version', '/default', { ...BODY, version: '3' }, {}, 400, /^\/version/],
    [
      'an alert without a fingerprint',
      '/default',
      { ...BODY, alerts: [{ ...BODY.alerts[0], fingerprint: '' }] },
      {},
      400,
      /^\/alerts\/0\/fingerprint/,
    ],
    [
      'a label that is no text',
      '/default',
      { ...BODY, alerts: [{ ...BODY.alerts[0], labels: { a: 1 } }] },
      {},
      400,
      /^\/alerts\/0\/labels\/a/,
    ],
    [
      'a time that no calendar has',
      '/default',
      { ...BODY, alerts: [{ ...BODY.alerts[0], startsAt: '2026-99-01T00:00:00Z' }] },
      {},
      400,
      /^\/alerts\/0\/startsAt/,
    ],
    ['too much', '/default', { ...BODY, groupKey: 'x'.repeat(5000) }, {}, 413, /max_alerts/],
  ])(
    'with %s is refused, told in one line and not stored',
    async (_name, path, body, headers, status, says) => {
      const { post, stored, lines, answers } = await ingest();
      const answer = await post(path, body, headers);
      expect(answer.statusCode).toBe(status);
      expect(answer.json().error).toMatch(says);
      expect(stored).toEqual([]);
      expect(lines).toHaveLength(1);
      expect(answers.map(([, counted]) => counted)).toEqual([status]);
    },
  );

  it('is answered 503 with Retry-After when it cannot be stored or while the process stops', async () => {
    for (const options of [{ full: true }, { accepting: false }]) {
      const { post } = await ingest(options);
      const answer = await post('/default', BODY);
      expect(answer.statusCode).toBe(503);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    }
  });
});
