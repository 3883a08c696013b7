import type { WebClient } from '@slack/web-api';
import { expect, test } from 'vitest';
import { methodTable } from '../../../src/playground/slack/methods/table.ts';
import type { PlaygroundSlack } from '../../../src/playground/slack/server.ts';
import { channelId, clientOf, refusal, startSlack } from './harness.ts';

const methods = [...methodTable(() => '').values()];

/** A workspace with every scope, a message of the app's own in #incidents, and one in each kind of channel. */
async function room() {
  const slack = await startSlack();
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'mine' });
  const make = async (name: string, is_private = false): Promise<string> =>
    (await client.conversations.create({ name, is_private })).channel?.id ?? '';
  const im = async (): Promise<string> =>
    (await client.conversations.open({ users: 'U0ADA' })).channel?.id ?? '';
  const theirs = slack.createChannel({ user: 'U0ADA', name: 'theirs' }).id;
  const secret = slack.createChannel({ user: 'U0ADA', name: 'secret', is_private: true }).id;
  const whisper = async (): Promise<string> =>
    (await client.chat.postEphemeral({ channel, user: 'U0BEN', text: 'psst' })).message_ts ?? '';
  return { slack, client, channel, ts, make, im, theirs, secret, whisper };
}

type Room = Awaited<ReturnType<typeof room>>;
type Rule = [rule: string, error: string, breakIt: (room: Room) => Promise<unknown>];

const many = (count: number, id = 'U0ADA'): string => Array.from({ length: count }, () => id).join(',');
const bookmark = async (client: WebClient, channel_id: string): Promise<string> => {
  const link = 'https://x.example';
  return (await client.bookmarks.add({ channel_id, title: 'x', type: 'link', link })).bookmark?.id ?? '';
};
const home = { type: 'home' as const, blocks: [] };

const channels: Rule[] = [
  [
    'a private channel one is not in does not exist',
    'channel_not_found',
    ({ client, secret }) => client.conversations.info({ channel: secret }),
  ],
  [
    'nor can one post there',
    'channel_not_found',
    ({ client, secret }) => client.chat.postMessage({ channel: secret, text: 'x' }),
  ],
  [
    'nor join it',
    'channel_not_found',
    ({ client, secret }) => client.conversations.join({ channel: secret }),
  ],
  ['but its name is taken', 'name_taken', ({ make }) => make('secret')],
  [
    'one call invites 100 people at most',
    'user_not_found',
    ({ client, channel }) => client.conversations.invite({ channel, users: many(101) }),
  ],
  [
    'an invitation names somebody',
    'no_user',
    ({ client, channel }) => client.conversations.invite({ channel, users: ',' }),
  ],
  [
    'a guest of one channel cannot come into a second',
    'ura_max_channels',
    async ({ slack, client, channel, make }) => {
      slack.changeUser({ user: 'U0GUS', is_ultra_restricted: true });
      await client.conversations.invite({ channel, users: 'U0GUS' });
      return client.conversations.invite({ channel: await make('second'), users: 'U0GUS' });
    },
  ],
  [
    'nobody is invited into a direct message',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.invite({ channel: await im(), users: 'U0BEN' }),
  ],
  [
    'a direct message is not archived',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.archive({ channel: await im() }),
  ],
  [
    'a direct message has no topic',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.setTopic({ channel: await im(), topic: 'x' }),
  ],
  [
    'an archived channel takes no topic',
    'is_archived',
    async ({ client, channel }) => {
      await client.conversations.archive({ channel });
      return client.conversations.setTopic({ channel, topic: 'x' });
    },
  ],
  [
    'nor a whisper',
    'is_archived',
    async ({ client, channel }) => {
      await client.conversations.archive({ channel });
      return client.chat.postEphemeral({ channel, user: 'U0ADA', text: 'x' });
    },
  ],
  [
    'nor a reaction',
    'is_archived',
    async ({ client, channel, ts }) => {
      await client.conversations.archive({ channel });
      return client.reactions.add({ channel, timestamp: ts, name: 'eyes' });
    },
  ],
  [
    'nor an edit',
    'is_inactive',
    async ({ client, channel, ts }) => {
      await client.conversations.archive({ channel });
      return client.chat.update({ channel, ts, text: 'x' });
    },
  ],
  [
    'what is not archived is not unarchived',
    'not_archived',
    ({ client, channel }) => client.conversations.unarchive({ channel }),
  ],
  [
    'the app does not remove itself',
    'cant_kick_self',
    ({ slack, client, channel }) => client.conversations.kick({ channel, user: slack.botUserId }),
  ],
  [
    'nobody is removed from #general',
    'cant_kick_from_general',
    ({ slack, client }) => client.conversations.kick({ channel: channelId(slack, 'general'), user: 'U0ADA' }),
  ],
  [
    'only members are removed',
    'not_in_channel',
    ({ client, channel }) => client.conversations.kick({ channel, user: 'U0GUS' }),
  ],
  [
    'only people who exist are removed',
    'user_not_found',
    ({ client, channel }) => client.conversations.kick({ channel, user: 'U0NOBODY' }),
  ],
  [
    'an app renames its own channels only',
    'not_authorized',
    ({ client, channel }) => client.conversations.rename({ channel, name: 'other' }),
  ],
  [
    'a new name holds to the rules for names',
    'invalid_name_specials',
    async ({ client, make }) => client.conversations.rename({ channel: await make('one'), name: 'Not Good' }),
  ],
  [
    'and is not another’s',
    'name_taken',
    async ({ client, make }) =>
      client.conversations.rename({ channel: await make('one'), name: 'incidents' }),
  ],
  [
    'a list is of kinds that exist',
    'invalid_types',
    ({ client }) => client.conversations.list({ types: 'public' }),
  ],
  [
    'a purpose has 250 characters',
    'too_long',
    ({ client, channel }) => client.conversations.setPurpose({ channel, purpose: 'x'.repeat(251) }),
  ],
  [
    'a direct message is not joined',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.join({ channel: await im() }),
  ],
  [
    'nor renamed',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.rename({ channel: await im(), name: 'x' }),
  ],
  [
    'nor unarchived',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.unarchive({ channel: await im() }),
  ],
  [
    'nobody is removed from one',
    'method_not_supported_for_channel_type',
    async ({ client, im }) => client.conversations.kick({ channel: await im(), user: 'U0ADA' }),
  ],
  [
    'threads are read where the app is',
    'channel_not_found',
    ({ slack, client, theirs }) =>
      client.conversations.replies({
        channel: theirs,
        ts: slack.say({ user: 'U0ADA', channel: theirs, text: 'x' }).ts,
      }),
  ],
  [
    'a window ends at a time',
    'invalid_ts_latest',
    ({ client, channel }) => client.conversations.history({ channel, latest: 'tomorrow' }),
  ],
];

