import { argsOf } from './args.ts';
import type { JsonObject } from './json.ts';
import { type Call, Refusal } from './method.ts';
import { contentOf } from './methods/content.ts';
import { post, removeMessage, tellChanged } from './posting.ts';
import { messageShape } from './shapes.ts';
import { newMessage } from './state.ts';
import type { ResponseTarget } from './tickets.ts';

type Room = Omit<Call, 'args' | 'scopes'>;

/**
 * What an app sends to a `response_url`: a new message (ephemeral unless it says `in_channel`), or a
 * replacement or removal of the message that the person acted on.
 * @returns the HTTP status and body
 */
export function answerResponseUrl(
  room: Room,
  path: string,
  body: JsonObject,
): { status: number; body: JsonObject } {
  const target = room.tickets.useResponseUrl(path);
  if (typeof target === 'string') {
    return { status: 404, body: { ok: false, error: target === 'unknown' ? 'no_active_hooks' : target } };
  }
  try {
    applyResponse(room, target, body);
    return { status: 200, body: { ok: true } };
  } catch (error) {
    if (error instanceof Refusal)
      return { status: 400, body: { ok: false, error: error.code, ...error.detail } };
    throw error;
  }
}

/** Puts an app's answer to a click or a command into the channel. @throws Refusal when it does not hold */
export function applyResponse(room: Room, target: ResponseTarget, body: JsonObject): void {
  const { state } = room;
  const channel = state.channels.get(target.channel);
  if (!channel) throw new Refusal('channel_not_found');
  const original = target.messageTs === undefined ? undefined : channel.messages.get(target.messageTs);
  if (body.delete_original === true || body.delete_original === 'true') {
    if (original) removeMessage(room, channel, original);
    return;
  }
  const refuse = (code: string, detail?: JsonObject): Refusal => new Refusal(code, detail);
  const content = contentOf({ ...room, args: argsOf(body), scopes: [] }, refuse);
  const replaces = body.replace_original === true || body.replace_original === 'true';
  if (replaces && original) {
    const before = messageShape(state, channel, original);
    original.text = content.text ?? '';
    original.blocks = content.blocks ?? [];
    original.edited = { user: state.app.userId, ts: state.nextTs() };
    tellChanged(room, channel, original, before);
    return;
  }
  const threadTs = typeof body.thread_ts === 'string' ? body.thread_ts : undefined;
  const message = newMessage(state, channel.id, {
    user: state.app.userId,
    botId: state.app.botId,
    text: content.text ?? '',
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    ...(body.response_type === 'in_channel' ? {} : { ephemeralTo: target.user }),
    ...(threadTs === undefined ? {} : { threadTs }),
  });
  post(room, channel, message);
}
