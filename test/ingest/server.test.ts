import { afterEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../src/core/ports/inbox.ts';
import { StoreUnavailable } from '../../src/core/ports/ledger.ts';
import { DEFAULT_LIMITS, type Settings } from '../../src/core/settings.ts';
import { createPublicServer } from '../../src/ingest/server.ts';
import { AT } from '../make.ts';

const settings: Settings = {
  slack: null,
  clusters: [],
  sources: [
    { name: 'default', kind: 'alertmanager', cluster: { name: 'prod' }, secret: 's3cret' },
    { name: 'open', kind: 'alertmanager', cluster: { name: 'prod' }, secret: null },
  ],
  teams: [],
  defaultResponder: null,
  openWhen: [],
  protectedNamespaces: [],
  database: ':memory:',
  http: { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0, tls: null },
  folders: { runbooks: [], policies: [], services: [] },
  limits: { ...DEFAULT_LIMITS, bodyBytes: 4096 },
};

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
  const stored: Delivery[] = [];
  const lines: string[] = [];
  const log = (_about: object, message: string) => void lines.push(message);
  const app = await createPublicServer({
    settings,
    inbox: {
      async put(delivery) {
        if (options.full === true) throw new StoreUnavailable('the disk is full');
        stored.push(delivery);
      },
    },
    log: { info: log, warn: log, error: log },
    now: () => AT,
    stored: () => {},
    accepting: () => options.accepting ?? true,
    answered: () => {},
  });
  closing.push(() => app.close());
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: `/webhooks/alertmanager${path}`,
      headers: { 'content-type': 'application/json', authorization: 'Bearer s3cret', ...headers },
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { post, stored, lines };
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

describe('a webhook of Alertmanager', () => {
  it('is stored before it is answered 202, unknown fields and all', async () => {
    const { post, stored } = await ingest();
    expect((await post('/default', BODY)).statusCode).toBe(202);
    expect(stored.map(({ source, body }) => ({ source, body: JSON.parse(body) }))).toEqual([
      { source: 'default', body: BODY },
    ]);
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
    ['too much', '/default', { ...BODY, groupKey: 'x'.repeat(5000) }, {}, 413, /max_alerts/],
  ])(
    'with %s is refused, told in one line and not stored',
    async (_name, path, body, headers, status, says) => {
      const { post, stored, lines } = await ingest();
      const answer = await post(path, body, headers);
      expect(answer.statusCode).toBe(status);
      expect(answer.json().error).toMatch(says);
      expect(stored).toEqual([]);
      expect(lines).toHaveLength(1);
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
