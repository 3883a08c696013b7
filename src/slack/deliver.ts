import type { SendEnd } from '../core/ports/messenger.ts';
import { attempt, type Failure, isFailure } from './failure.ts';
import type { Tools } from './tools.ts';
import type { Rendered } from './views/blocks.ts';

/** Where a message goes; a reply has the ts of what it replies to. */
export type Place = { readonly channel: string; readonly thread: string | null };

const PAGE = 200;
const MOST_PAGES = 15;
const EVENT_TYPE = 'firstmate_post';

/** Every post carries its outbox key, so that it can be found again (HOUSE, "Side effects and crashes"). */
export function metadata(key: string): { event_type: string; event_payload: { key: string } } {
  return { event_type: EVENT_TYPE, event_payload: { key } };
}

/** Posts. Joins the channel where we are not in it, and posts at the top where the thread is gone. */
export async function deliver(tools: Tools, place: Place, key: string, message: Rendered): Promise<SendEnd> {
  const post = (thread: string | null) =>
    attempt(() =>
      tools.client.chat.postMessage({
        channel: place.channel,
        text: message.text,
        blocks: message.blocks,
        metadata: metadata(key),
        unfurl_links: false,
        unfurl_media: false,
        ...(thread === null ? {} : { thread_ts: thread }),
      }),
    );
  let posted = await post(place.thread);
  if (isFailure(posted) && posted.code === 'not_in_channel') {
    const joined = await attempt(() => tools.client.conversations.join({ channel: place.channel }));
    if (isFailure(joined)) return joined.end;
    posted = await post(place.thread);
  }
  if (isFailure(posted) && posted.code === 'cannot_reply_to_message') posted = await post(null);
  if (isFailure(posted)) return posted.end;
  return {
    status: 'sent',
    result: {
      channel: posted.channel ?? place.channel,
      ts: posted.ts ?? null,
      sentAt: tools.now().toISOString(),
    },
  };
}

/** Looks through a channel, or a thread, for our message with this key, newest first, as far as 3,000 messages. */
export async function findPost(tools: Tools, place: Place, key: string): Promise<SendEnd | null> {
  const self = await attempt(tools.identify);
  if (isFailure(self)) return asUnknown(self);
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await attempt(() => readPage(tools, place, cursor));
    if (isFailure(answer)) {
      if (answer.code === 'thread_not_found') return findPost(tools, { ...place, thread: null }, key);
      // Where we cannot be, nothing of ours was posted.
      return answer.code === 'not_in_channel' ? null : asUnknown(answer);
    }
    for (const message of answer.messages ?? []) {
      if (message.user !== self.userId && message.bot_id !== self.botId) continue;
      if (keyOf(message.metadata) !== key || message.ts === undefined) continue;
      return {
        status: 'sent',
        result: { channel: place.channel, ts: message.ts, sentAt: timeOf(message.ts) },
      };
    }
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') return null;
  }
  return null;
}

function readPage({ client }: Tools, place: Place, cursor: string | undefined) {
  const asked = {
    channel: place.channel,
    limit: PAGE,
    include_all_metadata: true,
    ...(cursor === undefined ? {} : { cursor }),
  };
  return place.thread === null
    ? client.conversations.history(asked)
    : client.conversations.replies({ ...asked, ts: place.thread });
}

function keyOf(metadata: { event_type?: string; event_payload?: object } | undefined): string | null {
  if (metadata?.event_type !== EVENT_TYPE) return null;
  const { event_payload: payload } = metadata;
  return payload !== undefined && 'key' in payload && typeof payload.key === 'string' ? payload.key : null;
}

/** A search that failed settles nothing: the message may be there. */
export function asUnknown({ end }: Failure): SendEnd {
  return { status: 'unknown', afterMs: end.status === 'refused' ? 60_000 : end.afterMs, says: end.says };
}

/** A message's ts is the time at which Slack took it, in seconds. */
function timeOf(ts: string): string {
  return new Date(Math.floor(Number(ts) * 1000)).toISOString();
}
