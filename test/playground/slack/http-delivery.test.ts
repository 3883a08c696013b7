import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  approveBlocks,
  channelId,
  clientOf,
  type Got,
  seen,
  startHttpApp,
  startListener,
  startSlack,
  steppedClock,
} from './harness.ts';

const retryOf = ({ headers }: Got) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']];
const fine = () => ({ status: 200 });

test('a Bolt app in HTTP mode takes clicks, commands, modals and events that are signed', async () => {
  const slack = await startSlack({ clock: steppedClock() });
  const heard = seen<string>();
  const opened = seen<void>();
  const reasons: unknown[] = [];
  await startHttpApp(slack, (app) => {
    app.event('message', async ({ event }) => heard.resolve('text' in event ? (event.text ?? '') : ''));
    app.command('/incident', ({ ack }) => ack('nothing is on fire'));
    app.action('approve', async ({ ack, body, client }) => {
      await ack();
      if (body.type !== 'block_actions') return;
      await client.views.open({
        trigger_id: body.trigger_id,
        view: {
          type: 'modal',
          callback_id: 'why',
          title: { type: 'plain_text', text: 'Why?' },
          submit: { type: 'plain_text', text: 'Say it' },
          blocks: [
            {
              type: 'input',
              block_id: 'why',
              label: { type: 'plain_text', text: 'Reason' },
              element: { type: 'plain_text_input', action_id: 'text' },
            },
          ],
        },
      });
      opened.resolve();
    });
    app.view('why', async ({ ack, view }) => {
      const said = view.state.values.why?.text?.value;
      reasons.push(said);
      await (said === 'no' ? ack({ response_action: 'errors', errors: { why: 'More, please' } }) : ack());
    });
  });
  const { ada = '' } = slack.people;
  const channel = channelId(slack, 'incidents');
  slack.say({ user: ada, channel, text: 'is it me?' });
  expect(await heard.promise).toBe('is it me?');
  await slack.command({ user: ada, channel, text: 'list' });
  expect(slack.messages(channel, { user: ada }).at(-1)?.text).toBe('nothing is on fire');
  const { ts = '' } = await clientOf(slack).chat.postMessage({ channel, text: 'x', blocks: approveBlocks });
  await slack.click({ channel, ts, action_id: 'approve', user: ada });
  await opened.promise;
  const view_id = slack.views(ada)[0]?.id ?? '';
  const submit = (text: string) => slack.submitView({ view_id, user: ada, values: { why: { text } } });
  expect(await submit('no')).toEqual({ closed: false, errors: { why: 'More, please' } });
  expect(await submit('the release')).toEqual({ closed: true, errors: {} });
  expect(reasons).toEqual(['no', 'the release']);
});

