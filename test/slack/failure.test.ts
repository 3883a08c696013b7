import { webApi } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/slack/failure.ts';

function network(code: string | null): unknown {
  const cause = code === null ? new Error('gone') : Object.assign(new Error(code), { code });
  return new webApi.WebAPIRequestError(new TypeError('fetch failed', { cause }));
}

const platform = (error: string, more: object = {}): unknown =>
  new webApi.WebAPIPlatformError({ ok: false, error, ...more });

describe('a failed call', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])('never left: %s', (code) => {
    expect(failureOf(network(code)).end.status).toBe('later');
  });

  it.each(['ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', null])(
    'may have arrived: %s',
    (code) => {
      expect(failureOf(network(code)).end.status).toBe('unknown');
    },
  );

  it('never left when none of a name’s addresses took the connection', () => {
    const refused = Object.assign(new Error('no'), { code: 'ECONNREFUSED' });
    const all = new AggregateError([refused, refused]);
    const error = new webApi.WebAPIRequestError(new TypeError('fetch failed', { cause: all }));
    expect(failureOf(error).end).toMatchObject({
      status: 'later',
      says: 'Slack cannot be reached (ECONNREFUSED)',
    });
  });

  it('that timed out may have arrived', () => {
    const late = new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    expect(failureOf(new webApi.WebAPIRequestError(late)).end.status).toBe('unknown');
  });

  it('waits as long as Slack asks', () => {
    expect(failureOf(new webApi.WebAPIRateLimitedError(30)).end).toMatchObject({
      status: 'later',
      afterMs: 30_000,
    });
  });

  it.each([
    ['ratelimited', 'later'],
    ['missing_scope', 'later'],
    ['service_unavailable', 'unknown'],
    ['channel_not_found', 'refused'],
    ['msg_blocks_too_long', 'refused'],
    ['<html>Bad gateway</html>', 'unknown'],
  ])('with Slack’s code %s is %s', (code, status) => {
    expect(failureOf(platform(code)).end.status).toBe(status);
  });

  it('says which part of the blocks Slack did not take', () => {
    const metadata = { response_metadata: { messages: ['[ERROR] too long [json-pointer:/blocks/0]'] } };
    expect(failureOf(platform('invalid_blocks', metadata)).end.says).toBe(
      'Slack says invalid_blocks: [ERROR] too long [json-pointer:/blocks/0]',
    );
  });

  it('of a kind that is not known may have arrived', () => {
    expect(failureOf(new Error('what?')).end.status).toBe('unknown');
    expect(failureOf(new webApi.WebAPIHTTPError(404, 'Not Found', {})).end.status).toBe('later');
  });
});
