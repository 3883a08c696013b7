import type { Args } from '../args.ts';
import { type Call, missingField, Refusal, type Refuse } from '../method.ts';
import type { Channel, ChannelKind, Message, State } from '../state.ts';

/** The channel that an argument names by id. */
export function channelOf(call: Call, refuse: Refuse<'channel_not_found'>, name = 'channel'): Channel {
  const channel = call.state.channels.get(call.args.text(name));
  if (!channel || !isVisible(call.state, channel)) throw refuse('channel_not_found');
  return channel;
}

/** An app sees public channels, and of the others those that it is in. */
export function isVisible(state: State, channel: Channel): boolean {
  return channel.kind === 'public' || channel.members.has(state.app.userId);
}

const families = { public: 'channels', private: 'groups', im: 'im', mpim: 'mpim' } as const;

/** Scopes of which one lets an app call a method for some kind of channel. */
export function scopesFor(verb: 'history' | 'read' | 'write'): string[] {
  return (['public', 'private', 'im', 'mpim'] as const).map((kind) => scopeFor(kind, verb));
}

/**
 * `part` names a narrower scope that is enough too, as `groups:write.invites` beside `groups:write`.
 * @throws Refusal `missing_scope` when the token lacks the scope for this kind of channel
 */
export function needScope(
  call: Call,
  kind: ChannelKind,
  verb: 'history' | 'read' | 'write',
  part?: 'invites' | 'topic',
): void {
  const needed = scopeFor(kind, verb);
  if (call.scopes.includes(needed)) return;
  if (part !== undefined && call.scopes.includes(`${families[kind]}:${verb}.${part}`)) return;
  throw new Refusal('missing_scope', { needed, provided: call.scopes.join(',') });
}

function scopeFor(kind: ChannelKind, verb: 'history' | 'read' | 'write'): string {
  return kind === 'public' && verb === 'write' ? 'channels:manage' : `${families[kind]}:${verb}`;
}

/** @throws Refusal for direct messages, which have no name, no archive and no guests */
export function noDirectMessage(
  channel: Channel,
  refuse: Refuse<'method_not_supported_for_channel_type'>,
): void {
  if (channel.kind === 'im' || channel.kind === 'mpim') throw refuse('method_not_supported_for_channel_type');
}

/** The channel, when our bot is in it. */
export function ownChannel(call: Call, refuse: Refuse<'channel_not_found' | 'not_in_channel'>): Channel {
  const channel = channelOf(call, refuse);
  if (!channel.members.has(call.state.app.userId)) throw refuse('not_in_channel');
  return channel;
}

/** The channel, when our bot is in it and it is not archived. */
export function liveChannel(
  call: Call,
  refuse: Refuse<'channel_not_found' | 'not_in_channel' | 'is_archived'>,
): Channel {
  const channel = ownChannel(call, refuse);
  if (channel.isArchived) throw refuse('is_archived');
  return channel;
}

/** A message that can be looked up: ephemeral ones cannot. */
export function messageOf(channel: Channel, ts: string, refuse: Refuse<'message_not_found'>): Message {
  const message = channel.messages.get(ts);
  if (!message || message.ephemeralTo !== undefined) throw refuse('message_not_found');
  return message;
}

export function isTs(value: string): boolean {
  return /^\d{1,12}(\.\d{1,6})?$/.test(value);
}

/** @throws Refusal when one of the arguments is absent */
export function need(args: Args, ...names: string[]): void {
  const missing = names.filter((name) => !args.has(name));
  if (missing.length > 0) throw missingField(...missing);
}

/**
 * One page of a list by Slack's cursors, which say the place after which the next page starts.
 * @returns the page, and the cursor of the next one ('' on the last)
 */
export function pageOf<Item>(
  args: Args,
  items: readonly Item[],
  options: { usual: number; most: number; invalidLimit?: () => Refusal; invalidCursor: () => Refusal },
): { page: Item[]; next: string } {
  const asked = args.count('limit', options.usual);
  if (asked === undefined && options.invalidLimit) throw options.invalidLimit();
  const limit = Math.min(asked === undefined || asked === 0 ? options.usual : asked, options.most);
  const cursor = args.text('cursor');
  let start = 0;
  if (cursor !== '') {
    const place = /^next:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64').toString('latin1'))?.[1];
    if (place === undefined || Number(place) > items.length) throw options.invalidCursor();
    start = Number(place);
  }
  const end = start + limit;
  const next = end < items.length ? Buffer.from(`next:${end}`).toString('base64') : '';
  return { page: items.slice(start, end), next };
}
