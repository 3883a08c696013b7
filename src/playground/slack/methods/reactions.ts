import { type Method, method } from '../method.ts';
import { react } from '../posting.ts';
import { messageShape, permalink } from '../shapes.ts';
import { channelOf, isTs, messageOf } from './lookup.ts';

const add = method({
  name: 'reactions.add',
  scopes: ['reactions:write'],
  errors: [
    'channel_not_found',
    'is_archived',
    'no_item_specified',
    'bad_timestamp',
    'message_not_found',
    'invalid_name',
    'already_reacted',
  ],
  run: (call, refuse) => {
    const ts = call.args.text('timestamp');
    if (ts === '') throw refuse('no_item_specified');
    if (!isTs(ts)) throw refuse('bad_timestamp');
    const channel = channelOf(call, refuse);
    if (channel.isArchived) throw refuse('is_archived');
    const message = messageOf(channel, ts, refuse);
    const name = call.args.text('name');
    if (!isName(name)) throw refuse('invalid_name');
    if (!react(call, channel, message, { user: call.state.app.userId, name })) {
      throw refuse('already_reacted');
    }
    return {};
  },
});

const get = method({
  name: 'reactions.get',
  scopes: ['reactions:read'],
  errors: ['channel_not_found', 'no_item_specified', 'bad_timestamp', 'message_not_found'],
  run: (call, refuse) => {
    const ts = call.args.text('timestamp');
    if (ts === '') throw refuse('no_item_specified');
    if (!isTs(ts)) throw refuse('bad_timestamp');
    const channel = channelOf(call, refuse);
    const message = messageOf(channel, ts, refuse);
    return {
      type: 'message',
      channel: channel.id,
      message: { ...messageShape(call.state, channel, message), permalink: permalink(call.state, message) },
    };
  },
});

const remove = method({
  name: 'reactions.remove',
  scopes: ['reactions:write'],
  errors: [
    'channel_not_found',
    'no_item_specified',
    'bad_timestamp',
    'message_not_found',
    'invalid_name',
    'no_reaction',
  ],
  run: (call, refuse) => {
    const ts = call.args.text('timestamp');
    if (ts === '') throw refuse('no_item_specified');
    if (!isTs(ts)) throw refuse('bad_timestamp');
    const channel = channelOf(call, refuse);
    const message = messageOf(channel, ts, refuse);
    const name = call.args.text('name');
    if (!isName(name)) throw refuse('invalid_name');
    if (!react(call, channel, message, { user: call.state.app.userId, name, remove: true })) {
      throw refuse('no_reaction');
    }
    return {};
  },
});

function isName(name: string): boolean {
  return /^[a-z0-9_+'-]+$/.test(name);
}

export const reactionMethods: readonly Method[] = [add, get, remove];
