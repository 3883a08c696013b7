import { expect, test } from 'vitest';
import { approveBlocks, channelId, clientOf, refusal, startSlack } from './harness.ts';

test('timestamps are unique and increase, even while the clock stands still', async () => {
  const slack = await startSlack({ now: () => 1_750_000_000_000 });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const stamps: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    stamps.push((await client.chat.postMessage({ channel, text: 'x' })).ts ?? '');
  }
  expect(new Set(stamps).size).toBe(5);
  expect([...stamps].sort()).toEqual(stamps);
  expect(stamps.every((ts) => /^1750000000\.\d{6}$/.test(ts))).toBe(true);
});

test('replies stay in their thread, and the parent counts them', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'parent' });
  await client.chat.postMessage({ channel, text: 'one', thread_ts: ts });
  const { ts: second = '' } = await client.chat.postMessage({ channel, text: 'two', thread_ts: ts });
  const { messages: top } = await client.conversations.history({ channel });
  expect(top).toMatchObject([{ text: 'parent', thread_ts: ts, reply_count: 2, latest_reply: second }]);
  const { messages: thread } = await client.conversations.replies({ channel, ts });
  expect(thread?.map((message) => message.text)).toEqual(['parent', 'one', 'two']);
  const toReply = client.chat.postMessage({ channel, text: 'deeper', thread_ts: second });
  expect(await refusal(toReply)).toMatchObject({ error: 'cannot_reply_to_message' });
  const nowhere = client.conversations.replies({ channel, ts: '1.000001' });
  expect(await refusal(nowhere)).toMatchObject({ error: 'thread_not_found' });
});

test('an edit replaces text and blocks and keeps the place; others’ messages cannot be edited', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'before', blocks: approveBlocks });
  await client.chat.update({ channel, ts, text: 'after' });
  expect(slack.messages(channel)).toMatchObject([{ ts, text: 'after', blocks: [], edited: {} }]);
  const theirs = slack.say({ user: slack.people.ada ?? '', channel, text: 'mine' });
  const taken = client.chat.update({ channel, ts: theirs.ts, text: 'yours' });
  expect(await refusal(taken)).toMatchObject({ error: 'cant_update_message' });
  const gone = client.chat.update({ channel, ts: '1.000001', text: 'x' });
  expect(await refusal(gone)).toMatchObject({ error: 'message_not_found' });
  const long = client.chat.update({ channel, ts, text: 'x'.repeat(4_001) });
  expect(await refusal(long)).toMatchObject({ error: 'msg_too_long' });
});

test('an ephemeral message is seen by one person and is nowhere for the app', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const user = slack.people.ben ?? '';
  const { message_ts: ts = '' } = await client.chat.postEphemeral({ channel, user, text: 'psst' });
  expect(slack.messages(channel)).toMatchObject([{ text: 'psst', ephemeral_to: user }]);
  expect((await client.conversations.history({ channel })).messages).toEqual([]);
  expect(await refusal(client.chat.update({ channel, ts, text: 'louder' }))).toMatchObject({
    error: 'message_not_found',
  });
  const outside = client.chat.postEphemeral({ channel, user: slack.people.gus ?? '', text: 'psst' });
  expect(await refusal(outside)).toMatchObject({ error: 'user_not_in_channel' });
});

test('metadata comes back from history and replies only when it is asked for', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const metadata = { event_type: 'firstmate_outbox', event_payload: { key: 'k1' } };
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'x', metadata });
  const plain = await client.conversations.history({ channel });
  expect(plain.messages?.[0]).not.toHaveProperty('metadata');
  const full = await client.conversations.history({ channel, include_all_metadata: true });
  expect(full.messages).toMatchObject([{ metadata }]);
  await client.chat.update({ channel, ts, text: 'y' });
  const thread = await client.conversations.replies({ channel, ts, include_all_metadata: true });
  expect(thread.messages).toMatchObject([{ text: 'y', metadata }]);
  const wrong = client.apiCall('chat.postMessage', { channel, text: 'x', metadata: { event_type: 'a' } });
  expect(await refusal(wrong)).toMatchObject({ error: 'invalid_metadata_format' });
});

test('a message is pinned once, listed, and unpinned once', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts: timestamp = '' } = await client.chat.postMessage({ channel, text: 'header' });
  await client.pins.add({ channel, timestamp });
  expect(await refusal(client.pins.add({ channel, timestamp }))).toMatchObject({ error: 'already_pinned' });
  expect((await client.pins.list({ channel })).items).toMatchObject([
    { type: 'message', message: { text: 'header', pinned_to: [channel] } },
  ]);
  await client.pins.remove({ channel, timestamp });
  expect(await refusal(client.pins.remove({ channel, timestamp }))).toMatchObject({ error: 'no_pin' });
  expect(await refusal(client.pins.add({ channel, timestamp: '1.000001' }))).toMatchObject({
    error: 'message_not_found',
  });
});

test('reactions are kept per person', async () => {
  const slack = await startSlack({ installedScopes: ['chat:write', 'reactions:write', 'reactions:read'] });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts: timestamp = '' } = await client.chat.postMessage({ channel, text: 'x' });
  await client.reactions.add({ channel, timestamp, name: 'eyes' });
  expect(await refusal(client.reactions.add({ channel, timestamp, name: 'eyes' }))).toMatchObject({
    error: 'already_reacted',
  });
  slack.reaction({ user: slack.people.ada ?? '', channel, ts: timestamp, name: 'eyes' });
  expect((await client.reactions.get({ channel, timestamp })).message?.reactions).toEqual([
    { name: 'eyes', users: [slack.botUserId, 'U0ADA'], count: 2 },
  ]);
});

test('a bookmark needs a link', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel_id = channelId(slack, 'incidents');
  await client.bookmarks.add({ channel_id, title: 'Runbook', type: 'link', link: 'https://example.com/r' });
  expect(slack.channels().find((one) => one.id === channel_id)?.bookmarks).toMatchObject([
    { title: 'Runbook' },
  ]);
  const wrong = client.bookmarks.add({ channel_id, title: 'x', type: 'link', link: 'ftp://x' });
  expect(await refusal(wrong)).toMatchObject({ error: 'invalid_link' });
});

test('a permalink names the channel and the message', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'x' });
  const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
  expect(permalink).toBe(`https://harbour.slack.com/archives/${channel}/p${ts.replace('.', '')}`);
});

test('a deleted message is gone, unless it has replies: then its place stays', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts: alone = '' } = await client.chat.postMessage({ channel, text: 'alone' });
  const { ts: parent = '' } = await client.chat.postMessage({ channel, text: 'parent' });
  await client.chat.postMessage({ channel, text: 'reply', thread_ts: parent });
  await client.chat.delete({ channel, ts: alone });
  await client.chat.delete({ channel, ts: parent });
  const { messages } = await client.conversations.history({ channel });
  expect(messages).toMatchObject([{ ts: parent, subtype: 'tombstone', reply_count: 1 }]);
  const { messages: thread } = await client.conversations.replies({ channel, ts: parent });
  expect(thread?.map((message) => message.text)).toEqual(['This message was deleted.', 'reply']);
  expect(await refusal(client.chat.delete({ channel, ts: alone }))).toMatchObject({
    error: 'message_not_found',
  });
});
