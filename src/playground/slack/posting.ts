import type { Emit } from './events.ts';
import type { JsonObject } from './json.ts';
import { messageShape } from './shapes.ts';
import { type Channel, type Message, newMessage, repliesOf, type State } from './state.ts';

/** The subscription that messages of each kind of channel come under. */
const messageEvents = {
  public: 'message.channels',
  private: 'message.groups',
  im: 'message.im',
  mpim: 'message.mpim',
} as const;

function eventType({ kind }: Channel): string {
  return { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' }[kind];
}

type Room = { state: State; emit: Emit };

/** Puts a message into its channel, makes its parent a thread, and tells subscribers. */
export function post({ state, emit }: Room, channel: Channel, message: Message): void {
  channel.messages.set(message.ts, message);
  const parent = message.threadTs === undefined ? undefined : channel.messages.get(message.threadTs);
  if (parent && message.ephemeralTo === undefined) parent.threadTs = parent.ts;
  state.changed();
  if (message.ephemeralTo !== undefined || !channel.members.has(state.app.userId)) return;
  const event = {
    ...messageShape(state, channel, message, { metadata: true }),
    channel: channel.id,
    channel_type: eventType(channel),
    event_ts: message.ts,
  };
  emit(messageEvents[channel.kind], event);
  if (message.botId === undefined && message.text.includes(`<@${state.app.userId}>`)) {
    emit('app_mention', { ...event, type: 'app_mention' });
  }
}

/** The line that Slack itself writes when someone joins or sets the topic. */
export function systemLine(
  room: Room,
  channel: Channel,
  user: string,
  subtype: string,
  text: string,
  extra: JsonObject = {},
): void {
  post(room, channel, newMessage(room.state, channel.id, { user, subtype, text, extra }));
}

/** Tells subscribers that a message has another content now. */
export function tellChanged(
  { state, emit }: Room,
  channel: Channel,
  message: Message,
  before: JsonObject,
): void {
  state.changed();
  if (message.ephemeralTo !== undefined) return;
  emit(messageEvents[channel.kind], {
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    channel: channel.id,
    channel_type: eventType(channel),
    message: messageShape(state, channel, message, { metadata: true }),
    previous_message: before,
    ts: state.nextTs(),
    event_ts: message.edited?.ts ?? message.ts,
  });
}

export function removeMessage({ state, emit }: Room, channel: Channel, message: Message): void {
  const before = messageShape(state, channel, message);
  if (repliesOf(channel, message.ts).length > 0) {
    // Slack keeps the place of a parent, so that its thread can still be read.
    Object.assign(message, { subtype: 'tombstone', text: 'This message was deleted.', blocks: [] });
    delete message.metadata;
    delete message.pinned;
  } else {
    channel.messages.delete(message.ts);
  }
  state.changed();
  if (message.ephemeralTo !== undefined) return;
  emit(messageEvents[channel.kind], {
    type: 'message',
    subtype: 'message_deleted',
    hidden: true,
    channel: channel.id,
    channel_type: eventType(channel),
    deleted_ts: message.ts,
    previous_message: before,
    ts: state.nextTs(),
  });
}

export function joinChannel(room: Room, channel: Channel, user: string, inviter?: string): void {
  channel.members.add(user);
  systemLine(room, channel, user, 'channel_join', `<@${user}> has joined the channel`, {
    ...(inviter === undefined ? {} : { inviter }),
  });
  if (!channel.members.has(room.state.app.userId)) return;
  room.emit('member_joined_channel', {
    type: 'member_joined_channel',
    user,
    channel: channel.id,
    channel_type: channel.kind === 'public' ? 'C' : 'G',
    team: room.state.team.id,
    ...(inviter === undefined ? {} : { inviter }),
    event_ts: room.state.nextTs(),
  });
}

export function leaveChannel({ state, emit }: Room, channel: Channel, user: string): void {
  channel.members.delete(user);
  state.changed();
  emit('member_left_channel', {
    type: 'member_left_channel',
    user,
    channel: channel.id,
    channel_type: channel.kind === 'public' ? 'C' : 'G',
    team: state.team.id,
    event_ts: state.nextTs(),
  });
}

/** Adds or takes back a reaction. @returns whether that changed anything */
export function react(
  { state, emit }: Room,
  channel: Channel,
  message: Message,
  input: { user: string; name: string; remove?: boolean },
): boolean {
  const users = message.reactions.get(input.name) ?? [];
  if (users.includes(input.user) !== (input.remove ?? false)) return false;
  const left = input.remove ? users.filter((user) => user !== input.user) : [...users, input.user];
  if (left.length === 0) message.reactions.delete(input.name);
  else message.reactions.set(input.name, left);
  state.changed();
  const type = input.remove ? 'reaction_removed' : 'reaction_added';
  if (channel.members.has(state.app.userId)) {
    emit(type, {
      type,
      user: input.user,
      reaction: input.name,
      item: { type: 'message', channel: channel.id, ts: message.ts },
      item_user: message.user,
      event_ts: state.nextTs(),
    });
  }
  return true;
}
