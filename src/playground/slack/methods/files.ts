import { isObject, type JsonObject, stringOr } from '../json.ts';
import { type Call, invalidArguments, type Method, method, type Refuse } from '../method.ts';
import { post } from '../posting.ts';
import { type Channel, newMessage, type SharedFile } from '../state.ts';
import { need } from './lookup.ts';

const longestDescription = 1_000;
const mostChannels = 100;

const getUploadUrl = method({
  name: 'files.getUploadURLExternal',
  scopes: ['files:write'],
  errors: ['missing_argument', 'alt_txt_too_large'],
  run: ({ args, state, tickets }, refuse) => {
    const size = args.count('length', 0);
    if (!size || !args.has('filename')) throw refuse('missing_argument');
    if (args.text('alt_txt').length > longestDescription) throw refuse('alt_txt_too_large');
    const name = args.text('filename');
    const file: SharedFile = { id: state.nextId('F'), name, title: name, size, state: 'awaited' };
    state.files.set(file.id, file);
    return { upload_url: tickets.newUpload(file.id), file_id: file.id };
  },
});

const completeUpload = method({
  name: 'files.completeUploadExternal',
  scopes: ['files:write'],
  errors: [
    'file_not_found',
    'channel_not_found',
    'channels_limit_exceeded',
    'not_in_channel',
    'posting_to_channel_denied',
  ],
  run: (call, refuse) => {
    const { args, state } = call;
    need(args, 'files');
    const given = args.json('files');
    if (!Array.isArray(given) || !given.every(isObject)) {
      throw invalidArguments(['[ERROR] must provide an array [json-pointer:/files]']);
    }
    const channels = channelsOf(call, refuse);
    const files = given.map(({ id, title }): SharedFile => {
      const file = state.files.get(stringOr(id, ''));
      if (file?.state !== 'uploaded') throw refuse('file_not_found');
      return { ...file, title: stringOr(title, file.name), state: 'shared' };
    });
    for (const file of files) state.files.set(file.id, file);
    const shapes = files.map(fileShape);
    for (const channel of channels) share(call, channel, shapes);
    return { files: shapes };
  },
});

/** Where the files go; nowhere when no channel is named. */
function channelsOf(
  { args, state }: Call,
  refuse: Refuse<
    'channel_not_found' | 'channels_limit_exceeded' | 'not_in_channel' | 'posting_to_channel_denied'
  >,
): Channel[] {
  const ids = [args.text('channel_id'), ...args.text('channels').split(',')].filter((id) => id !== '');
  if (ids.length > mostChannels) throw refuse('channels_limit_exceeded');
  return [...new Set(ids)].map((id) => {
    const channel = state.channels.get(id);
    if (!channel) throw refuse('channel_not_found');
    if (!channel.members.has(state.app.userId)) throw refuse('not_in_channel');
    if (channel.isArchived) throw refuse('posting_to_channel_denied');
    return channel;
  });
}

function share(call: Call, channel: Channel, files: readonly JsonObject[]): void {
  const { args, state } = call;
  const threadTs = args.has('thread_ts') ? { threadTs: args.text('thread_ts') } : {};
  const message = newMessage(state, channel.id, {
    user: state.app.userId,
    botId: state.app.botId,
    text: args.text('initial_comment'),
    extra: { files, upload: false },
    ...threadTs,
  });
  post(call, channel, message);
}

function fileShape({ id, name, title, size }: SharedFile): JsonObject {
  return { id, name, title, size };
}

export const fileMethods: readonly Method[] = [getUploadUrl, completeUpload];