const direct: Rule[] = [
  [
    'a direct message is with somebody',
    'users_list_not_supplied',
    ({ client }) => client.apiCall('conversations.open'),
  ],
  [
    'with somebody who exists',
    'user_not_found',
    ({ client }) => client.conversations.open({ users: 'U0NOBODY' }),
  ],
  ['who has not left', 'user_disabled', ({ client }) => client.conversations.open({ users: 'U0DORA' })],
  ['and is no stranger', 'user_not_visible', ({ client }) => client.conversations.open({ users: 'U0EVE' })],
  [
    'nor is one among several',
    'invalid_user_combination',
    ({ client }) => client.conversations.open({ users: 'U0ADA,U0EVE' }),
  ],
  [
    'with eight people at most',
    'too_many_users',
    ({ client }) =>
      client.conversations.open({ users: Array.from({ length: 9 }, (_, index) => `U${index}`).join(',') }),
  ],
  [
    'a channel is not opened like a direct message',
    'method_not_supported_for_channel_type',
    ({ client, channel }) => client.conversations.open({ channel }),
  ],
  [
    'none is opened where none is to be made',
    'channel_not_found',
    ({ client }) => client.conversations.open({ users: 'U0ADA', prevent_creation: true }),
  ],
  [
    'a message to somebody who left goes nowhere',
    'channel_not_found',
    ({ client }) => client.chat.postMessage({ channel: 'U0DORA', text: 'x' }),
  ],
];

