import type { JsonObject } from './json.ts';

export type User = {
  id: string;
  teamId: string;
  name: string;
  realName: string;
  email: string;
  isBot: boolean;
  deleted: boolean;
  /** A guest of one channel (Slack: single-channel guest); `isRestricted` too. */
  isUltraRestricted?: boolean;
  /** A guest of several channels (Slack: multi-channel guest). */
  isRestricted: boolean;
  botId?: string;
};

export type UserGroup = { id: string; handle: string; name: string; users: string[]; disabled?: boolean };

export type Note = { value: string; creator: string; last_set: number };

export type Bookmark = {
  id: string;
  title: string;
  link: string;
  emoji: string;
  created: number;
  updated: number;
  by: string;
};

export type Message = {
  channel: string;
  ts: string;
  user: string;
  botId?: string;
  subtype?: string;
  text: string;
  blocks: JsonObject[];
  attachments: JsonObject[];
  /** The parent's ts; on the parent itself too, once it has replies. */
  threadTs?: string;
  broadcast: boolean;
  metadata?: JsonObject;
  edited?: { user: string; ts: string };
  /** Set on a message that only this person sees. */
  ephemeralTo?: string;
  reactions: Map<string, string[]>;
  pinned?: { by: string; at: number };
  /** Members of a system line, such as the new topic. */
  extra: JsonObject;
};

/** A file on its way: its bytes are awaited, came, and were shared. The playground does not keep them. */
export type SharedFile = {
  id: string;
  name: string;
  title: string;
  /** In bytes, as the app said. */
  size: number;
  state: 'awaited' | 'uploaded' | 'shared';
};

/** Public and private channels, and direct messages with one person or several. */
export type ChannelKind = 'public' | 'private' | 'im' | 'mpim';

export type Channel = {
  id: string;
  kind: ChannelKind;
  /** '' in a direct message with one person. */
  name: string;
  created: number;
  creator: string;
  isGeneral: boolean;
  isArchived: boolean;
  topic: Note;
  purpose: Note;
  members: Set<string>;
  messages: Map<string, Message>;
  bookmarks: Bookmark[];
};

export type View = {
  id: string;
  user: string;
  /** What the app sent: title, blocks, private_metadata, callback_id and so on. */
  content: JsonObject;
  hash: string;
  rootId: string;
  previousId?: string;
  /** Errors of the last submission, by block id. */
  errors: { [blockId: string]: string };
};

export type Team = { id: string; name: string; domain: string };

/** Everything the workspace remembers, and the few things that count up: ids and timestamps. */
export type State = {
  team: Team;
  app: { id: string; name: string; userId: string; botId: string };
  users: Map<string, User>;
  groups: Map<string, UserGroup>;
  channels: Map<string, Channel>;
  /** Open modals, innermost last, per person. */
  views: Map<string, View>;
  stacks: Map<string, string[]>;
  files: Map<string, SharedFile>;
  /** The app's Home tab, per person. */
  homes: Map<string, View>;
  now: () => number;
  /** Seconds since the epoch. */
  seconds: () => number;
  /** A message timestamp: seconds, a dot, six digits; greater than every one given before. */
  nextTs: () => string;
  /** An id that was not given before, such as `C000000001` for the prefix `C`. */
  nextId: (prefix: string) => string;
  changed: () => void;
  onChange: (listener: () => void) => () => void;
};

export function createState(options: {
  team: Team;
  app: State['app'];
  now: () => number;
  users: readonly User[];
  groups: readonly UserGroup[];
}): State {
  let lastMicros = 0;
  let ids = 0;
  const listeners = new Set<() => void>();
  return {
    team: options.team,
    app: options.app,
    users: new Map(options.users.map((user) => [user.id, user])),
    groups: new Map(options.groups.map((group) => [group.id, group])),
    channels: new Map(),
    views: new Map(),
    stacks: new Map(),
    files: new Map(),
    homes: new Map(),
    now: options.now,
    seconds: () => Math.floor(options.now() / 1000),
    nextTs: () => {
      lastMicros = Math.max(Math.floor(options.now() * 1000), lastMicros + 1);
      return formatTs(lastMicros);
    },
    nextId: (prefix) => {
      ids += 1;
      return `${prefix}${ids.toString(36).toUpperCase().padStart(9, '0')}`;
    },
    changed: () => {
      for (const listener of listeners) listener();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function formatTs(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

export function newChannel(
  state: State,
  name: string,
  creator: string,
  options: { id?: string; kind?: ChannelKind } = {},
): Channel {
  const empty: Note = { value: '', creator: '', last_set: 0 };
  const { kind = 'public' } = options;
  const id = options.id ?? state.nextId(kind === 'im' ? 'D' : 'C');
  const channel: Channel = {
    id,
    kind,
    name,
    created: state.seconds(),
    creator,
    isGeneral: name === 'general',
    isArchived: false,
    topic: empty,
    purpose: empty,
    members: new Set([creator]),
    messages: new Map(),
    bookmarks: [],
  };
  state.channels.set(id, channel);
  return channel;
}

/** A message that is not in its channel yet. */
export function newMessage(
  state: State,
  channel: string,
  fields: Partial<Message> & { user: string },
): Message {
  return {
    channel,
    ts: state.nextTs(),
    text: '',
    blocks: [],
    attachments: [],
    broadcast: false,
    reactions: new Map(),
    extra: {},
    ...fields,
  };
}

/** The replies of a thread that everybody sees, oldest first. */
export function repliesOf(channel: Channel, threadTs: string): Message[] {
  return [...channel.messages.values()].filter(
    (message) =>
      message.threadTs === threadTs && message.ts !== threadTs && message.ephemeralTo === undefined,
  );
}

/** The direct message of our app with a person, opened when there is none. */
export function openIm(state: State, userId: string): { channel: Channel; isNew: boolean } {
  const known = [...state.channels.values()].find((one) => one.kind === 'im' && one.members.has(userId));
  if (known) return { channel: known, isNew: false };
  const channel = newChannel(state, '', state.app.userId, { kind: 'im' });
  channel.members.add(userId);
  state.changed();
  return { channel, isNew: true };
}

/** Whether a person can open the channel: guests only when they are in it, others whenever it is public. */
export function canSee(state: State, channel: Channel, userId: string): boolean {
  const user = state.users.get(userId);
  if (!user || user.deleted) return false;
  if (channel.members.has(userId)) return true;
  return channel.kind === 'public' && !user.isRestricted && user.teamId === state.team.id;
}
