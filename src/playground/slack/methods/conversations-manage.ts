import { type Method, method } from '../method.ts';
import { leaveChannel, systemLine } from '../posting.ts';
import { channelShape } from '../shapes.ts';
import { checkName } from './conversations.ts';
import { channelOf, liveChannel, needScope, noDirectMessage, ownChannel, scopesFor } from './lookup.ts';

const kick = method({
  name: 'conversations.kick',
  scopes: scopesFor('write'),
  errors: [
    'channel_not_found',
    'not_in_channel',
    'user_not_found',
    'cant_kick_self',
    'cant_kick_from_general',
    'method_not_supported_for_channel_type',
  ],
  run: (call, refuse) => {
    const channel = ownChannel(call, refuse);
    noDirectMessage(channel, refuse);
    needScope(call, channel.kind, 'write');
    const id = call.args.text('user');
    if (!call.state.users.has(id)) throw refuse('user_not_found');
    if (id === call.state.app.userId) throw refuse('cant_kick_self');
    if (channel.isGeneral) throw refuse('cant_kick_from_general');
    if (!channel.members.has(id)) throw refuse('not_in_channel');
    leaveChannel(call, channel, id);
    return { errors: {} };
  },
});

const rename = method({
  name: 'conversations.rename',
  scopes: scopesFor('write'),
  errors: [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'not_authorized',
    'invalid_name_required',
    'invalid_name_maxlength',
    'invalid_name_specials',
    'invalid_name_punctuation',
    'name_taken',
    'method_not_supported_for_channel_type',
  ],
  run: (call, refuse) => {
    const channel = liveChannel(call, refuse);
    noDirectMessage(channel, refuse);
    needScope(call, channel.kind, 'write');
    // An app renames the channels that it created; for others it takes an administrator.
    if (channel.creator !== call.state.app.userId) throw refuse('not_authorized');
    const name = call.args.text('name');
    const before = channel.name;
    checkName(call.state, name, refuse);
    channel.name = name;
    const by = call.state.app.userId;
    systemLine(call, channel, by, 'channel_name', `has renamed the channel from "${before}" to "${name}"`, {
      old_name: before,
      name,
    });
    call.emit('channel_rename', {
      type: 'channel_rename',
      channel: { id: channel.id, name, created: channel.created },
      event_ts: call.state.nextTs(),
    });
    return { channel: channelShape(call.state, channel) };
  },
});

const unarchive = method({
  name: 'conversations.unarchive',
  scopes: scopesFor('write'),
  errors: ['channel_not_found', 'not_archived', 'method_not_supported_for_channel_type'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    noDirectMessage(channel, refuse);
    needScope(call, channel.kind, 'write');
    if (!channel.isArchived) throw refuse('not_archived');
    channel.isArchived = false;
    const by = call.state.app.userId;
    systemLine(call, channel, by, 'channel_unarchive', 'un-archived the channel');
    call.emit('channel_unarchive', {
      type: 'channel_unarchive',
      channel: channel.id,
      user: by,
      event_ts: call.state.nextTs(),
    });
    return {};
  },
});

export const conversationManageMethods: readonly Method[] = [kick, rename, unarchive];
