import { type Call, type Method, method, type Refuse } from '../method.ts';
import { channelShape, messageShape } from '../shapes.ts';
import { type ChannelKind, type Message, repliesOf } from '../state.ts';
import { channelOf, isTs, isVisible, needScope, ownChannel, pageOf, scopesFor } from './lookup.ts';

const pages = { usual: 100, most: 1000 };

type WindowError = 'invalid_ts_latest' | 'invalid_ts_oldest';

/** Whether a message lies between `oldest` and `latest`; the ends count only with `inclusive`. */
function inWindow(call: Call, refuse: Refuse<WindowError>): (message: Message) => boolean {
  const latest = call.args.text('latest');
  const oldest = call.args.text('oldest');
  if (latest !== '' && !isTs(latest)) throw refuse('invalid_ts_latest');
  if (oldest !== '' && !isTs(oldest)) throw refuse('invalid_ts_oldest');
  const inclusive = call.args.flag('inclusive');
  return ({ ts }) => {
    const newest = latest === '' ? -1 : compareTs(ts, latest);
    const eldest = oldest === '' || Number(oldest) === 0 ? 1 : compareTs(ts, oldest);
    return inclusive ? newest <= 0 && eldest >= 0 : newest < 0 && eldest > 0;
  };
}

function compareTs(left: string, right: string): number {
  const whole = (ts: string): bigint => {
    const [seconds = '0', fraction = ''] = ts.split('.');
    return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0') || '0');
  };
  const difference = whole(left) - whole(right);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

const history = method({
  name: 'conversations.history',
  scopes: scopesFor('history'),
  errors: ['channel_not_found', 'not_in_channel', 'invalid_cursor', 'invalid_ts_latest', 'invalid_ts_oldest'],
  run: (call, refuse) => {
    const channel = ownChannel(call, refuse);
    needScope(call, channel.kind, 'history');
    const within = inWindow(call, refuse);
    const messages = [...channel.messages.values()]
      .filter((message) => message.ephemeralTo === undefined)
      .filter(
        (message) => message.threadTs === undefined || message.threadTs === message.ts || message.broadcast,
      )
      .filter(within)
      .reverse();
    const { page, next } = pageOf(call.args, messages, {
      ...pages,
      invalidCursor: () => refuse('invalid_cursor'),
    });
    const metadata = call.args.flag('include_all_metadata');
    return {
      messages: page.map((message) => messageShape(call.state, channel, message, { metadata })),
      has_more: next !== '',
      pin_count: [...channel.messages.values()].filter((message) => message.pinned).length,
      ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
    };
  },
});

const replies = method({
  name: 'conversations.replies',
  scopes: scopesFor('history'),
  errors: [
    'channel_not_found',
    'thread_not_found',
    'invalid_cursor',
    'invalid_ts_latest',
    'invalid_ts_oldest',
  ],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    if (!channel.members.has(call.state.app.userId)) throw refuse('channel_not_found');
    needScope(call, channel.kind, 'history');
    const asked = channel.messages.get(call.args.text('ts'));
    const parent = asked?.threadTs === undefined ? asked : channel.messages.get(asked.threadTs);
    if (!parent || parent.ephemeralTo !== undefined) throw refuse('thread_not_found');
    const within = inWindow(call, refuse);
    const thread = [parent, ...repliesOf(channel, parent.ts).filter(within)];
    const { page, next } = pageOf(call.args, thread, {
      usual: 1000,
      most: 1000,
      invalidCursor: () => refuse('invalid_cursor'),
    });
    const metadata = call.args.flag('include_all_metadata');
    return {
      messages: page.map((message) => messageShape(call.state, channel, message, { metadata })),
      has_more: next !== '',
      ...(next === '' ? {} : { response_metadata: { next_cursor: next } }),
    };
  },
});

const info = method({
  name: 'conversations.info',
  scopes: scopesFor('read'),
  errors: ['channel_not_found'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    needScope(call, channel.kind, 'read');
    const shape = channelShape(call.state, channel);
    return {
      channel: call.args.flag('include_num_members')
        ? { ...shape, num_members: channel.members.size }
        : shape,
    };
  },
});

const listTypes: ReadonlyMap<string, ChannelKind> = new Map([
  ['public_channel', 'public'],
  ['private_channel', 'private'],
  ['mpim', 'mpim'],
  ['im', 'im'],
]);

const list = method({
  name: 'conversations.list',
  scopes: scopesFor('read'),
  errors: ['invalid_cursor', 'invalid_limit', 'invalid_types'],
  run: (call, refuse) => {
    const types = call.args.has('types') ? call.args.text('types').split(',') : ['public_channel'];
    const kinds = types.map((type) => {
      const kind = listTypes.get(type.trim());
      if (kind === undefined) throw refuse('invalid_types');
      needScope(call, kind, 'read');
      return kind;
    });
    const channels = [...call.state.channels.values()]
      .filter((channel) => kinds.includes(channel.kind) && isVisible(call.state, channel))
      .filter((channel) => !(call.args.flag('exclude_archived') && channel.isArchived));
    const { page, next } = pageOf(call.args, channels, {
      ...pages,
      invalidLimit: () => refuse('invalid_limit'),
      invalidCursor: () => refuse('invalid_cursor'),
    });
    return {
      channels: page.map((channel) => ({
        ...channelShape(call.state, channel),
        ...(channel.kind === 'im' ? {} : { num_members: channel.members.size }),
      })),
      response_metadata: { next_cursor: next },
    };
  },
});

const members = method({
  name: 'conversations.members',
  scopes: scopesFor('read'),
  errors: ['channel_not_found', 'invalid_cursor', 'invalid_limit'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse);
    needScope(call, channel.kind, 'read');
    const { page, next } = pageOf(call.args, [...channel.members], {
      ...pages,
      invalidLimit: () => refuse('invalid_limit'),
      invalidCursor: () => refuse('invalid_cursor'),
    });
    return { members: page, response_metadata: { next_cursor: next } };
  },
});

export const conversationReadMethods: readonly Method[] = [history, replies, info, list, members];
