import { type JsonObject, objectsOf, stringOr } from './json.ts';
import { reactionsShape } from './shapes.ts';
import { type Channel, type ChannelKind, type Message, repliesOf, type State, type View } from './state.ts';

/** A channel as tests and the page see it. */
export type ChannelView = {
  id: string;
  kind: ChannelKind;
  /** '' in a direct message with one person. */
  name: string;
  topic: string;
  purpose: string;
  is_archived: boolean;
  created: number;
  creator: string;
  members: string[];
  bookmarks: { title: string; link: string; emoji: string }[];
  /** The ts of the newest message, '' in an empty channel. */
  latest: string;
};

/** A message as tests and the page see it. `subtype` is set on the lines that Slack writes itself. */
export type MessageView = {
  channel: string;
  ts: string;
  user: string;
  user_name: string;
  is_bot: boolean;
  subtype?: string;
  text: string;
  blocks: JsonObject[];
  attachments: JsonObject[];
  thread_ts?: string;
  reply_count: number;
  edited?: { user: string; ts: string };
  pinned: boolean;
  reactions: { name: string; users: string[] }[];
  ephemeral_to?: string;
  files?: { id: string; name: string; title: string }[];
  metadata?: JsonObject;
};

export type ViewView = {
  id: string;
  user: string;
  title: string;
  content: JsonObject;
  errors: { [blockId: string]: string };
};

export type PersonView = {
  id: string;
  name: string;
  real_name: string;
  is_bot: boolean;
  is_restricted: boolean;
  deleted: boolean;
  is_external: boolean;
  groups: string[];
};

export function channelView(channel: Channel): ChannelView {
  return {
    id: channel.id,
    kind: channel.kind,
    name: channel.name,
    topic: channel.topic.value,
    purpose: channel.purpose.value,
    is_archived: channel.isArchived,
    created: channel.created,
    creator: channel.creator,
    members: [...channel.members],
    bookmarks: channel.bookmarks.map(({ title, link, emoji }) => ({ title, link, emoji })),
    latest: [...channel.messages.keys()].at(-1) ?? '',
  };
}

export function messageView(state: State, channel: Channel, message: Message): MessageView {
  const user = state.users.get(message.user);
  const files = objectsOf(message.extra.files).map(({ id, name, title }) => ({
    id: stringOr(id, ''),
    name: stringOr(name, ''),
    title: stringOr(title, ''),
  }));
  return {
    channel: channel.id,
    ts: message.ts,
    user: message.user,
    user_name: user?.realName ?? message.user,
    is_bot: message.botId !== undefined,
    text: message.text,
    blocks: message.blocks,
    attachments: message.attachments,
    reply_count: message.threadTs === message.ts ? repliesOf(channel, message.ts).length : 0,
    pinned: message.pinned !== undefined,
    reactions: reactionsShape(message).map((one) => ({
      name: String(one.name),
      users: message.reactions.get(String(one.name)) ?? [],
    })),
    ...(message.subtype === undefined ? {} : { subtype: message.subtype }),
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.edited === undefined ? {} : { edited: message.edited }),
    ...(message.ephemeralTo === undefined ? {} : { ephemeral_to: message.ephemeralTo }),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
    ...(files.length === 0 ? {} : { files }),
  };
}

export function viewView(view: View): ViewView {
  const title = view.content.title;
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : '';
  return { id: view.id, user: view.user, title: String(text), content: view.content, errors: view.errors };
}

export function personViews(state: State): PersonView[] {
  return [...state.users.values()].map((user) => ({
    id: user.id,
    name: user.name,
    real_name: user.realName,
    is_bot: user.isBot,
    is_restricted: user.isRestricted,
    deleted: user.deleted,
    is_external: user.teamId !== state.team.id,
    groups: [...state.groups.values()]
      .filter((group) => group.users.includes(user.id))
      .map((group) => group.handle),
  }));
}