test('every request carries the v0 signature over its time and body', async () => {
  const clock = steppedClock(1_750_000_000_000);
  const slack = await startSlack({ clock });
  const app = await startListener(fine);
  await slack.setRequestUrl({ slash_commands: app.url });
  await slack.command({ user: 'U0ADA', channel: channelId(slack, 'general'), text: 'list' });
  const [got] = app.got;
  const timestamp = '1750000000';
  const signature = createHmac('sha256', slack.signingSecret)
    .update(`v0:${timestamp}:${got?.body}`)
    .digest('hex');
  expect(got?.headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${signature}`,
  });
  expect(got?.headers['x-slack-retry-num']).toBeUndefined();
  expect(new URLSearchParams(got?.body).get('text')).toBe('list');
});

test('a URL for events has to answer Slack’s challenge', async () => {
  const slack = await startSlack();
  const wrong = await startListener(fine);
  await expect(slack.setRequestUrl(wrong.url)).rejects.toThrow('does not answer the challenge');
  expect(slack.requestUrls()).toEqual({});
  const failing = await startListener(({ body }) => ({ status: 500, body: JSON.parse(body).challenge }));
  await expect(slack.setRequestUrl(failing.url)).rejects.toThrow('does not answer the challenge');
  const right = await startListener(({ body }) => ({ status: 200, body: JSON.parse(body).challenge }));
  await slack.setRequestUrl(right.url);
  expect(JSON.parse(right.got[0]?.body ?? '')).toMatchObject({ type: 'url_verification' });
});

test('an event that is not acknowledged in three seconds comes again at once, after one minute and after five', async () => {
  const clock = steppedClock();
  const app = await startListener(() => 'silence');
  const slack = await startSlack({ clock, requestUrl: { events_api: app.url } });
  slack.say({ user: 'U0ADA', channel: channelId(slack, 'incidents'), text: 'hello' });
  await app.arrived(1);
  clock.advance(3_000);
  await app.arrived(2);
  clock.advance(3_000);
  await clock.waits(60_000);
  clock.advance(60_000);
  await app.arrived(3);
  clock.advance(3_000);
  await clock.waits(300_000);
  clock.advance(300_000);
  await app.arrived(4);
  expect(app.got.map(retryOf)).toEqual([
    [undefined, undefined],
    ['1', 'http_timeout'],
    ['2', 'http_timeout'],
    ['3', 'http_timeout'],
  ]);
  const ids = app.got.map(({ body }) => JSON.parse(body).event_id);
  expect(new Set(ids).size).toBe(1);
  const stamps = app.got.map(({ headers }) => Number(headers['x-slack-request-timestamp']));
  expect((stamps[3] ?? 0) - (stamps[0] ?? 0)).toBeGreaterThanOrEqual(360);
});

test('an event acknowledged just before three seconds have passed does not come again', async () => {
  const clock = steppedClock();
  const app = await startListener(fine);
  const slack = await startSlack({ clock, requestUrl: { events_api: app.url } });
  const channel = channelId(slack, 'incidents');
  slack.say({ user: 'U0ADA', channel, text: 'one' });
  await app.arrived(1);
  clock.advance(2_999);
  slack.say({ user: 'U0ADA', channel, text: 'two' });
  await app.arrived(2);
  expect(app.got.map(({ body }) => JSON.parse(body).event.text)).toEqual(['one', 'two']);
  expect(app.got.map(retryOf)).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('an event answered with an error is sent again and says why', async () => {
  const app = await startListener((_got, count) => ({ status: count === 1 ? 500 : 200 }));
  const slack = await startSlack({ requestUrl: { events_api: app.url } });
  slack.say({ user: 'U0ADA', channel: channelId(slack, 'incidents'), text: 'hello' });
  await app.arrived(2);
  expect(app.got.map(retryOf)).toEqual([
    [undefined, undefined],
    ['1', 'http_error'],
  ]);
});

test('two redirects are followed and no third', async () => {
  const on = { status: 302, headers: { location: '/slack/events' } };
  const app = await startListener((_got, count) => (count <= 2 ? on : { status: 200 }));
  const slack = await startSlack({ requestUrl: { slash_commands: app.url } });
  const command = { user: 'U0ADA', channel: channelId(slack, 'general'), text: '' };
  await slack.command(command);
  expect(app.got).toHaveLength(3);
  const endless = await startListener(() => on);
  await slack.setRequestUrl({ slash_commands: endless.url });
  await expect(slack.command(command)).rejects.toThrow('too_many_redirects');
  expect(endless.got).toHaveLength(3);
});

test('an event waits for the one before it to be answered, so that both come in order', async () => {
  const clock = steppedClock();
  const app = await startListener(() => 'silence');
  const slack = await startSlack({ clock, requestUrl: { events_api: app.url } });
  const channel = channelId(slack, 'incidents');
  slack.say({ user: 'U0ADA', channel, text: 'one' });
  slack.say({ user: 'U0ADA', channel, text: 'two' });
  await app.arrived(1);
  await clientOf(slack).auth.test();
  expect(app.got).toHaveLength(1);
  clock.advance(3_000);
  await app.arrived(3);
  expect(app.got.map(({ body }) => JSON.parse(body).event.text).sort()).toEqual(['one', 'one', 'two']);
});

test('an app that asks for no retries gets none', async () => {
  const headers = { 'x-slack-no-retry': '1' };
  const app = await startListener((_got, count) =>
    count === 1 ? { status: 500, headers } : { status: 200 },
  );
  const slack = await startSlack({ requestUrl: { events_api: app.url } });
  const channel = channelId(slack, 'incidents');
  slack.say({ user: 'U0ADA', channel, text: 'one' });
  slack.say({ user: 'U0ADA', channel, text: 'two' });
  await app.arrived(2);
  expect(app.got.map(({ body }) => JSON.parse(body).event.text)).toEqual(['one', 'two']);
});

test('a click that is not acknowledged in three seconds is lost, and the person is told', async () => {
  const clock = steppedClock();
  const app = await startListener(() => 'silence');
  const slack = await startSlack({ clock, requestUrl: { interactive: app.url } });
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({ channel, text: 'x', blocks: approveBlocks });
  const clicking = slack.click({ channel, ts, action_id: 'approve', user: 'U0ADA' });
  const told = expect(clicking).rejects.toThrow('the app did not take it: http_timeout');
  await app.arrived(1);
  clock.advance(3_000);
  await told;
  expect(app.got).toHaveLength(1);
});

test('request URLs are set and taken back over HTTP', async () => {
  const slack = await startSlack();
  const app = await startListener(({ body }) => ({ status: 200, body: JSON.parse(body).challenge }));
  const set = async (body: object): Promise<unknown> => {
    const url = `${slack.url}/_playground/request_url`;
    return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).json();
  };
  const { url } = app;
  expect(await set({ url })).toEqual({ interactive: url, slash_commands: url, events_api: url });
  expect(await set({ commands: url })).toEqual({ slash_commands: url });
  expect(await set({ events: 'http://127.0.0.1:1/' })).toEqual({
    error: 'http://127.0.0.1:1/ does not answer the challenge',
  });
  expect(await set({})).toEqual({});
});

test('on demand a delivery comes twice, late, or over a connection that is cut', async () => {
  const app = await startListener(fine);
  const slack = await startSlack({ clock: steppedClock(), requestUrl: { events_api: app.url } });
  const channel = channelId(slack, 'incidents');
  const say = (text: string) => slack.say({ user: 'U0ADA', channel, text });
  const texts = () => app.got.map(({ body }) => JSON.parse(body).event.text);
  slack.addFault({ delivery: 'events_api', fault: 'duplicate' });
  say('twice');
  await app.arrived(2);
  expect(texts()).toEqual(['twice', 'twice']);
  expect(JSON.parse(app.got[0]?.body ?? '').event_id).toBe(JSON.parse(app.got[1]?.body ?? '').event_id);
  slack.addFault({ delivery: '*', fault: 'out_of_order' });
  say('late');
  say('early');
  await app.arrived(4);
  expect(texts().slice(2)).toEqual(['early', 'late']);
  slack.addFault({ delivery: 'events_api', fault: 'reset_after_apply' });
  say('acknowledged in vain');
  await app.arrived(6);
  expect(app.got.slice(4).map(retryOf)).toEqual([
    [undefined, undefined],
    ['1', 'connection_failed'],
  ]);
  slack.addFault({ delivery: 'events_api', fault: 'reset_before_apply' });
  say('once');
  await app.arrived(7);
  expect(app.got.slice(6).map(retryOf)).toEqual([['1', 'connection_failed']]);
});
