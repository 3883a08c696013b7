import type { SendContext, SendEnd } from '../../core/ports/messenger.ts';
import { metadata } from '../deliver.ts';
import { attempt, isFailure } from '../failure.ts';
import type { Tools } from '../tools.ts';
import type { Rendered } from '../views/blocks.ts';

/** Edits an earlier post. Where that is gone or may not be edited, Slack's refusal gives the edit up. */
export async function refresh(
  tools: Tools,
  post: string,
  context: SendContext,
  message: Rendered,
): Promise<SendEnd> {
  const where = await context.resultOf(post);
  if (where === null || where.ts === null) return { status: 'refused', says: `${post} was not posted` };
  const { channel, ts } = where;
  const updated = await attempt(() =>
    tools.client.chat.update({
      channel,
      ts,
      text: message.text,
      blocks: message.blocks,
      metadata: metadata(post),
    }),
  );
  if (isFailure(updated)) return updated.end;
  return { status: 'sent', result: { channel, ts, sentAt: tools.now().toISOString() } };
}
