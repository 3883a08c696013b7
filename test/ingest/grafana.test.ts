import { describe, expect, it } from 'vitest';
import { grafana } from '../../src/ingest/grafana.ts';
import { AT, at } from '../make.ts';
import { fixture, receiving, source } from './receiving.ts';

const SECRET = 'grafana-secret';
const SOURCE = source('grafana', SECRET, 'g');
const FIRING = fixture('grafana_firing.json');
const BODY = JSON.parse(FIRING.toString());
const BODY_SIGNED = '16767bc9ecc4beeddc7edd55c59ee5ce16e832bfac3e2c7c4573561b7761ca19';
// AT, and the signature of `<seconds>:<body>`.
const SIGNED_AT = '1773454020';
const TIME_SIGNED = '5a60e1d45ec66ef38901288a2e91ecb66e6e59c49a8be0ec7858b4b59a471bb1';

const signature = (value: string) => ({ 'x-grafana-alerting-signature': value });

describe('a webhook of Grafana', () => {
  it.each([
    ['signed', signature(BODY_SIGNED)],
    ['signed with its time', { ...signature(TIME_SIGNED), 'x-grafana-alerting-timestamp': SIGNED_AT }],
    ['signed with its time in a header of another name', { ...signature(TIME_SIGNED), 'x-when': SIGNED_AT }],
    ['sent with the secret as bearer token', { authorization: `Bearer ${SECRET}` }],
    [
      'sent with the secret as password',
      { authorization: `Basic ${Buffer.from(`grafana:${SECRET}`).toString('base64')}` },
    ],
    [
      'sent with the secret and signed with another one',
      { authorization: `Bearer ${SECRET}`, ...signature('0') },
    ],
  ])('is stored as it came when it is %s', async (_name, headers) => {
    const { post, stored } = await receiving([SOURCE], { now: AT });
    expect((await post('grafana/g', FIRING, headers)).statusCode).toBe(202);
    expect(stored).toMatchObject([{ source: 'g', kind: 'grafana', body: FIRING.toString() }]);
  });

  it.each([
    ['nothing', {}, /Authorization: Bearer/],
    ['the wrong secret', { authorization: 'Bearer wrong' }, /not the one/],
    ['a signature of another body', signature(TIME_SIGNED), /signature/],
    [
      'a wrong signature beside a wrong secret',
      { authorization: 'Bearer wrong', ...signature('0') },
      /signature/,
    ],
    [
      'a signature with another time',
      { ...signature(TIME_SIGNED), 'x-grafana-alerting-timestamp': '1773454021' },
      /signature/,
    ],
  ])('with %s is refused, counted and told in one line', async (_name, headers, says) => {
    const { post, stored, lines, answers } = await receiving([SOURCE], { now: AT });
    const answer = await post('grafana/g', FIRING, headers);
    expect(answer.statusCode).toBe(401);
    expect(answer.json().error).toMatch(says);
    expect([stored, lines, answers]).toEqual([[], ['delivery.refused'], [['g', 401]]]);
  });

  it('with one byte changed is refused', async () => {
    const flipped = Buffer.from(FIRING);
    flipped.writeUInt8(flipped.readUInt8(100) ^ 1, 100);
    const { post } = await receiving([SOURCE]);
    expect((await post('grafana/g', flipped, signature(BODY_SIGNED))).statusCode).toBe(401);
  });

  it.each([
    [299, 202],
    [301, 401],
    [-301, 401],
  ])('that was signed %i seconds ago is answered %i', async (seconds, status) => {
    const { post } = await receiving([SOURCE], { now: at(seconds) });
    const headers = { ...signature(TIME_SIGNED), 'x-grafana-alerting-timestamp': SIGNED_AT };
    expect((await post('grafana/g', FIRING, headers)).statusCode).toBe(status);
  });

  it.each([
    ['of another version', { ...BODY, version: '4' }, /^\/version: /],
    ['of its own template', { text: 'Checkout burns' }, /^\/: must have required property/],
    [
      'with a label that is no text',
      { ...BODY, alerts: [{ ...BODY.alerts[0], labels: { a: 1 } }] },
      /^\/alerts\/0\/labels\/a: /,
    ],
  ])('%s is refused with the place of the fault', async (_name, body, says) => {
    const { post } = await receiving([source('grafana', null, 'g')]);
    const answer = await post('grafana/g', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatch(says);
  });

  it('tells alerts with their links and values, and how many it left out', () => {
    expect(grafana.read(FIRING.toString(), SOURCE)).toEqual({
      groupKey: '{}:{grafana_folder="Checkout"}',
      hidden: 3,
      alerts: [
        {
          source: 'g',
          cluster: 'prod',
          fingerprint: 'c6eadffa33fcdf37',
          status: 'firing',
          labels: BODY.alerts[0].labels,
          annotations: {
            summary: '12 % of the answers are errors',
            dashboard_url: 'https://grafana.example/d/checkout?orgId=1',
            panel_url: 'https://grafana.example/d/checkout?orgId=1&viewPanel=2',
            silence_url: 'https://grafana.example/alerting/silence/new?alertmanager=grafana',
            values: "[ var='B' labels={namespace=shop} value=0.12 ]",
          },
          startsAt: '2026-03-14T02:07:00.123Z',
          endsAt: null,
          generatorUrl: 'https://grafana.example/alerting/grafana/ae1b2c3/view?orgId=1',
        },
        {
          source: 'g',
          cluster: 'prod',
          fingerprint: '57c6d9296de2ad39',
          status: 'resolved',
          labels: BODY.alerts[1].labels,
          annotations: {},
          startsAt: '2026-03-14T01:00:00.000Z',
          endsAt: '2026-03-14T02:05:00.000Z',
          generatorUrl: null,
        },
      ],
    });
  });
});