const messages: Rule[] = [
  [
    'an ephemeral message is not edited',
    'message_not_found',
    async ({ client, channel, whisper }) => client.chat.update({ channel, ts: await whisper(), text: 'x' }),
  ],
  [
    'nor deleted',
    'message_not_found',
    async ({ client, channel, whisper }) => client.chat.delete({ channel, ts: await whisper() }),
  ],
  [
    'nor pinned',
    'message_not_found',
    async ({ client, channel, whisper }) => client.pins.add({ channel, timestamp: await whisper() }),
  ],
  [
    'nor reacted to',
    'message_not_found',
    async ({ client, channel, whisper }) =>
      client.reactions.add({ channel, timestamp: await whisper(), name: 'eyes' }),
  ],
  [
    'nor replied to',
    'cannot_reply_to_message',
    async ({ client, channel, whisper }) =>
      client.chat.postMessage({ channel, thread_ts: await whisper(), text: 'x' }),
  ],
  [
    'nor linked to',
    'message_not_found',
    async ({ client, channel, whisper }) =>
      client.chat.getPermalink({ channel, message_ts: await whisper() }),
  ],
  [
    'others’ messages are not deleted',
    'cant_delete_message',
    ({ slack, client, channel }) =>
      client.chat.delete({ channel, ts: slack.say({ user: 'U0ADA', channel, text: 'x' }).ts }),
  ],
  [
    'markdown comes without text and blocks',
    'markdown_text_conflict',
    ({ client, channel }) => client.apiCall('chat.postMessage', { channel, text: 'x', markdown_text: 'y' }),
  ],
  [
    'a message has 100 attachments',
    'too_many_attachments',
    ({ client, channel }) =>
      client.apiCall('chat.postMessage', {
        channel,
        text: 'x',
        attachments: Array.from({ length: 101 }, () => ({ text: 'x' })),
      }),
  ],
  [
    'an ephemeral text has 40,000 characters',
    'msg_too_long',
    ({ client, channel }) => client.chat.postEphemeral({ channel, user: 'U0ADA', text: 'x'.repeat(40_001) }),
  ],
  [
    'metadata has a type and a payload',
    'invalid_metadata_format',
    ({ client, channel }) =>
      client.apiCall('chat.postMessage', { channel, text: 'x', metadata: { event_payload: {} } }),
  ],
  [
    'metadata has 16 kilobytes',
    'metadata_too_large',
    ({ client, channel }) =>
      client.chat.postMessage({
        channel,
        text: 'x',
        metadata: { event_type: 'e', event_payload: { big: 'x'.repeat(17_000) } },
      }),
  ],
  [
    'a pin is of a message',
    'no_item_specified',
    ({ client, channel }) => client.apiCall('pins.add', { channel }),
  ],
  [
    'whose time is one',
    'bad_timestamp',
    ({ client, channel }) => client.pins.add({ channel, timestamp: 'noon' }),
  ],
  [
    'a channel has 100 pins',
    'too_many_pins',
    async ({ client, channel }) => {
      for (let pin = 0; pin <= 100; pin += 1) {
        const { ts: timestamp = '' } = await client.chat.postMessage({ channel, text: 'x' });
        await client.pins.add({ channel, timestamp });
      }
    },
  ],
  [
    'lines of Slack’s own are not pinned',
    'not_pinnable',
    async ({ slack, client, make }) => {
      const channel = await make('lines');
      const [line] = slack.messages(channel, { system: true });
      return client.pins.add({ channel, timestamp: line?.ts ?? '' });
    },
  ],
  [
    'a reaction has a name',
    'invalid_name',
    ({ client, channel, ts }) => client.reactions.add({ channel, timestamp: ts, name: 'two words' }),
  ],
  [
    'only a reaction of one’s own is taken back',
    'no_reaction',
    ({ slack, client, channel, ts }) => {
      slack.reaction({ user: 'U0ADA', channel, ts, name: 'eyes' });
      return client.reactions.remove({ channel, timestamp: ts, name: 'eyes' });
    },
  ],
  [
    'a bookmark is a link',
    'invalid_bookmark_type',
    ({ client, channel }) =>
      client.apiCall('bookmarks.add', {
        channel_id: channel,
        title: 'x',
        type: 'folder',
        link: 'https://x.example',
      }),
  ],
  [
    'with an emoji in colons',
    'invalid_emoji',
    ({ client, channel }) =>
      client.bookmarks.add({
        channel_id: channel,
        title: 'x',
        type: 'link',
        link: 'https://x.example',
        emoji: 'x',
      }),
  ],
  [
    'in a channel one is in',
    'permission_denied',
    ({ client, theirs }) =>
      client.bookmarks.add({ channel_id: theirs, title: 'x', type: 'link', link: 'https://x.example' }),
  ],
  [
    'a channel has 100 bookmarks',
    'too_many_bookmarks',
    async ({ client, channel }) => {
      for (let count = 0; count <= 100; count += 1) {
        await client.bookmarks.add({
          channel_id: channel,
          title: 'x',
          type: 'link',
          link: 'https://x.example',
        });
      }
    },
  ],
  [
    'a bookmark that is not there is not edited',
    'not_found',
    ({ client, channel }) => client.bookmarks.edit({ channel_id: channel, bookmark_id: 'Bk1', title: 'x' }),
  ],
  [
    'nor removed',
    'not_found',
    ({ client, channel }) => client.bookmarks.remove({ channel_id: channel, bookmark_id: 'Bk1' }),
  ],
  [
    'a bookmark is edited to a link',
    'invalid_link',
    async ({ client, channel }) =>
      client.bookmarks.edit({
        channel_id: channel,
        bookmark_id: await bookmark(client, channel),
        link: 'ftp://x',
      }),
  ],
  [
    'with an emoji in colons too',
    'invalid_emoji',
    async ({ client, channel }) =>
      client.bookmarks.edit({
        channel_id: channel,
        bookmark_id: await bookmark(client, channel),
        emoji: 'x',
      }),
  ],
  [
    'a bookmark has a title',
    'invalid_arguments',
    ({ client, channel }) =>
      client.apiCall('bookmarks.add', { channel_id: channel, type: 'link', link: 'https://x.example' }),
  ],
  [
    'a pin is taken off a message',
    'no_item_specified',
    ({ client, channel }) => client.apiCall('pins.remove', { channel }),
  ],
  [
    'whose time is one too',
    'bad_timestamp',
    ({ client, channel }) => client.pins.remove({ channel, timestamp: 'noon' }),
  ],
  [
    'pins are listed where the app is',
    'channel_not_found',
    ({ client, theirs }) => client.pins.list({ channel: theirs }),
  ],
  ...(['reactions.add', 'reactions.get', 'reactions.remove'] as const).flatMap((name): Rule[] => [
    [
      `${name} is about a message`,
      'no_item_specified',
      ({ client, channel }) => client.apiCall(name, { channel, name: 'eyes' }),
    ],
    [
      `${name} takes a time`,
      'bad_timestamp',
      ({ client, channel }) => client.apiCall(name, { channel, name: 'eyes', timestamp: 'noon' }),
    ],
  ]),
  [
    'a reaction taken back has a name',
    'invalid_name',
    ({ client, channel, ts }) => client.reactions.remove({ channel, timestamp: ts, name: 'two words' }),
  ],
];

