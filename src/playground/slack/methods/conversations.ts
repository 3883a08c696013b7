import type { JsonObject } from '../json.ts';
import { type Call, type Method, method } from '../method.ts';
import { joinChannel, systemLine } from '../posting.ts';
import { channelShape } from '../shapes.ts';
import { type Channel, newChannel, type State } from '../state.ts';
import { channelOf, liveChannel, need, needScope, noDirectMessage, ownChannel, scopesFor } from './lookup.ts';

const longestName = 80;
const longestTopic = 250;
/** How many people one call can invite. */
const mostInvited = 100;

type NameError =
  | 'invalid_name_required'
  | 'invalid_name_maxlength'
  | 'invalid_name_specials'
  | 'invalid_name_punctuation'
  | 'name_taken';

/** Channel names: lowercase letters, digits, hyphens and underscores, 80 characters at most, unique. */
export function checkName(state: State, name: string, refuse: (code: NameError) => Error): void {
  if (name === '') throw refuse('invalid_name_required');
  if ([...name].length > longestName) throw refuse('invalid_name_maxlength');
  if (/^[-_.!?,;:'"]+$/.test(name)) throw refuse('invalid_name_punctuation');
  if (!/^[\p{Ll}\p{Lo}\p{N}_-]+$/u.test(name)) throw refuse('invalid_name_specials');
  if ([...state.channels.values()].some((channel) => channel.name === name)) throw refuse('name_taken');
}

const create = method({
  name: 'conversations.create',
  scopes: ['channels:manage', 'groups:write'],
  errors: [
    'invalid_name_required',
    'invalid_name_maxlength',
    'invalid_name_specials',
    'invalid_name_punctuation',
    'name_taken',
  ],
  run: (call, refuse) => {
    const kind = call.args.flag('is_private') ? 'private' : 'public';
    needScope(call, kind, 'write');
    const name = call.args.text('name');
    checkName(call.state, name, refuse);
    const channel = newChannel(call.state, name, call.state.app.userId, { kind });
    systemLine(
      call,
      channel,
      call.state.app.userId,
      'channel_join',
      `<@${call.state.app.userId}> has joined the channel`,
    );
    return { channel: channelShape(call.state, channel) };
  },
});

const join = method({
  name: 'conversations.join',
  scopes: ['channels:join'],
  errors: ['channel_not_found', 'is_archived', 'method_not_supported_for_channel_type'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    noDirectMessage(channel, refuse);
    if (channel.isArchived) throw refuse('is_archived');
    if (channel.members.has(call.state.app.userId)) {
      return {
        channel: channelShape(call.state, channel),
        warning: 'already_in_channel',
        response_metadata: { warnings: ['already_in_channel'] },
      };
    }
    joinChannel(call, channel, call.state.app.userId);
    return { channel: channelShape(call.state, channel) };
  },
});

const archive = method({
  name: 'conversations.archive',
  scopes: scopesFor('write'),
  errors: [
    'channel_not_found',
    'not_in_channel',
    'already_archived',
    'cant_archive_general',
    'method_not_supported_for_channel_type',
  ],
  run: (call, refuse) => {
    const channel = ownChannel(call, refuse);
    noDirectMessage(channel, refuse);
    needScope(call, channel.kind, 'write');
    if (channel.isGeneral) throw refuse('cant_archive_general');
    if (channel.isArchived) throw refuse('already_archived');
    systemLine(call, channel, call.state.app.userId, 'channel_archive', 'archived the channel');
    channel.isArchived = true;
    call.state.changed();
    call.emit('channel_archive', {
      type: 'channel_archive',
      channel: channel.id,
      user: call.state.app.userId,
      event_ts: call.state.nextTs(),
    });
    return {};
  },
});

type InviteError =
  | 'no_user'
  | 'user_not_found'
  | 'cant_invite'
  | 'cant_invite_self'
  | 'already_in_channel'
  | 'ura_max_channels'
  | 'no_external_invite_permission';

/** What stands in the way of inviting one person, if anything does. */
function inviteError(call: Call, channel: Channel, id: string): InviteError | undefined {
  const user = call.state.users.get(id);
  if (!user) return 'user_not_found';
  if (id === call.state.app.userId) return 'cant_invite_self';
  if (user.deleted) return 'cant_invite';
  if (user.teamId !== call.state.team.id) return 'no_external_invite_permission';
  if (channel.members.has(id)) return 'already_in_channel';
  const isElsewhere = [...call.state.channels.values()].some(
    (other) => other.kind !== 'im' && other.members.has(id),
  );
  return user.isUltraRestricted && isElsewhere ? 'ura_max_channels' : undefined;
}

const invite = method({
  name: 'conversations.invite',
  scopes: [...scopesFor('write'), 'channels:write.invites', 'groups:write.invites'],
  errors: [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'no_user',
    'user_not_found',
    'cant_invite',
    'cant_invite_self',
    'already_in_channel',
    'ura_max_channels',
    'no_external_invite_permission',
    'method_not_supported_for_channel_type',
  ],
  run: (call, refuse) => {
    const channel = liveChannel(call, refuse);
    noDirectMessage(channel, refuse);
    needScope(call, channel.kind, 'write', 'invites');
    const ids = call.args
      .text('users')
      .split(',')
      .map((id) => id.trim())
      .filter((id) => id !== '');
    if (ids.length === 0) throw refuse('no_user');
    // Slack's reference has no code of its own for too many; this one is for a `users` that does not hold.
    if (ids.length > mostInvited) throw refuse('user_not_found');
    const refused = ids.flatMap((user) => {
      const error = inviteError(call, channel, user);
      return error === undefined ? [] : [{ user, ok: false, error }];
    });
    const first = refused[0];
    const welcome = ids.filter((id) => !refused.some((one) => one.user === id));
    // Without `force` one bad id spoils the whole call.
    if (first && !(call.args.flag('force') && welcome.length > 0)) {
      throw refuse(first.error, { errors: refused });
    }
    for (const id of welcome) joinChannel(call, channel, id, call.state.app.userId);
    const answer: JsonObject = { channel: channelShape(call.state, channel) };
    return first ? { ...answer, errors: refused } : answer;
  },
});

function setNote(kind: 'topic' | 'purpose'): Method {
  return method({
    name: kind === 'topic' ? 'conversations.setTopic' : 'conversations.setPurpose',
    scopes: [...scopesFor('write'), 'channels:write.topic', 'groups:write.topic', 'mpim:write.topic'],
    errors: [
      'channel_not_found',
      'not_in_channel',
      'is_archived',
      'too_long',
      'method_not_supported_for_channel_type',
    ],
    run: (call, refuse) => {
      const channel = liveChannel(call, refuse);
      if (channel.kind === 'im') throw refuse('method_not_supported_for_channel_type');
      needScope(call, channel.kind, 'write', 'topic');
      if (call.args.all[kind] === undefined) need(call.args, kind);
      const value = call.args.text(kind);
      if ([...value].length > longestTopic) throw refuse('too_long');
      const by = call.state.app.userId;
      channel[kind] = { value, creator: by, last_set: call.state.seconds() };
      systemLine(call, channel, by, `channel_${kind}`, `set the channel ${kind}: ${value}`, {
        [kind]: value,
      });
      return { channel: channelShape(call.state, channel) };
    },
  });
}

export const conversationMethods: readonly Method[] = [
  create,
  join,
  archive,
  invite,
  setNote('topic'),
  setNote('purpose'),
];
