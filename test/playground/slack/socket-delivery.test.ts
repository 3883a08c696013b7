import { expect, onTestFinished, test } from 'vitest';
import type { PlaygroundSlack } from '../../../src/playground/slack/server.ts';
import { approveBlocks, channelId, clientOf, seen, startApp, startSlack, steppedClock } from './harness.ts';

type Envelope = {
  type: string;
  envelope_id: string;
  retry_attempt?: number;
  retry_reason?: string;
  payload: { event_id: string; event?: { text: string } };
};

/** A Socket Mode client that acknowledges only when the test says so. */
async function connect(slack: PlaygroundSlack) {
  const { url = '' } = await clientOf(slack).apps.connections.open({ token: slack.appToken });
  const socket = new WebSocket(url);
  const messages: Envelope[] = [];
  let waiting: { count: number; resolve: () => void }[] = [];
  const envelopes = () => messages.filter((message) => message.envelope_id !== undefined);
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(String(data)));
    for (const one of waiting) if (one.count <= messages.length) one.resolve();
    waiting = waiting.filter((one) => one.count > messages.length);
  });
  onTestFinished(() => socket.close());
  const received = (count: number): Promise<void> =>
    new Promise((resolve) => {
      if (messages.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  await received(1);
  const told = async (type: string): Promise<void> => {
    for (let count = 1; !messages.some((message) => message.type === type); count += 1) await received(count);
  };
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()));
  return {
    hello: messages[0],
    envelopes,
    /** Resolves when so many envelopes are there. */
    arrived: (count: number) => received(count + 1),
    ack: (envelope: Envelope | undefined) =>
      socket.send(JSON.stringify({ envelope_id: envelope?.envelope_id })),
    told,
    closed,
  };
}

test('a connection begins with hello and its ticket is good once', async () => {
  const slack = await startSlack();
  const app = await connect(slack);
  expect(app.hello).toMatchObject({ type: 'hello', num_connections: 1 });
  const { url = '' } = await clientOf(slack).apps.connections.open({ token: slack.appToken });
  for (const expected of ['open', 'error']) {
    const socket = new WebSocket(url);
    const happened = await new Promise<string>((resolve) => {
      for (const type of ['open', 'error']) socket.addEventListener(type, () => resolve(type));
    });
    expect(happened).toBe(expected);
    socket.close();
  }
});

test('an event not acknowledged in three seconds comes again on the open connection, three times and no more', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ clock });
  const app = await connect(slack);
  slack.say({ user: 'U0ADA', channel: channelId(slack, 'incidents'), text: 'hello' });
  await app.arrived(1);
  clock.advance(2_999);
  expect(app.envelopes()).toHaveLength(1);
  clock.advance(1);
  await app.arrived(2);
  clock.advance(3_000);
  clock.advance(60_000);
  await app.arrived(3);
  clock.advance(3_000);
  clock.advance(300_000);
  await app.arrived(4);
  clock.advance(3_000);
  clock.advance(3_600_000);
  slack.say({ user: 'U0ADA', channel: channelId(slack, 'incidents'), text: 'next' });
  await app.arrived(5);
  const seenThere = app
    .envelopes()
    .map((one) => [one.payload.event?.text, one.retry_attempt, one.retry_reason]);
  expect(seenThere).toEqual([
    ['hello', 0, ''],
    ['hello', 1, 'timeout'],
    ['hello', 2, 'timeout'],
    ['hello', 3, 'timeout'],
    ['next', 0, ''],
  ]);
  expect(new Set(app.envelopes().map((one) => one.envelope_id)).size).toBe(2);
});

test('an event that was acknowledged does not come again', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ clock });
  const app = await connect(slack);
  const channel = channelId(slack, 'incidents');
  slack.say({ user: 'U0ADA', channel, text: 'one' });
  await app.arrived(1);
  app.ack(app.envelopes()[0]);
  // A command ends with its acknowledgement, which is read after the one before it.
  const asked = slack.command({ user: 'U0ADA', channel, text: '' });
  await app.arrived(2);
  app.ack(app.envelopes()[1]);
  await asked;
  clock.advance(3_000);
  slack.say({ user: 'U0ADA', channel, text: 'two' });
  await app.arrived(3);
  expect(app.envelopes().map((one) => one.payload.event?.text)).toEqual(['one', undefined, 'two']);
});

test('a click that the app sleeps through once reaches it again on the same connection', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ clock });
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({ channel, text: 'x', blocks: approveBlocks });
  const first = seen<void>();
  let deliveries = 0;
  await startApp(slack, (app) => {
    app.action('approve', async ({ ack }) => {
      deliveries += 1;
      if (deliveries === 1) first.resolve();
      else await ack();
    });
  });
  const clicking = slack.click({ channel, ts, action_id: 'approve', user: 'U0ADA' });
  await first.promise;
  clock.advance(3_000);
  await clicking;
  expect(deliveries).toBe(2);
  expect(slack.connections()).toBe(1);
});

