import { expect, test } from 'vitest';
import { channelId, clientOf, refusal, startSlack } from './harness.ts';

const scopes = { installedScopes: ['files:write', 'chat:write', 'channels:history'] };

test('a file is uploaded and shared with a comment, as web-api’s uploadV2 does it', async () => {
  const slack = await startSlack(scopes);
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  await client.filesUploadV2({
    channel_id: channel,
    filename: 'review.md',
    title: 'The review',
    content: '# What happened',
    initial_comment: 'Here it is',
  });
  expect(slack.messages(channel)).toMatchObject([
    { text: 'Here it is', files: [{ name: 'review.md', title: 'The review' }] },
  ]);
  const { messages } = await client.conversations.history({ channel });
  expect(messages).toMatchObject([{ files: [{ name: 'review.md' }] }]);
});

test.each([
  ['a file has a length', { length: 0 }, 'missing_argument'],
  ['and a name', { filename: '' }, 'missing_argument'],
  ['its description has 1,000 characters', { alt_txt: 'x'.repeat(1_001) }, 'alt_txt_too_large'],
])('%s: %s', async (_rule, more, error) => {
  const client = clientOf(await startSlack(scopes));
  const start = client.apiCall('files.getUploadURLExternal', { filename: 'a.txt', length: 1, ...more });
  expect(await refusal(start)).toMatchObject({ error });
});

test('a file whose bytes did not come is not shared, and its URL takes them once', async () => {
  const slack = await startSlack(scopes);
  const client = clientOf(slack);
  const { upload_url, file_id } = await client.files.getUploadURLExternal({ filename: 'a.txt', length: 1 });
  const complete = () =>
    client.apiCall('files.completeUploadExternal', { files: [{ id: file_id, title: 'A' }] });
  expect(await refusal(complete())).toMatchObject({ error: 'file_not_found' });
  const send = async () => (await fetch(String(upload_url), { method: 'POST', body: 'x' })).status;
  expect([await send(), await send()]).toEqual([200, 404]);
  await complete();
});

test.each([
  ['a channel that is there', 'C0NOWHERE', 'channel_not_found'],
  ['one that the app is in', 'theirs', 'not_in_channel'],
  [
    '100 channels at most',
    Array.from({ length: 101 }, (_, index) => `C${index}`).join(','),
    'channels_limit_exceeded',
  ],
])('files go to %s', async (_rule, channels, error) => {
  const slack = await startSlack(scopes);
  const theirs = slack.createChannel({ user: 'U0ADA', name: 'theirs' }).id;
  const call = clientOf(slack).apiCall('files.completeUploadExternal', {
    files: [],
    channels: channels === 'theirs' ? theirs : channels,
  });
  expect(await refusal(call)).toMatchObject({ error });
});

test('an archived channel takes no files', async () => {
  const slack = await startSlack({ installedScopes: [...scopes.installedScopes, 'channels:manage'] });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  await client.conversations.archive({ channel });
  const upload = client.apiCall('files.completeUploadExternal', { files: [], channel_id: channel });
  expect(await refusal(upload)).toMatchObject({ error: 'posting_to_channel_denied' });
});

test.each([
  ['are named', {}, 'missing required field: files'],
  ['come as a list', { files: '{"id":"F1"}' }, 'must provide an array'],
])('files to share %s', async (_rule, args, says) => {
  const client = clientOf(await startSlack(scopes));
  expect(await refusal(client.apiCall('files.completeUploadExternal', args))).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: { messages: [expect.stringContaining(says)] },
  });
});
