import type { types } from '@slack/bolt';
import { expect, test } from 'vitest';
import { methodTable } from '../../../src/playground/slack/methods/table.ts';
import { channelId, clientOf, seen, startApp, startSlack } from './harness.ts';

const scopes = [...new Set([...methodTable(() => '').values()].flatMap((method) => method.scopes))];

test('a private channel is seen by its members alone and listed when asked for', async () => {
  const slack = await startSlack({ installedScopes: scopes });
  const client = clientOf(slack);
  const { channel } = await client.conversations.create({ name: 'inc-secret', is_private: true });
  const id = channel?.id ?? '';
  expect(channel).toMatchObject({ is_private: true, is_member: true });
  expect(() => slack.say({ user: 'U0BEN', channel: id, text: 'x' })).toThrow('ben cannot see #inc-secret');
  await client.conversations.invite({ channel: id, users: 'U0BEN' });
  slack.say({ user: 'U0BEN', channel: id, text: 'thanks' });
  const names = async (types: string) =>
    (await client.conversations.list({ types })).channels?.map((one) => one.name);
  expect(await names('public_channel')).toEqual(['general', 'incidents']);
  expect(await names('private_channel')).toEqual(['inc-secret']);
});

test('a direct message is opened once, named by its person, and takes messages by user id too', async () => {
  const slack = await startSlack({ installedScopes: scopes });
  const client = clientOf(slack);
  const first = await client.conversations.open({ users: 'U0ADA', return_im: true });
  expect(first).toMatchObject({ channel: { is_im: true, user: 'U0ADA', id: expect.stringMatching(/^D/) } });
  const again = await client.conversations.open({ users: 'U0ADA' });
  expect(again).toMatchObject({ already_open: true, no_op: true, channel: { id: first.channel?.id } });
  const { channel } = await client.chat.postMessage({ channel: 'U0ADA', text: 'you are on call' });
  expect(channel).toBe(first.channel?.id);
  await client.conversations.open({ users: 'U0GUS' });
  const group = await client.conversations.open({ users: 'U0ADA,U0CHEN' });
  expect(group.channel?.id).not.toBe(channel);
  const { channels = [] } = await client.conversations.list({ types: 'mpim' });
  expect(channels).toMatchObject([{ name: 'mpdm-ada--chen--firstmate-1', is_mpim: true }]);
});

test('what is said in each kind of channel comes under its own subscription', async () => {
  const slack = await startSlack({
    installedScopes: [...scopes, 'chat:write'],
    botEvents: ['message.im', 'message.groups'],
  });
  const heard: unknown[] = [];
  const all = seen<void>();
  await startApp(slack, (app) => {
    app.event('message', async ({ event }) => {
      if (event.subtype !== undefined) return;
      heard.push([event.channel_type, event.text]);
      if (heard.length === 2) all.resolve();
    });
  });
  const client = clientOf(slack);
  const { channel: im } = await client.conversations.open({ users: 'U0ADA' });
  const { channel: secret } = await client.conversations.create({ name: 'secret', is_private: true });
  slack.say({ user: 'U0ADA', channel: channelId(slack, 'incidents'), text: 'in public' });
  slack.say({ user: 'U0ADA', channel: im?.id ?? '', text: 'in private' });
  await client.conversations.invite({ channel: secret?.id ?? '', users: 'U0ADA' });
  slack.say({ user: 'U0ADA', channel: secret?.id ?? '', text: 'among us' });
  await all.promise;
  expect(heard).toEqual([
    ['im', 'in private'],
    ['group', 'among us'],
  ]);
});

test('a channel is renamed, loses a member and comes back from the archive', async () => {
  const slack = await startSlack({ installedScopes: scopes });
  const client = clientOf(slack);
  const { channel } = await client.conversations.create({ name: 'inc-1' });
  const id = channel?.id ?? '';
  await client.conversations.invite({ channel: id, users: 'U0ADA,U0BEN' });
  await client.conversations.kick({ channel: id, user: 'U0ADA' });
  expect((await client.conversations.members({ channel: id })).members).toEqual([slack.botUserId, 'U0BEN']);
  await client.conversations.rename({ channel: id, name: 'inc-1-checkout' });
  await client.conversations.archive({ channel: id });
  await client.conversations.unarchive({ channel: id });
  await client.chat.postMessage({ channel: '#inc-1-checkout', text: 'here again' });
  expect(slack.messages(id)).toMatchObject([{ text: 'here again' }]);
});

test('a channel with somebody of another company is shared with them', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const shown = async () => (await client.conversations.info({ channel })).channel;
  expect(await shown()).toMatchObject({ is_shared: false, is_ext_shared: false });
  slack.join({ user: 'U0EVE', channel });
  expect(await shown()).toMatchObject({ is_shared: true, is_ext_shared: true });
});

test('bookmarks are listed, edited and removed', async () => {
  const slack = await startSlack({ installedScopes: scopes });
  const client = clientOf(slack);
  const channel_id = channelId(slack, 'incidents');
  const link = 'https://runbooks.example/1';
  const { bookmark } = await client.bookmarks.add({ channel_id, title: 'Runbook', type: 'link', link });
  const id = bookmark?.id ?? '';
  await client.bookmarks.edit({ channel_id, bookmark_id: id, title: 'The runbook' });
  const { bookmarks } = await client.bookmarks.list({ channel_id });
  expect(bookmarks).toMatchObject([{ id, title: 'The runbook', link }]);
  await client.bookmarks.remove({ channel_id, bookmark_id: id });
  expect((await client.bookmarks.list({ channel_id })).bookmarks).toEqual([]);
});

test('the Home tab shows a person what the app published last', async () => {
  const slack = await startSlack();
  const client = clientOf(slack);
  const view: types.HomeView = { type: 'home', blocks: [{ type: 'divider' }] };
  await client.views.publish({ user_id: 'U0ADA', view });
  await client.views.publish({ user_id: 'U0ADA', view: { ...view, private_metadata: 'second' } });
  expect(slack.home('U0ADA')?.content).toMatchObject({ private_metadata: 'second' });
  expect(slack.home('U0BEN')).toBeUndefined();
  expect(slack.views('U0ADA')).toEqual([]);
});

test('a profile and a presence are those of the person', async () => {
  const slack = await startSlack({ installedScopes: scopes });
  const client = clientOf(slack);
  expect((await client.users.profile.get({ user: 'U0ADA' })).profile).toMatchObject({
    real_name: 'Ada Okafor',
  });
  expect((await client.users.getPresence({ user: 'U0ADA' })).presence).toBe('active');
  expect((await client.users.getPresence({ user: 'U0DORA' })).presence).toBe('away');
});
