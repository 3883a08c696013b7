import { checkName } from './methods/conversations.ts';
import { NotPossible } from './not-possible.ts';
import { actionOf, interaction, type Room, userOf } from './person.ts';
import { joinChannel, post, react } from './posting.ts';
import { applyResponse } from './response-url.ts';
import { messageShape } from './shapes.ts';
import { type Channel, canSee, type Message, newChannel, newMessage, type User } from './state.ts';

/** The things that people in the workspace do. Each waits until the app has acknowledged it. */
export type People = {
  click(input: {
    channel: string;
    ts: string;
    action_id: string;
    user: string;
    value?: unknown;
  }): Promise<void>;
  command(input: { user: string; channel: string; text: string; command?: string }): Promise<void>;
  say(input: { user: string; channel: string; text: string; thread_ts?: string }): { ts: string };
  reaction(input: { user: string; channel: string; ts: string; name: string; remove?: boolean }): void;
  join(input: { user: string; channel: string }): void;
  createChannel(input: { user: string; name: string; is_private?: boolean }): { id: string };
  /** What an administrator does: deactivates people or makes guests of them. */
  changeUser(input: {
    user: string;
    deleted?: boolean;
    is_restricted?: boolean;
    is_ultra_restricted?: boolean;
  }): void;
  /** Gives a user group, named by its handle, other members. */
  changeGroup(input: { handle: string; users: readonly string[]; disabled?: boolean }): void;
};

export function createPeople(room: Room): People {
  const { state } = room;

  const personIn = (userId: string, channelId: string): { user: User; channel: Channel } => {
    const user = state.users.get(userId);
    if (!user) throw new NotPossible(`there is no user ${userId}`);
    const channel = state.channels.get(channelId);
    if (!channel) throw new NotPossible(`there is no channel ${channelId}`);
    if (!canSee(state, channel, userId)) {
      throw new NotPossible(`${user.name} cannot see #${channel.name}; let them join it first`);
    }
    return { user, channel };
  };

  const messageFor = (channel: Channel, ts: string, user: User): Message => {
    const message = channel.messages.get(ts);
    if (!message || (message.ephemeralTo !== undefined && message.ephemeralTo !== user.id)) {
      throw new NotPossible(`${user.name} sees no message ${ts} in #${channel.name}`);
    }
    return message;
  };

  return {
    click: async ({ channel: channelId, ts, action_id, user: userId, value }) => {
      const { user, channel } = personIn(userId, channelId);
      const message = messageFor(channel, ts, user);
      const action = actionOf(room, message.blocks, action_id, value);
      const isEphemeral = message.ephemeralTo !== undefined;
      const thread = message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
      await room.delivery.deliver('interactive', {
        ...interaction(room, 'block_actions', user),
        container: {
          type: 'message',
          message_ts: ts,
          channel_id: channel.id,
          is_ephemeral: isEphemeral,
          ...thread,
        },
        trigger_id: room.tickets.newTrigger(user.id),
        channel: { id: channel.id, name: channel.name },
        ...(isEphemeral ? {} : { message: messageShape(state, channel, message, { metadata: true }) }),
        state: { values: {} },
        response_url: room.tickets.newResponseUrl({
          channel: channel.id,
          user: user.id,
          messageTs: ts,
          ...(message.threadTs === undefined ? {} : { threadTs: message.threadTs }),
        }),
        actions: [action],
      });
    },

    command: async ({ user: userId, channel: channelId, text, command = '/incident' }) => {
      const { user, channel } = personIn(userId, channelId);
      const ack = await room.delivery.deliver('slash_commands', {
        token: room.verificationToken,
        team_id: state.team.id,
        team_domain: state.team.domain,
        channel_id: channel.id,
        channel_name: channel.name,
        user_id: user.id,
        user_name: user.name,
        command,
        text,
        api_app_id: state.app.id,
        is_enterprise_install: 'false',
        response_url: room.tickets.newResponseUrl({ channel: channel.id, user: user.id }),
        trigger_id: room.tickets.newTrigger(user.id),
      });
      if (ack.text !== undefined || ack.blocks !== undefined) {
        applyResponse(room, { channel: channel.id, user: user.id }, ack);
      }
    },

    say: ({ user: userId, channel: channelId, text, thread_ts }) => {
      const { user, channel } = personIn(userId, channelId);
      if (channel.isArchived) throw new NotPossible(`#${channel.name} is archived`);
      if (text === '') throw new NotPossible('there is nothing to say');
      if (!channel.members.has(user.id)) joinChannel(room, channel, user.id);
      if (thread_ts !== undefined && !channel.messages.has(thread_ts)) {
        throw new NotPossible(`there is no message ${thread_ts} to reply to`);
      }
      const message = newMessage(state, channel.id, {
        user: user.id,
        text: escapeText(text),
        ...(thread_ts === undefined ? {} : { threadTs: thread_ts }),
        ...(user.botId === undefined ? {} : { botId: user.botId }),
      });
      post(room, channel, message);
      return { ts: message.ts };
    },

    reaction: ({ user: userId, channel: channelId, ts, name, remove }) => {
      const { user, channel } = personIn(userId, channelId);
      const message = messageFor(channel, ts, user);
      if (!/^[a-z0-9_+'-]+$/.test(name)) throw new NotPossible(`${name} is not the name of an emoji`);
      react(room, channel, message, { user: user.id, name, remove: remove ?? false });
    },

    join: ({ user: userId, channel: channelId }) => {
      const channel = state.channels.get(channelId);
      const user = state.users.get(userId);
      if (!channel || !user) throw new NotPossible('there is no such channel or user');
      if (user.deleted) throw new NotPossible(`${user.name} has left the workspace`);
      if (channel.isArchived) throw new NotPossible(`#${channel.name} is archived`);
      if (!channel.members.has(userId)) joinChannel(room, channel, userId, 'U0ADA');
    },

    createChannel: ({ user: userId, name, is_private }) => {
      const user = userOf(room, userId);
      const refuse = (code: string): NotPossible => new NotPossible(`#${name} cannot be created: ${code}`);
      checkName(state, name, refuse);
      const { id } = newChannel(state, name, user.id, { kind: is_private ? 'private' : 'public' });
      state.changed();
      return { id };
    },

    changeUser: ({ user: userId, deleted, is_restricted, is_ultra_restricted }) => {
      const user = state.users.get(userId);
      if (!user) throw new NotPossible(`there is no user ${userId}`);
      user.deleted = deleted ?? user.deleted;
      user.isUltraRestricted = is_ultra_restricted ?? user.isUltraRestricted ?? false;
      user.isRestricted = (is_restricted ?? user.isRestricted) || user.isUltraRestricted;
      state.changed();
    },

    changeGroup: ({ handle, users, disabled }) => {
      const group = [...state.groups.values()].find((one) => one.handle === handle);
      if (!group) throw new NotPossible(`there is no user group @${handle}`);
      group.users = [...users];
      group.disabled = disabled ?? group.disabled ?? false;
      state.changed();
    },
  };
}

/** What people type is stored with `&`, `<` and `>` escaped; mentions stay. */
function escapeText(text: string): string {
  return text
    .replace(/&(?!(amp|lt|gt);)/g, '&amp;')
    .replace(/<(?!([@#][A-Z0-9]+|!subteam\^[A-Z0-9]+)(\|[^<>]*)?>)/g, '&lt;');
}
