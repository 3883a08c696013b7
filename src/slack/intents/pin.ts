import type { SendContext, SendEnd } from '../../core/ports/messenger.ts';
import { attempt, isFailure } from '../failure.ts';
import type { Tools } from '../tools.ts';

/** Pins an earlier post; one that is pinned already is as it should be. */
export async function pin(tools: Tools, post: string, context: SendContext): Promise<SendEnd> {
  const where = await context.resultOf(post);
  if (where === null || where.ts === null) return { status: 'refused', says: `${post} was not posted` };
  return pinned(tools, where.channel, where.ts);
}

export async function pinned(tools: Tools, channel: string, ts: string): Promise<SendEnd> {
  const pinned = await attempt(() => tools.client.pins.add({ channel, timestamp: ts }));
  if (isFailure(pinned) && pinned.code !== 'already_pinned') return pinned.end;
  return { status: 'sent', result: { channel, ts, sentAt: tools.now().toISOString() } };
}
