import type { JsonObject } from '../json.ts';
import { type Call, type Method, method } from '../method.ts';
import { messageShape, permalink } from '../shapes.ts';
import type { Channel, Message } from '../state.ts';
import { channelOf, isTs, messageOf, ownChannel } from './lookup.ts';

const mostPins = 100;

const add = method({
  name: 'pins.add',
  scopes: ['pins:write'],
  errors: [
    'channel_not_found',
    'not_in_channel',
    'no_item_specified',
    'bad_timestamp',
    'message_not_found',
    'already_pinned',
    'not_pinnable',
    'too_many_pins',
  ],
  run: (call, refuse) => {
    const channel = ownChannel(call, refuse);
    const ts = call.args.text('timestamp');
    if (ts === '') throw refuse('no_item_specified');
    if (!isTs(ts)) throw refuse('bad_timestamp');
    const message = messageOf(channel, ts, refuse);
    if (message.pinned) throw refuse('already_pinned');
    if (message.subtype !== undefined) throw refuse('not_pinnable');
    const pins = [...channel.messages.values()].filter((one) => one.pinned);
    if (pins.length >= mostPins) throw refuse('too_many_pins');
    message.pinned = { by: call.state.app.userId, at: call.state.seconds() };
    call.state.changed();
    call.emit('pin_added', pinEvent(call, 'pin_added', channel, message));
    return {};
  },
});

const list = method({
  name: 'pins.list',
  scopes: ['pins:read'],
  errors: ['channel_not_found'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    if (!channel.members.has(call.state.app.userId)) throw refuse('channel_not_found');
    const items = [...channel.messages.values()].flatMap((message) =>
      message.pinned
        ? [
            {
              type: 'message',
              channel: channel.id,
              created: message.pinned.at,
              created_by: message.pinned.by,
              message: {
                ...messageShape(call.state, channel, message),
                permalink: permalink(call.state, message),
              },
            },
          ]
        : [],
    );
    return { items: items.reverse() };
  },
});

const remove = method({
  name: 'pins.remove',
  scopes: ['pins:write'],
  errors: ['channel_not_found', 'no_item_specified', 'bad_timestamp', 'message_not_found', 'no_pin'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    const ts = call.args.text('timestamp');
    if (ts === '') throw refuse('no_item_specified');
    if (!isTs(ts)) throw refuse('bad_timestamp');
    const message = messageOf(channel, ts, refuse);
    if (!message.pinned) throw refuse('no_pin');
    delete message.pinned;
    call.state.changed();
    call.emit('pin_removed', pinEvent(call, 'pin_removed', channel, message));
    return {};
  },
});

function pinEvent(call: Call, type: string, channel: Channel, message: Message): JsonObject {
  return {
    type,
    user: call.state.app.userId,
    channel_id: channel.id,
    item: {
      type: 'message',
      channel: channel.id,
      created: call.state.seconds(),
      created_by: call.state.app.userId,
      message: messageShape(call.state, channel, message),
    },
    event_ts: call.state.nextTs(),
  };
}

export const pinMethods: readonly Method[] = [add, list, remove];
