import { type Method, method } from '../method.ts';
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
    const channel = channelOf(call, refuse, 'channel_id');
    if (!channel.members.has(state.app.userId)) throw refuse('permission_denied');
    if (args.text('type') !== 'link') throw refuse('invalid_bookmark_type');
    if (!/^https?:\/\//.test(args.text('link'))) throw refuse('invalid_link');
    const emoji = args.text('emoji');
    if (emoji !== '' && !/^:[a-z0-9_+'-]+:$/.test(emoji)) throw refuse('invalid_emoji');
    if (channel.bookmarks.length >= mostBookmarks) throw refuse('too_many_bookmarks');
    const bookmark = {
      id: state.nextId('Bk'),
      title: args.text('title'),
      link: args.text('link'),
      emoji,
      created: state.seconds(),
      by: state.app.userId,
    };
    channel.bookmarks.push(bookmark);
    state.changed();
    return {
      bookmark: {
        id: bookmark.id,
        channel_id: channel.id,
        title: bookmark.title,
        link: bookmark.link,
        emoji: bookmark.emoji,
        icon_url: null,
        type: 'link',
        entity_id: null,
        date_created: bookmark.created,
        date_updated: 0,
        rank: String.fromCharCode(96 + Math.min(26, channel.bookmarks.length)),
        last_updated_by_user_id: bookmark.by,
        last_updated_by_team_id: state.team.id,
        shortcut_id: null,
        app_id: state.app.id,
      },
    };
  },
});

export const bookmarkMethods: readonly Method[] = [add];