const views: Rule[] = [
  [
    'a Home tab is somebody’s',
    'invalid_arguments',
    ({ client }) => client.views.publish({ user_id: 'U0NOBODY', view: home }),
  ],
  [
    'a Home tab is no modal',
    'invalid_arguments',
    ({ client }) =>
      client.apiCall('views.publish', {
        user_id: 'U0ADA',
        view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
      }),
  ],
  [
    'a Home tab changed meanwhile is not overwritten',
    'hash_conflict',
    async ({ client }) => {
      const { view } = await client.views.publish({ user_id: 'U0ADA', view: home });
      await client.views.publish({ user_id: 'U0ADA', view: home });
      return client.views.publish({ user_id: 'U0ADA', view: home, hash: view?.hash ?? '' });
    },
  ],
  [
    'an external_id is used once',
    'duplicate_external_id',
    async ({ client }) => {
      await client.views.publish({ user_id: 'U0ADA', view: { ...home, external_id: 'one' } });
      return client.views.publish({ user_id: 'U0BEN', view: { ...home, external_id: 'one' } });
    },
  ],
  [
    'a view has 250 kilobytes',
    'view_too_large',
    ({ client }) =>
      client.apiCall('views.publish', {
        user_id: 'U0ADA',
        view: { ...home, private_metadata: 'x'.repeat(250_001) },
      }),
  ],
  [
    'a view that is not there is not updated',
    'not_found',
    ({ client }) =>
      client.apiCall('views.update', {
        view_id: 'V1',
        view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
      }),
  ],
];

const people: Rule[] = [
  [
    'a group that is disabled is not listed',
    'no_such_subteam',
    ({ slack, client }) => {
      slack.changeGroup({ handle: 'sre-leads', users: [], disabled: true });
      return client.usergroups.users.list({ usergroup: 'S0SRELEADS' });
    },
  ],
  [
    'somebody who does not exist has no profile',
    'user_not_found',
    ({ client }) => client.users.profile.get({ user: 'U0NOBODY' }),
  ],
  [
    'an app asks about its own workspace',
    'team_not_found',
    ({ client }) => client.team.info({ team: 'T0ELSEWHERE' }),
  ],
  ['and about a bot', 'missing_argument', ({ client }) => client.bots.info({})],
  ['that is there', 'bot_not_found', ({ client }) => client.bots.info({ bot: 'B0NOBODY' })],
  [
    'a view is published',
    'invalid_arguments',
    ({ client }) => client.apiCall('views.publish', { user_id: 'U0ADA' }),
  ],
];

