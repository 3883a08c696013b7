import type { JsonObject } from '../json.ts';
import { type Call, type Method, method, type Refuse } from '../method.ts';
import { channelShape, isStranger } from '../shapes.ts';
import { type Channel, newChannel, openIm, type State } from '../state.ts';
import { channelOf, needScope } from './lookup.ts';

const mostUsers = 8;

type UserError =
  | 'users_list_not_supplied'
  | 'too_many_users'
  | 'user_not_found'
  | 'user_disabled'
  | 'user_not_visible'
  | 'invalid_user_combination';

const open = method({
  name: 'conversations.open',
  scopes: ['im:write', 'mpim:write'],
  errors: [
    'channel_not_found',
    'method_not_supported_for_channel_type',
    'users_list_not_supplied',
    'too_many_users',
    'user_not_found',
    'user_disabled',
    'user_not_visible',
    'invalid_user_combination',
  ],
  run: (call, refuse) => {
    if (call.args.has('channel')) {
      const channel = channelOf(call, refuse);
      if (channel.kind !== 'im' && channel.kind !== 'mpim') {
        throw refuse('method_not_supported_for_channel_type');
      }
      needScope(call, channel.kind, 'write');
      return answer(call, { channel, isNew: false });
    }
    const users = usersOf(call, refuse);
    const kind = users.length === 1 ? 'im' : 'mpim';
    needScope(call, kind, 'write');
    const known = findOpen(call.state, users);
    if (known) return answer(call, { channel: known, isNew: false });
    if (call.args.flag('prevent_creation')) throw refuse('channel_not_found');
    const [first = ''] = users;
    if (kind === 'im') return answer(call, openIm(call.state, first));
    return answer(call, { channel: openGroup(call.state, users), isNew: true });
  },
});

/** The people to talk to, checked as Slack does. */
function usersOf(call: Call, refuse: Refuse<UserError>): string[] {
  const ids = call.args
    .text('users')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '' && id !== call.state.app.userId);
  const users = [...new Set(ids)];
  if (users.length === 0) throw refuse('users_list_not_supplied');
  if (users.length > mostUsers) throw refuse('too_many_users');
  for (const id of users) {
    const user = call.state.users.get(id);
    if (!user) throw refuse('user_not_found');
    if (user.deleted) throw refuse('user_disabled');
    if (isStranger(call.state, user)) {
      throw refuse(users.length === 1 ? 'user_not_visible' : 'invalid_user_combination');
    }
  }
  return users;
}

function findOpen(state: State, users: readonly string[]): Channel | undefined {
  const wanted = new Set([...users, state.app.userId]);
  return [...state.channels.values()].find(
    ({ kind, members }) =>
      (kind === 'im' || kind === 'mpim') && wanted.symmetricDifference(members).size === 0,
  );
}

function openGroup(state: State, users: readonly string[]): Channel {
  const names = [...users, state.app.userId].map((id) => state.users.get(id)?.name ?? id);
  const channel = newChannel(state, `mpdm-${names.join('--')}-1`, state.app.userId, { kind: 'mpim' });
  for (const id of users) channel.members.add(id);
  state.changed();
  return channel;
}

function answer(call: Call, { channel, isNew }: { channel: Channel; isNew: boolean }): JsonObject {
  const shape = call.args.flag('return_im') ? channelShape(call.state, channel) : { id: channel.id };
  return { ...(isNew ? {} : { no_op: true, already_open: true }), channel: shape };
}

export const conversationOpenMethods: readonly Method[] = [open];
