import type { LedgerHead, OutboxMessage } from '../../core/outbox.ts';
import type { SendContext, SendEnd } from '../../core/ports/messenger.ts';
import { deliver, findPost, metadata, type Place } from '../deliver.ts';
import { attempt, isFailure } from '../failure.ts';
import type { Tools } from '../tools.ts';
import { type Rendered, section } from '../views/blocks.ts';
import { pinned } from './pin.ts';

type PublishHead = Extract<OutboxMessage['intent'], { kind: 'publish_head' }>;

/** Edits the pinned message that told the head before; where that is gone, posts and pins another one. */
export async function publishHead(
  tools: Tools,
  place: Place,
  key: string,
  intent: PublishHead,
  context: SendContext,
): Promise<SendEnd> {
  const content = ledgerHead(intent.head);
  const before = intent.after === null ? null : await context.resultOf(intent.after);
  if (before !== null && before.ts !== null) {
    const { channel, ts } = before;
    const updated = await attempt(() =>
      tools.client.chat.update({
        channel,
        ts,
        text: content.text,
        blocks: content.blocks,
        metadata: metadata(key),
      }),
    );
    if (!isFailure(updated))
      return { status: 'sent', result: { channel, ts, sentAt: tools.now().toISOString() } };
    if (updated.end.status !== 'refused') return updated.end;
  }
  return pinnedEnd(tools, await deliver(tools, place, key, content));
}

/** Finds the message of a sending whose end is not known, and sees to it that it is pinned. */
export async function findHead(tools: Tools, place: Place, key: string): Promise<SendEnd | null> {
  const found = await findPost(tools, place, key);
  return found === null ? null : pinnedEnd(tools, found);
}

/** A post that cannot be pinned counts as posted; one whose pin may come later is looked for again. */
async function pinnedEnd(tools: Tools, posted: SendEnd): Promise<SendEnd> {
  if (posted.status !== 'sent' || posted.result.ts === null) return posted;
  const end = await pinned(tools, posted.result.channel, posted.result.ts);
  switch (end.status) {
    case 'sent':
    case 'refused':
      return posted;
    case 'later':
    case 'unknown':
      return { status: 'unknown', afterMs: end.afterMs, says: end.says };
  }
}

function ledgerHead({ n, at, hash }: LedgerHead): Rendered {
  const time = `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
  return {
    text: `Ledger head ${hash} (checkpoint ${n}, ${time})`,
    blocks: [
      section(
        `*Ledger head*, checkpoint ${n}, ${time}\n\`${hash}\`\nEverything recorded up to then is part of this hash. Whether it still is as it was: \`firstmate audit verify --head ${hash}\``,
      ),
    ],
  };
}