test.each([...channels, ...direct, ...messages, ...views, ...people])(
  '%s: %s',
  async (_rule, error, breakIt) => {
    expect(await refusal(breakIt(await room()))).toMatchObject({ error });
  },
);

test.each(methods.filter((method) => method.scopes.length > 0 && method.token === 'bot'))(
  '$name needs its scope',
  async ({ name, scopes: needed }) => {
    const slack = await startSlack({ installedScopes: ['commands'] });
    expect(await refusal(clientOf(slack).apiCall(name))).toMatchObject({
      error: 'missing_scope',
      needed: needed[0],
      provided: 'commands',
    });
  },
);

const kinds: [
  kind: string,
  scope: string,
  call: (client: WebClient, slack: PlaygroundSlack) => Promise<unknown>,
][] = [
  [
    'creating a private channel',
    'groups:write',
    (client) => client.conversations.create({ name: 'x', is_private: true }),
  ],
  [
    'listing direct messages',
    'im:read',
    (client) => client.conversations.list({ types: 'public_channel,im' }),
  ],
  [
    'opening a conversation of several',
    'mpim:write',
    (client) => client.conversations.open({ users: 'U0ADA,U0BEN' }),
  ],
  [
    'reading a direct message',
    'im:history',
    async (client) => {
      const { channel } = await client.conversations.open({ users: 'U0ADA' });
      return client.conversations.history({ channel: channel?.id ?? '' });
    },
  ],
];

test.each(kinds)('%s needs %s, whatever public channels allow', async (_kind, needed, call) => {
  const slack = await startSlack({
    installedScopes: ['channels:manage', 'channels:read', 'channels:history', 'im:write'],
  });
  expect(await refusal(call(clientOf(slack), slack))).toMatchObject({ error: 'missing_scope', needed });
});

const inPrivate: [verb: string, call: (client: WebClient, channel: string) => Promise<unknown>][] = [
  ['read', (client, channel) => client.conversations.info({ channel })],
  ['read', (client, channel) => client.conversations.members({ channel })],
  ['history', (client, channel) => client.conversations.history({ channel })],
  ['history', (client, channel) => client.conversations.replies({ channel, ts: '1.000001' })],
  ['write', (client, channel) => client.conversations.invite({ channel, users: 'U0BEN' })],
  ['write', (client, channel) => client.conversations.setTopic({ channel, topic: 'x' })],
  ['write', (client, channel) => client.conversations.archive({ channel })],
  ['write', (client, channel) => client.conversations.unarchive({ channel })],
  ['write', (client, channel) => client.conversations.rename({ channel, name: 'x' })],
  ['write', (client, channel) => client.conversations.kick({ channel, user: 'U0ADA' })],
];

test.each(inPrivate)('in a private channel it takes groups:%s (%#)', async (verb, call) => {
  const slack = await startSlack({
    installedScopes: ['channels:read', 'channels:history', 'channels:manage'],
  });
  const channel = slack.createChannel({ user: 'U0ADA', name: 'secret', is_private: true }).id;
  slack.join({ user: slack.botUserId, channel });
  const needed = `groups:${verb}`;
  expect(await refusal(call(clientOf(slack), channel))).toMatchObject({ error: 'missing_scope', needed });
});

test('inviting takes no more than the scope for invitations', async () => {
  const slack = await startSlack({ installedScopes: ['channels:write.invites'] });
  const client = clientOf(slack);
  const channel = channelId(slack, 'incidents');
  await client.conversations.invite({ channel, users: 'U0GUS' });
  expect(await refusal(client.conversations.setTopic({ channel, topic: 'x' }))).toMatchObject({
    error: 'missing_scope',
  });
});

test('a scope granted later, by installing anew, is enough', async () => {
  const slack = await startSlack({ installedScopes: ['chat:write'] });
  const client = clientOf(slack);
  expect(await refusal(client.users.list({}))).toMatchObject({ error: 'missing_scope' });
  const body = JSON.stringify({ scopes: ['users:read'] });
  await fetch(`${slack.url}/_playground/install`, { method: 'POST', body });
  await client.users.list({});
});
