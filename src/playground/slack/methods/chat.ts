import { type Call, type Method, method, type Refuse } from '../method.ts';
import { post, removeMessage, tellChanged } from '../posting.ts';
import { isStranger, messageShape, permalink } from '../shapes.ts';
import { type Channel, newMessage, openIm } from '../state.ts';
import { checkLength, contentOf, metadataOf } from './content.ts';
import { channelOf, isVisible, messageOf } from './lookup.ts';

/** Slack cuts longer texts when they are posted, and refuses them when a message is edited. */
const longestText = 40_000;
const longestEdit = 4_000;

const postMessage = method({
  name: 'chat.postMessage',
  scopes: ['chat:write'],
  errors: [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'no_text',
    'invalid_blocks',
    'invalid_blocks_format',
    'msg_blocks_too_long',
    'markdown_text_conflict',
    'too_many_attachments',
    'invalid_metadata_format',
    'metadata_too_large',
    'cannot_reply_to_message',
  ],
  run: (call, refuse) => {
    const channel = roomFor(call, refuse);
    const content = contentOf(call, refuse);
    checkLength(content, refuse);
    const metadata = metadataOf(call, refuse);
    const threadTs = threadOf(call, channel, refuse);
    const message = newMessage(call.state, channel.id, {
      user: call.state.app.userId,
      botId: call.state.app.botId,
      text: (content.text ?? '').slice(0, longestText),
      blocks: content.blocks ?? [],
      attachments: content.attachments ?? [],
      broadcast: call.args.flag('reply_broadcast'),
      ...(metadata === undefined ? {} : { metadata }),
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    post(call, channel, message);
    const shape = messageShape(call.state, channel, message, { metadata: true });
    return { channel: channel.id, ts: message.ts, message: shape };
  },
});

const postEphemeral = method({
  name: 'chat.postEphemeral',
  scopes: ['chat:write'],
  errors: [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'user_not_in_channel',
    'no_text',
    'msg_too_long',
    'invalid_blocks',
    'invalid_blocks_format',
    'markdown_text_conflict',
    'too_many_attachments',
    'cannot_reply_to_message',
  ],
  run: (call, refuse) => {
    const channel = roomFor(call, refuse);
    const user = call.args.text('user');
    if (!channel.members.has(user)) throw refuse('user_not_in_channel');
    const content = contentOf(call, refuse);
    if ((content.text ?? '').length > longestText) throw refuse('msg_too_long');
    const threadTs = threadOf(call, channel, refuse);
    const message = newMessage(call.state, channel.id, {
      user: call.state.app.userId,
      botId: call.state.app.botId,
      text: content.text ?? '',
      blocks: content.blocks ?? [],
      attachments: content.attachments ?? [],
      ephemeralTo: user,
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    post(call, channel, message);
    return { message_ts: message.ts };
  },
});

const update = method({
  name: 'chat.update',
  scopes: ['chat:write'],
  errors: [
    'channel_not_found',
    'message_not_found',
    'cant_update_message',
    'is_inactive',
    'no_text',
    'msg_too_long',
    'invalid_blocks',
    'invalid_blocks_format',
    'markdown_text_conflict',
    'too_many_attachments',
    'invalid_metadata_format',
    'metadata_too_large',
  ],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    const message = messageOf(channel, call.args.text('ts'), refuse);
    if (channel.isArchived) throw refuse('is_inactive');
    if (message.botId !== call.state.app.botId || message.subtype !== undefined) {
      throw refuse('cant_update_message');
    }
    const content = contentOf(call, refuse);
    if ((content.text ?? '').length > longestEdit) throw refuse('msg_too_long');
    const metadata = metadataOf(call, refuse);
    const before = messageShape(call.state, channel, message);
    message.text = content.text ?? '';
    // Slack drops the blocks of a message that is updated with text alone.
    message.blocks = content.blocks ?? [];
    if (content.attachments !== undefined) message.attachments = content.attachments;
    if (metadata !== undefined) message.metadata = metadata;
    message.edited = { user: call.state.app.userId, ts: call.state.nextTs() };
    tellChanged(call, channel, message, before);
    return {
      channel: channel.id,
      ts: message.ts,
      text: message.text,
      message: messageShape(call.state, channel, message, { metadata: true }),
    };
  },
});

const remove = method({
  name: 'chat.delete',
  scopes: ['chat:write'],
  errors: ['channel_not_found', 'message_not_found', 'cant_delete_message'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    const message = messageOf(channel, call.args.text('ts'), refuse);
    if (message.botId !== call.state.app.botId || message.subtype !== undefined) {
      throw refuse('cant_delete_message');
    }
    removeMessage(call, channel, message);
    return { channel: channel.id, ts: message.ts };
  },
});

const getPermalink = method({
  name: 'chat.getPermalink',
  errors: ['channel_not_found', 'message_not_found'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    const message = messageOf(channel, call.args.text('message_ts'), refuse);
    return { channel: channel.id, permalink: permalink(call.state, message) };
  },
});

/** Where a message may go: a person, or the channel by id or name, with our bot in it, not archived. */
function roomFor(
  call: Call,
  refuse: Refuse<'channel_not_found' | 'not_in_channel' | 'is_archived'>,
): Channel {
  const wanted = call.args.text('channel');
  const name = wanted.replace(/^#/, '');
  const person = call.state.users.get(wanted);
  const channel =
    call.state.channels.get(wanted) ??
    (person && !person.deleted && !person.isBot && !isStranger(call.state, person)
      ? openIm(call.state, wanted).channel
      : undefined) ??
    [...call.state.channels.values()].find((one) => one.name === name && name !== '');
  if (!channel || !isVisible(call.state, channel)) throw refuse('channel_not_found');
  if (channel.isArchived) throw refuse('is_archived');
  if (!channel.members.has(call.state.app.userId)) throw refuse('not_in_channel');
  return channel;
}

function threadOf(
  call: Call,
  channel: Channel,
  refuse: Refuse<'cannot_reply_to_message'>,
): string | undefined {
  if (!call.args.has('thread_ts')) return undefined;
  const parent = channel.messages.get(call.args.text('thread_ts'));
  const isReply = parent?.threadTs !== undefined && parent.threadTs !== parent.ts;
  if (!parent || isReply || parent.ephemeralTo !== undefined) throw refuse('cannot_reply_to_message');
  return parent.ts;
}

export const chatMethods: readonly Method[] = [postMessage, postEphemeral, update, remove, getPermalink];
