import type { JsonObject } from '../json.ts';
import { type Call, type Method, method, type Refuse } from '../method.ts';
import type { Bookmark, Channel } from '../state.ts';
import { channelOf, need } from './lookup.ts';

const mostBookmarks = 100;

const add = method({
  name: 'bookmarks.add',
  scopes: ['bookmarks:write'],
  errors: [
    'channel_not_found',
    'invalid_bookmark_type',
    'invalid_link',
    'invalid_emoji',
    'too_many_bookmarks',
    'permission_denied',
  ],
  run: (call, refuse) => {
    const { args, state } = call;
    need(args, 'channel_id', 'title', 'type');
    const channel = bookmarked(call, refuse);
    if (args.text('type') !== 'link') throw refuse('invalid_bookmark_type');
    if (!isLink(args.text('link'))) throw refuse('invalid_link');
    const emoji = args.text('emoji');
    if (emoji !== '' && !isEmoji(emoji)) throw refuse('invalid_emoji');
    if (channel.bookmarks.length >= mostBookmarks) throw refuse('too_many_bookmarks');
    const bookmark: Bookmark = {
      id: state.nextId('Bk'),
      title: args.text('title'),
      link: args.text('link'),
      emoji,
      created: state.seconds(),
      updated: 0,
      by: state.app.userId,
    };
    channel.bookmarks.push(bookmark);
    state.changed();
    return { bookmark: bookmarkShape(call, channel, bookmark) };
  },
});

const edit = method({
  name: 'bookmarks.edit',
  scopes: ['bookmarks:write'],
  errors: ['channel_not_found', 'not_found', 'invalid_link', 'invalid_emoji', 'permission_denied'],
  run: (call, refuse) => {
    const { args, state } = call;
    const channel = bookmarked(call, refuse);
    const bookmark = channel.bookmarks.find((one) => one.id === args.text('bookmark_id'));
    if (!bookmark) throw refuse('not_found');
    if (args.has('link') && !isLink(args.text('link'))) throw refuse('invalid_link');
    if (args.has('emoji') && !isEmoji(args.text('emoji'))) throw refuse('invalid_emoji');
    if (args.has('title')) bookmark.title = args.text('title');
    if (args.has('link')) bookmark.link = args.text('link');
    if (args.has('emoji')) bookmark.emoji = args.text('emoji');
    bookmark.updated = state.seconds();
    state.changed();
    return { bookmark: bookmarkShape(call, channel, bookmark) };
  },
});

const list = method({
  name: 'bookmarks.list',
  scopes: ['bookmarks:read'],
  errors: ['channel_not_found'],
  run: (call, refuse) => {
    const channel = channelOf(call, refuse, 'channel_id');
    return { bookmarks: channel.bookmarks.map((bookmark) => bookmarkShape(call, channel, bookmark)) };
  },
});

const remove = method({
  name: 'bookmarks.remove',
  scopes: ['bookmarks:write'],
  errors: ['channel_not_found', 'not_found', 'permission_denied'],
  run: (call, refuse) => {
    const channel = bookmarked(call, refuse);
    const index = channel.bookmarks.findIndex((one) => one.id === call.args.text('bookmark_id'));
    if (index < 0) throw refuse('not_found');
    channel.bookmarks.splice(index, 1);
    call.state.changed();
    return {};
  },
});

/** The channel whose bookmarks are to change: one must be in it. */
function bookmarked(call: Call, refuse: Refuse<'channel_not_found' | 'permission_denied'>): Channel {
  const channel = channelOf(call, refuse, 'channel_id');
  if (!channel.members.has(call.state.app.userId)) throw refuse('permission_denied');
  return channel;
}

function isLink(link: string): boolean {
  return /^https?:\/\/./.test(link);
}

function isEmoji(emoji: string): boolean {
  return /^:[a-z0-9_+'-]+:$/.test(emoji);
}

function bookmarkShape({ state }: Call, channel: Channel, bookmark: Bookmark): JsonObject {
  const place = channel.bookmarks.indexOf(bookmark) + 1;
  return {
    id: bookmark.id,
    channel_id: channel.id,
    title: bookmark.title,
    link: bookmark.link,
    emoji: bookmark.emoji,
    icon_url: null,
    type: 'link',
    entity_id: null,
    date_created: bookmark.created,
    date_updated: bookmark.updated,
    rank: String.fromCharCode(96 + Math.min(26, place)),
    last_updated_by_user_id: bookmark.by,
    last_updated_by_team_id: state.team.id,
    shortcut_id: null,
    app_id: state.app.id,
  };
}

export const bookmarkMethods: readonly Method[] = [add, edit, list, remove];
