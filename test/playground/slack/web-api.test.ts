import { WebAPIRateLimitedError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { channelId, clientOf, refusal, startSlack } from './harness.ts';

test('auth.test says who the bot is', async () => {
  const slack = await startSlack();
  const answer = await clientOf(slack).auth.test();
  expect(answer).toMatchObject({ team: 'Harbour', user_id: slack.botUserId, team_id: slack.teamId });
  expect(answer.response_metadata?.scopes).toContain('chat:write');
});

test('a call without a token, with a wrong one, or with one of the wrong kind is refused', async () => {
  const slack = await startSlack();
  const call = async (token: string | undefined, method: string): Promise<unknown> => {
    const response = await fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    });
    return response.json();
  };
  expect(await call(undefined, 'auth.test')).toEqual({ ok: false, error: 'not_authed' });
  expect(await call('xoxb-guess', 'auth.test')).toEqual({ ok: false, error: 'invalid_auth' });
  expect(await call(slack.botToken, 'apps.connections.open')).toMatchObject({
    error: 'not_allowed_token_type',
  });
  expect(await call(slack.appToken, 'chat.postMessage')).toMatchObject({ error: 'not_allowed_token_type' });
});

test('a method that Slack does not have is unknown_method', async () => {
  const slack = await startSlack();
  const error = await refusal(clientOf(slack).apiCall('chat.shout'));
  expect(error).toMatchObject({ error: 'unknown_method' });
});

test('a method whose scope was not granted names what is needed and what was given', async () => {
  const slack = await startSlack({ installedScopes: ['chat:write'] });
  const error = await refusal(clientOf(slack).conversations.create({ name: 'inc-1' }));
  expect(error).toMatchObject({ error: 'missing_scope', needed: 'channels:manage', provided: 'chat:write' });
});

test('JSON bodies are read like forms, and the token may come in a form', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  const asJson = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${slack.botToken}`,
      'content-type': 'application/json; charset=utf-8',
    },
    body: JSON.stringify({ channel, text: 'json', blocks: [{ type: 'divider' }] }),
  });
  expect(await asJson.json()).toMatchObject({ ok: true, message: { text: 'json' } });
  const asForm = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: 'POST',
    body: new URLSearchParams({ token: slack.botToken, channel, text: 'form' }),
  });
  expect(await asForm.json()).toMatchObject({ ok: true, message: { text: 'form' } });
  expect(JSON.stringify(slack.calls)).not.toContain(slack.botToken);
});

test('messages beyond the burst are answered 429 with Retry-After until the second is over', async () => {
  let clock = 1_750_000_000_000;
  const slack = await startSlack({ rateLimits: 'on', now: () => clock });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const other = channelId(slack, 'general');
  for (let message = 0; message < 4; message += 1) await client.chat.postMessage({ channel, text: 'burst' });
  const fifth = client.chat.postMessage({ channel, text: 'one too many' });
  await expect(fifth).rejects.toSatisfy(
    (error) => error instanceof WebAPIRateLimitedError && error.retryAfter === 1,
  );
  await client.chat.postMessage({ channel: other, text: 'another channel has a limit of its own' });
  clock += 1_000;
  await client.chat.postMessage({ channel, text: 'after the wait' });
});

test('a tier-2 method takes twenty calls at once and then one every three seconds', async () => {
  let clock = 1_750_000_000_000;
  const slack = await startSlack({ rateLimits: 'on', now: () => clock });
  const client = clientOf(slack);
  for (let call = 0; call < 20; call += 1) await client.usergroups.list();
  await expect(client.usergroups.list()).rejects.toMatchObject({ retryAfter: 3 });
  clock += 3_000;
  await client.usergroups.list();
});

test('a reset after the effect leaves the message in place', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  slack.addFault({ method: 'chat.postMessage', reset_after_apply: true });
  await expect(clientOf(slack).chat.postMessage({ channel, text: 'arrived' })).rejects.toThrow();
  expect(slack.messages(channel)).toMatchObject([{ text: 'arrived' }]);
  await clientOf(slack).chat.postMessage({ channel, text: 'next' });
  expect(slack.messages(channel)).toHaveLength(2);
});

test('a reset before the effect leaves nothing', async () => {
  const slack = await startSlack();
  const channel = channelId(slack, 'incidents');
  slack.addFault({ method: 'chat.postMessage', reset_before_apply: true });
  await expect(clientOf(slack).chat.postMessage({ channel, text: 'lost' })).rejects.toThrow();
  expect(slack.messages(channel)).toEqual([]);
});

test('faults are set over HTTP: a status, an error code, a rate limit, as many times as asked', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const fault = (body: unknown): Promise<Response> =>
    fetch(`${slack.url}/_playground/faults`, { method: 'POST', body: JSON.stringify(body) });
  await fault({ method: 'auth.test', status: 500, times: 2 });
  await expect(client.auth.test()).rejects.toMatchObject({ statusCode: 500 });
  await expect(client.auth.test()).rejects.toMatchObject({ statusCode: 500 });
  await fault({ method: 'auth.test', error: 'ratelimited', retryAfter: 7 });
  await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
  await fault({ method: '*', error: 'fatal_error' });
  expect(await refusal(client.auth.test())).toMatchObject({ error: 'fatal_error' });
  await client.auth.test();
  const wrong = await fault({ method: 'auth.test' });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toMatchObject({ error: expect.stringContaining('say how') });
});

test('people, channels, messages and calls can be read over HTTP, and a person can speak', async () => {
  const slack = await startSlack();
  const read = async (path: string): Promise<unknown> =>
    (await fetch(`${slack.url}/_playground/${path}`)).json();
  const channel = channelId(slack, 'general');
  await fetch(`${slack.url}/_playground/message`, {
    method: 'POST',
    body: JSON.stringify({ user: slack.people.ben, channel, text: 'hello' }),
  });
  expect(await read(`messages?channel=${channel}`)).toMatchObject([{ user: 'U0BEN', text: 'hello' }]);
  expect(await read('channels')).toMatchObject([{ name: 'general' }, { name: 'incidents' }]);
  expect(await read('people')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'ada', groups: ['sre-leads', 'checkout-oncall'] }),
    ]),
  );
  expect(await read('calls')).toEqual([]);
});
