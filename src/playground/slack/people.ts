import { enteredValue, initialValue, interactiveElements } from './blocks/elements.ts';
import { isObject, type JsonObject, objectsOf, stringOr } from './json.ts';
import type { Call } from './method.ts';
import { Refusal } from './method.ts';
import { checkName } from './methods/conversations.ts';
import { closeAll, closeTop, replaceView, showView, viewContent } from './methods/views.ts';
import { joinChannel, post, react } from './posting.ts';
import { applyResponse } from './response-url.ts';
import { messageShape, viewShape } from './shapes.ts';
import { type Channel, canSee, type Message, newChannel, newMessage, type User, type View } from './state.ts';

type Room = Omit<Call, 'args' | 'scopes'> & { verificationToken: string };

/** A person tried something that Slack's own clients do not let them do. */
export class NotPossible extends Error {}

export type Entered = { [blockId: string]: { [actionId: string]: unknown } };
export type Submitted = { closed: boolean; errors: { [blockId: string]: string } };

/** The things that people in the workspace do. Each waits until the app has acknowledged it. */
export type People = {
  click(input: {
    channel: string;
    ts: string;
    action_id: string;
    user: string;
    value?: unknown;
  }): Promise<void>;
  clickView(input: { view_id: string; action_id: string; user: string; value?: unknown }): Promise<void>;
  submitView(input: { view_id: string; user: string; values?: Entered }): Promise<Submitted>;
  closeView(input: { view_id: string; user: string }): Promise<void>;
  command(input: { user: string; channel: string; text: string; command?: string }): Promise<void>;
  say(input: { user: string; channel: string; text: string; thread_ts?: string }): { ts: string };
  reaction(input: { user: string; channel: string; ts: string; name: string; remove?: boolean }): void;
  join(input: { user: string; channel: string }): void;
  createChannel(input: { user: string; name: string }): { id: string };
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

  const viewOf = (viewId: string, userId: string): View => {
    const view = state.views.get(viewId);
    if (!view || view.user !== userId) throw new NotPossible(`no view ${viewId} is open for ${userId}`);
    return view;
  };

  const actionOf = (blocks: JsonObject[], actionId: string, value: unknown): JsonObject => {
    const found = interactiveElements(blocks).find(({ element }) => element.action_id === actionId);
    if (!found) throw new NotPossible(`there is no element with the action_id ${actionId}`);
    const { element, blockId } = found;
    return {
      action_id: actionId,
      block_id: blockId,
      ...(element.text === undefined ? {} : { text: element.text }),
      ...enteredValue(element, value ?? null),
      ...(element.style === undefined ? {} : { style: element.style }),
      ...(element.confirm === undefined ? {} : { confirm: element.confirm }),
      type: element.type,
      action_ts: state.nextTs(),
    };
  };

  const base = (type: string, user: User): JsonObject => ({
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: state.app.id,
    token: room.verificationToken,
    team: { id: state.team.id, domain: state.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  });

  return {
    click: async ({ channel: channelId, ts, action_id, user: userId, value }) => {
      const { user, channel } = personIn(userId, channelId);
      const message = messageFor(channel, ts, user);
      const action = actionOf(message.blocks, action_id, value);
      const isEphemeral = message.ephemeralTo !== undefined;
      const thread = message.threadTs === undefined ? {} : { thread_ts: message.threadTs };
      await room.delivery.deliver('interactive', {
        ...base('block_actions', user),
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

    clickView: async ({ view_id, action_id, user: userId, value }) => {
      const view = viewOf(view_id, userId);
      const user = userOf(room, userId);
      const action = actionOf(objectsOf(view.content.blocks), action_id, value);
      await room.delivery.deliver('interactive', {
        ...base('block_actions', user),
        container: { type: 'view', view_id },
        trigger_id: room.tickets.newTrigger(user.id, view.id),
        view: viewShape(state, view),
        actions: [action],
      });
    },

    submitView: async ({ view_id, user: userId, values = {} }) => {
      const view = viewOf(view_id, userId);
      const user = userOf(room, userId);
      const entered = enteredValues(view, values);
      const ack = await room.delivery.deliver('interactive', {
        ...base('view_submission', user),
        trigger_id: room.tickets.newTrigger(user.id, view.id),
        view: viewShape(state, view, entered),
        response_urls: [],
      });
      return afterSubmission(room, view, ack);
    },

    closeView: async ({ view_id, user: userId }) => {
      const view = viewOf(view_id, userId);
      const user = userOf(room, userId);
      closeTop(state, view);
      if (view.content.notify_on_close !== true) return;
      await room.delivery.deliver('interactive', {
        ...base('view_closed', user),
        view: viewShape(state, view),
        is_cleared: false,
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
        text,
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

    createChannel: ({ user: userId, name }) => {
      const user = userOf(room, userId);
      const refuse = (code: string): NotPossible => new NotPossible(`#${name} cannot be created: ${code}`);
      checkName(state, name, refuse);
      const { id } = newChannel(state, name, user.id);
      state.changed();
      return { id };
    },
  };
}

function userOf(room: Room, id: string): User {
  const user = room.state.users.get(id);
  if (!user || user.deleted) throw new NotPossible(`there is no user ${id}`);
  return user;
}

/** `state.values` of a modal: what was entered, else what each element started with. */
function enteredValues(view: View, values: Entered): JsonObject {
  const blocks = objectsOf(view.content.blocks);
  const result: { [blockId: string]: { [actionId: string]: JsonObject } } = {};
  for (const { element, blockId, block } of interactiveElements(blocks)) {
    if (block.type !== 'input' && element.type === 'button') continue;
    const actionId = stringOr(element.action_id, '');
    const given = values[blockId]?.[actionId] ?? initialValue(element);
    const isEmpty = given === undefined || given === null || given === '';
    if (block.type === 'input' && block.optional !== true && isEmpty) {
      throw new NotPossible(`"${blockId}" has to be filled in`);
    }
    result[blockId] = {
      ...result[blockId],
      [actionId]: isObject(given)
        ? { type: element.type, ...given }
        : { type: element.type, ...enteredValue(element, isEmpty ? null : given) },
    };
  }
  const unknown = Object.keys(values).find((blockId) => result[blockId] === undefined);
  if (unknown !== undefined) throw new NotPossible(`the view has no input block "${unknown}"`);
  return result;
}

/** What Slack does with the `response_action` of an acknowledged submission. */
function afterSubmission(room: Room, view: View, ack: JsonObject): Submitted {
  const { state } = room;
  const refuse = (code: string, detail?: JsonObject): Refusal => new Refusal(code, detail);
  switch (ack.response_action) {
    case 'errors': {
      const errors = isObject(ack.errors) ? ack.errors : {};
      view.errors = Object.fromEntries(Object.entries(errors).map(([block, text]) => [block, String(text)]));
      state.changed();
      return { closed: false, errors: view.errors };
    }
    case 'update':
      replaceView(state, view, viewContent(ack.view, state, refuse, view));
      return { closed: false, errors: {} };
    case 'push':
      showView(state, view.user, viewContent(ack.view, state, refuse), view);
      return { closed: false, errors: {} };
    case 'clear':
      closeAll(state, view.user);
      return { closed: true, errors: {} };
    default:
      closeTop(state, view);
      return { closed: true, errors: {} };
  }
}