test('a click that is never acknowledged ends with an error for the person', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ clock });
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await clientOf(slack).chat.postMessage({ channel, text: 'x', blocks: approveBlocks });
  await connect(slack);
  const clicking = slack.click({ channel, ts, action_id: 'approve', user: 'U0ADA' });
  const told = expect(clicking).rejects.toThrow('did not acknowledge it within three seconds');
  for (const ms of [3_000, 3_000, 60_000, 3_000, 300_000, 3_000]) clock.advance(ms);
  await told;
});

test('on demand a delivery comes twice, late, or over a connection that is cut', async () => {
  const slack = await startSlack({ clock: steppedClock() });
  const channel = channelId(slack, 'incidents');
  const say = (text: string) => slack.say({ user: 'U0ADA', channel, text });
  const fault = async (body: object) => {
    const url = `${slack.url}/_playground/faults`;
    return (await fetch(url, { method: 'POST', body: JSON.stringify(body) })).status;
  };
  const app = await connect(slack);
  const texts = () => app.envelopes().map((one) => one.payload.event?.text);
  expect(await fault({ delivery: 'events_api', duplicate: true })).toBe(200);
  say('twice');
  await app.arrived(2);
  const [one, two] = app.envelopes();
  expect(one?.envelope_id).not.toBe(two?.envelope_id);
  expect(one?.payload.event_id).toBe(two?.payload.event_id);
  for (const envelope of [one, two]) app.ack(envelope);
  expect(await fault({ delivery: '*', out_of_order: true })).toBe(200);
  say('late');
  say('early');
  await app.arrived(3);
  app.ack(app.envelopes()[2]);
  await app.arrived(4);
  app.ack(app.envelopes()[3]);
  expect(texts().slice(2)).toEqual(['early', 'late']);
  expect(await fault({ delivery: 'events_api', reset_after_apply: true })).toBe(200);
  say('acknowledged in vain');
  await app.arrived(5);
  app.ack(app.envelopes()[4]);
  await app.closed;
  const second = await connect(slack);
  await second.arrived(1);
  expect(second.envelopes()[0]?.envelope_id).toBe(app.envelopes()[4]?.envelope_id);
  second.ack(second.envelopes()[0]);
  expect(await fault({ delivery: 'events_api', reset_before_apply: true })).toBe(200);
  say('lost on the way');
  await second.closed;
  expect(second.envelopes()).toHaveLength(1);
  const third = await connect(slack);
  await third.arrived(1);
  expect(third.envelopes()[0]?.payload.event?.text).toBe('lost on the way');
  expect(await fault({ delivery: 'pigeons', duplicate: true })).toBe(400);
  expect(await fault({ delivery: '*' })).toBe(400);
});

test('a delivery held back arrives by itself when nothing overtakes it', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ clock });
  const app = await connect(slack);
  slack.addFault({ delivery: '*', fault: 'out_of_order' });
  slack.say({ user: 'U0ADA', channel: channelId(slack, 'incidents'), text: 'alone' });
  await clock.waits(2_000);
  clock.advance(2_000);
  await app.arrived(1);
  expect(app.envelopes()[0]?.payload.event?.text).toBe('alone');
});

test('connections are cut or asked to go on demand, over HTTP too', async () => {
  const slack = await startSlack();
  const post = (body: object) =>
    fetch(`${slack.url}/_playground/disconnect`, { method: 'POST', body: JSON.stringify(body) });
  const asked = await connect(slack);
  await post({});
  await asked.told('disconnect');
  expect(slack.connections()).toBe(1);
  await post({ abruptly: true });
  await asked.closed;
  expect(slack.connections()).toBe(0);
});

test('everything that was delivered comes once more when it is asked for, in new envelopes', async () => {
  const slack = await startSlack();
  const app = await connect(slack);
  const general = channelId(slack, 'general');
  for (const text of ['first', 'second']) slack.say({ user: 'U0BEN', channel: general, text });
  await app.arrived(2);
  for (const envelope of app.envelopes()) app.ack(envelope);
  const answered = fetch(`${slack.url}/_playground/replay`, { method: 'POST', body: '{}' });
  for (const count of [3, 4]) {
    await app.arrived(count);
    app.ack(app.envelopes().at(-1));
  }
  expect(await (await answered).json()).toEqual({ replayed: 2 });
  expect(app.envelopes().map(({ payload }) => payload.event?.text)).toEqual([
    'first',
    'second',
    'first',
    'second',
  ]);
  const ids = app.envelopes().map(({ payload }) => payload.event_id);
  expect(ids.slice(2)).toEqual(ids.slice(0, 2));
  expect(new Set(app.envelopes().map(({ envelope_id }) => envelope_id)).size).toBe(4);
});
