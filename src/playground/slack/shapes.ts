import { defined, type JsonObject } from './json.ts';
import { type Channel, type Message, repliesOf, type State, type User, type View } from './state.ts';

/** A channel as the Web API shows it to the app. */
export function channelShape(state: State, channel: Channel): JsonObject {
  const isExternal = [...channel.members].some((id) => state.users.get(id)?.teamId !== state.team.id);
  if (channel.kind === 'im') return imShape(state, channel);
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.kind !== 'public',
    created: channel.created,
    creator: channel.creator,
    is_archived: channel.isArchived,
    is_general: channel.isGeneral,
    unlinked: 0,
    is_shared: isExternal,
    is_frozen: false,
    is_org_shared: false,
    is_ext_shared: isExternal,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: state.team.id,
    shared_team_ids: [state.team.id],
    parent_conversation: null,
    is_member: channel.members.has(state.app.userId),
    topic: channel.topic,
    purpose: channel.purpose,
    previous_names: [],
  };
}

function imShape(state: State, channel: Channel): JsonObject {
  const user = [...channel.members].find((id) => id !== state.app.userId) ?? '';
  return {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    is_im: true,
    is_org_shared: false,
    context_team_id: state.team.id,
    user,
    is_user_deleted: state.users.get(user)?.deleted ?? false,
    is_open: true,
    priority: 0,
  };
}

/** A message as the Web API and the events show it; metadata only when asked for. */
export function messageShape(
  state: State,
  channel: Channel,
  message: Message,
  options: { metadata?: boolean } = {},
): JsonObject {
  const replies = message.threadTs === message.ts ? repliesOf(channel, message.ts) : [];
  const parent = message.threadTs === undefined ? undefined : channel.messages.get(message.threadTs);
  const isReply = message.threadTs !== undefined && message.threadTs !== message.ts;
  const repliers = [...new Set(replies.map((reply) => reply.user))];
  return defined({
    type: 'message',
    subtype: message.subtype ?? (isReply && message.broadcast ? 'thread_broadcast' : undefined),
    user: message.user,
    team: message.subtype === undefined ? state.team.id : undefined,
    bot_id: message.botId,
    app_id: message.botId === state.app.botId ? state.app.id : undefined,
    bot_profile: message.botId === state.app.botId ? botProfile(state) : undefined,
    text: message.text,
    ts: message.ts,
    thread_ts: message.threadTs,
    parent_user_id: isReply ? parent?.user : undefined,
    edited: message.edited,
    blocks: message.blocks.length > 0 ? message.blocks : undefined,
    attachments: message.attachments.length > 0 ? message.attachments : undefined,
    metadata: options.metadata ? message.metadata : undefined,
    reactions: message.reactions.size > 0 ? reactionsShape(message) : undefined,
    pinned_to: message.pinned ? [channel.id] : undefined,
    pinned_info: message.pinned
      ? { channel: channel.id, pinned_by: message.pinned.by, pinned_ts: message.pinned.at }
      : undefined,
    ...(replies.length > 0
      ? {
          reply_count: replies.length,
          reply_users_count: repliers.length,
          latest_reply: replies.at(-1)?.ts,
          reply_users: repliers.slice(0, 5),
          is_locked: false,
          subscribed: true,
        }
      : {}),
    ...message.extra,
  });
}

export function reactionsShape(message: Message): JsonObject[] {
  return [...message.reactions].map(([name, users]) => ({ name, users, count: users.length }));
}

export function permalink(state: State, message: Message): string {
  const link = `https://${state.team.domain}.slack.com/archives/${message.channel}/p${message.ts.replace('.', '')}`;
  const isReply = message.threadTs !== undefined && message.threadTs !== message.ts;
  return isReply ? `${link}?thread_ts=${message.threadTs}&cid=${message.channel}` : link;
}

function botProfile(state: State): JsonObject {
  return {
    id: state.app.botId,
    deleted: false,
    name: state.app.name,
    updated: 0,
    app_id: state.app.id,
    user_id: state.app.userId,
    icons: {},
    team_id: state.team.id,
  };
}

/** A person's profile; the mail address only for an app that may see it. */
export function profileShape(state: State, user: User, scopes: readonly string[]): JsonObject {
  return defined({
    real_name: user.realName,
    real_name_normalized: user.realName,
    display_name: user.name,
    display_name_normalized: user.name,
    email: scopes.includes('users:read.email') && user.email !== '' ? user.email : undefined,
    bot_id: user.botId,
    api_app_id: user.botId === state.app.botId ? state.app.id : undefined,
    team: user.teamId,
  });
}

/** A person as `users.info` shows them. */
export function userShape(state: State, user: User, scopes: readonly string[]): JsonObject {
  return defined({
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deleted,
    real_name: user.deleted ? undefined : user.realName,
    tz: user.deleted ? undefined : 'Etc/UTC',
    tz_label: user.deleted ? undefined : 'Coordinated Universal Time',
    tz_offset: user.deleted ? undefined : 0,
    profile: profileShape(state, user, scopes),
    is_admin: user.deleted ? undefined : false,
    is_owner: user.deleted ? undefined : false,
    is_primary_owner: user.deleted ? undefined : false,
    is_restricted: user.deleted ? undefined : user.isRestricted,
    is_ultra_restricted: user.deleted ? undefined : (user.isUltraRestricted ?? false),
    is_bot: user.isBot,
    is_app_user: false,
    is_stranger: user.teamId === state.team.id ? undefined : isStranger(state, user),
    updated: 0,
  });
}

/** Somebody of another workspace who shares no channel with the app. */
export function isStranger(state: State, user: User): boolean {
  if (user.teamId === state.team.id) return false;
  return ![...state.channels.values()].some(
    (channel) => channel.members.has(user.id) && channel.members.has(state.app.userId),
  );
}

/** A modal as the views methods and payloads show it. */
export function viewShape(state: State, view: View, values: JsonObject = {}): JsonObject {
  return {
    id: view.id,
    team_id: state.team.id,
    private_metadata: '',
    callback_id: '',
    external_id: '',
    close: null,
    submit: null,
    clear_on_close: false,
    notify_on_close: false,
    ...view.content,
    state: { values },
    hash: view.hash,
    root_view_id: view.rootId,
    previous_view_id: view.previousId ?? null,
    app_id: state.app.id,
    app_installed_team_id: state.team.id,
    bot_id: state.app.botId,
  };
}
