import { expect, test } from 'vitest';
import type { PlaygroundSlack } from '../../../src/playground/slack/server.ts';
import { approveBlocks, channelId, clientOf, seen, startApp, startSlack, steppedClock } from './harness.ts';

/** The response_url of a click on a message of the app's; `whisper` clicks one that only ada sees. */
async function clicked(slack: PlaygroundSlack, options: { whisper?: boolean } = {}) {
  const url = seen<string>();
  await startApp(slack, (app) => {
    app.action('approve', async ({ ack, body }) => {
      await ack();
      if (body.type === 'block_actions') url.resolve(body.response_url);
    });
  });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const card = { channel, text: 'card', blocks: approveBlocks };
  const ts = options.whisper
    ? ((await client.chat.postEphemeral({ ...card, user: 'U0ADA' })).message_ts ?? '')
    : ((await client.chat.postMessage(card)).ts ?? '');
  await slack.click({ channel, ts, action_id: 'approve', user: 'U0ADA' });
  const response_url = await url.promise;
  const respond = async (body: object) => {
    const response = await fetch(response_url, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };
  const texts = () => slack.messages(channel).map(({ text, ephemeral_to }) => [text, ephemeral_to]);
  return { respond, texts, channel, ts, client };
}

test('an answer goes to the person alone unless it says otherwise', async () => {
  const slack = await startSlack();
  const { respond, texts } = await clicked(slack);
  await respond({ text: 'noted' });
  await respond({ text: 'approved', response_type: 'in_channel' });
  expect(texts()).toEqual([
    ['card', undefined],
    ['noted', 'U0ADA'],
    ['approved', undefined],
  ]);
});

test('replace_original puts the answer in the place of what was clicked', async () => {
  const slack = await startSlack();
  const { respond, texts, ts, channel } = await clicked(slack);
  expect(await respond({ text: 'approved by ada', replace_original: true })).toMatchObject({ status: 200 });
  expect(texts()).toEqual([['approved by ada', undefined]]);
  expect(slack.messages(channel)).toMatchObject([{ ts, blocks: [] }]);
});

test('delete_original takes away what was clicked', async () => {
  const slack = await startSlack();
  const { respond, texts } = await clicked(slack);
  await respond({ delete_original: true });
  expect(texts()).toEqual([]);
});

test('an ephemeral message, which no method can edit, is replaced and deleted by its response_url', async () => {
  const slack = await startSlack();
  const { respond, texts } = await clicked(slack, { whisper: true });
  await respond({ text: 'done', replace_original: true });
  expect(texts()).toEqual([['done', 'U0ADA']]);
  await respond({ delete_original: true });
  expect(texts()).toEqual([]);
});

test('the sixth answer is refused', async () => {
  const slack = await startSlack();
  const { respond } = await clicked(slack);
  const statuses: number[] = [];
  for (let use = 0; use < 5; use += 1) statuses.push((await respond({ text: `answer ${use}` })).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200]);
  expect(await respond({ text: 'sixth' })).toEqual({ status: 404, body: { ok: false, error: 'used_url' } });
});

test('an answer after thirty minutes is refused, one just before is not', async () => {
  const clock = steppedClock();
  const slack = await startSlack({ clock });
  const { respond } = await clicked(slack);
  clock.advance(30 * 60_000);
  expect((await respond({ text: 'in time' })).status).toBe(200);
  clock.advance(1);
  expect(await respond({ text: 'late' })).toEqual({ status: 404, body: { ok: false, error: 'expired_url' } });
});

test.each([
  ['no text and no blocks', {}, 'no_text'],
  ['blocks that do not hold', { blocks: [{ type: 'banner' }] }, 'invalid_blocks'],
])('an answer with %s is refused', async (_name, body, error) => {
  const slack = await startSlack();
  const { respond } = await clicked(slack);
  expect(await respond(body)).toMatchObject({ status: 400, body: { ok: false, error } });
});
