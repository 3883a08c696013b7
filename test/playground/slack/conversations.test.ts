import { expect, test } from 'vitest';
import { channelId, clientOf, refusal, startSlack } from './harness.ts';

test.each([
  ['', 'invalid_name_required'],
  ['Inc-1', 'invalid_name_specials'],
  ['inc 1', 'invalid_name_specials'],
  ['inc.1', 'invalid_name_specials'],
  ['---', 'invalid_name_punctuation'],
  ['a'.repeat(81), 'invalid_name_maxlength'],
  ['incidents', 'name_taken'],
])('a channel cannot be called "%s": %s', async (name, error) => {
  const slack = await startSlack();
  expect(await refusal(clientOf(slack).conversations.create({ name }))).toMatchObject({ error });
});

test('the app is in the channel that it creates, and a name of 80 characters is fine', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const name = 'a'.repeat(80);
  const { channel } = await client.conversations.create({ name });
  expect(channel).toMatchObject({ name, is_member: true, creator: slack.botUserId });
  await client.chat.postMessage({ channel: channel?.id ?? '', text: 'hello' });
});

test('a topic of 250 characters is kept, one of 251 is too_long', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  await client.conversations.setTopic({ channel, topic: 'x'.repeat(250) });
  const { channel: shown } = await client.conversations.info({ channel });
  expect(shown?.topic).toMatchObject({ value: 'x'.repeat(250), creator: slack.botUserId });
  const long = client.conversations.setTopic({ channel, topic: 'x'.repeat(251) });
  expect(await refusal(long)).toMatchObject({ error: 'too_long' });
});

test('an app that is not in a channel cannot post, read, pin or set its topic until it joins', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const { id: channel } = slack.createChannel({ user: slack.people.ada ?? '', name: 'war-room' });
  const calls = [
    () => client.chat.postMessage({ channel, text: 'x' }),
    () => client.conversations.history({ channel }),
    () => client.conversations.setTopic({ channel, topic: 'x' }),
    () => client.conversations.invite({ channel, users: slack.people.ben ?? '' }),
    () => client.pins.add({ channel, timestamp: '1.000001' }),
  ];
  for (const call of calls) expect(await refusal(call())).toMatchObject({ error: 'not_in_channel' });
  await client.conversations.join({ channel });
  await client.chat.postMessage({ channel, text: 'x' });
  expect(await client.conversations.join({ channel })).toMatchObject({ warning: 'already_in_channel' });
});

test('an archived channel takes no messages, members or second archiving', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  await client.conversations.archive({ channel });
  const calls = [
    () => client.chat.postMessage({ channel, text: 'x' }),
    () => client.conversations.join({ channel }),
    () => client.conversations.invite({ channel, users: slack.people.gus ?? '' }),
  ];
  for (const call of calls) expect(await refusal(call())).toMatchObject({ error: 'is_archived' });
  expect(await refusal(client.conversations.archive({ channel }))).toMatchObject({
    error: 'already_archived',
  });
  const general = client.conversations.archive({ channel: channelId(slack, 'general') });
  expect(await refusal(general)).toMatchObject({ error: 'cant_archive_general' });
  const nowhere = client.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' });
  expect(await refusal(nowhere)).toMatchObject({ error: 'channel_not_found' });
});

test('invitations refuse strangers, leavers, members and the app itself, and name each', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const { channel } = await client.conversations.create({ name: 'inc-1' });
  const id = channel?.id ?? '';
  const invite = (users: string) => client.conversations.invite({ channel: id, users });
  const { ada = '', ben = '', dora = '', eve = '' } = slack.people;
  expect(await refusal(invite('U0NOBODY'))).toMatchObject({ error: 'user_not_found' });
  expect(await refusal(invite(dora))).toMatchObject({ error: 'cant_invite' });
  expect(await refusal(invite(eve))).toMatchObject({ error: 'no_external_invite_permission' });
  expect(await refusal(invite(slack.botUserId))).toMatchObject({ error: 'cant_invite_self' });
  await invite(ada);
  expect(await refusal(invite(`${ada},${ben}`))).toMatchObject({
    error: 'already_in_channel',
    errors: [{ user: ada, ok: false, error: 'already_in_channel' }],
  });
  expect((await client.conversations.members({ channel: id })).members).toEqual([slack.botUserId, ada]);
  await client.conversations.invite({ channel: id, users: `${ada},${ben}`, force: true });
  expect((await client.conversations.members({ channel: id })).members).toContain(ben);
});

test('lists come in pages whose cursors lead to the end', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  for (let index = 0; index < 5; index += 1) await client.chat.postMessage({ channel, text: `m${index}` });
  const texts: (string | undefined)[] = [];
  for await (const page of client.paginate('conversations.history', { channel, limit: 2 })) {
    if ('messages' in page && Array.isArray(page.messages)) {
      texts.push(...page.messages.map((message: { text?: string }) => message.text));
    }
  }
  expect(texts).toEqual(['m4', 'm3', 'm2', 'm1', 'm0']);
  const wrong = client.conversations.history({ channel, cursor: 'nonsense' });
  expect(await refusal(wrong)).toMatchObject({ error: 'invalid_cursor' });
});

test('history takes a window, whose ends count when it is inclusive', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const stamps: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    stamps.push((await client.chat.postMessage({ channel, text: `m${index}` })).ts ?? '');
  }
  const texts = async (inclusive: boolean): Promise<unknown> => {
    const answer = await client.conversations.history({
      channel,
      oldest: stamps[0] ?? '',
      latest: stamps[2] ?? '',
      inclusive,
    });
    return answer.messages?.map((message) => message.text);
  };
  expect(await texts(false)).toEqual(['m1']);
  expect(await texts(true)).toEqual(['m2', 'm1', 'm0']);
  const wrong = client.conversations.history({ channel, oldest: 'yesterday' });
  expect(await refusal(wrong)).toMatchObject({ error: 'invalid_ts_oldest' });
});
