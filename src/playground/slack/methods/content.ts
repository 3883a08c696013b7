import { withIds } from '../blocks/elements.ts';
import { blocksTooLong, faultLines, faultsOfBlocks } from '../blocks/validate.ts';
import { isObject, type JsonObject, objectsOf } from '../json.ts';
import type { Call, Refuse } from '../method.ts';
import type { Message } from '../state.ts';

type ContentError =
  | 'no_text'
  | 'invalid_blocks'
  | 'invalid_blocks_format'
  | 'markdown_text_conflict'
  | 'too_many_attachments';

const mostAttachments = 100;
const metadataBytes = 16_384;

/** The text, blocks and attachments of a message, checked; an argument that is absent is undefined. */
export function contentOf(
  call: Call,
  refuse: Refuse<ContentError>,
): { text: string | undefined; blocks: JsonObject[] | undefined; attachments: JsonObject[] | undefined } {
  const { args } = call;
  const markdown = args.has('markdown_text');
  if (markdown && (args.has('text') || args.has('blocks'))) throw refuse('markdown_text_conflict');
  const blocks = args.has('blocks') ? checkedBlocks(args.json('blocks'), refuse) : undefined;
  const attachments = args.has('attachments') ? objectsOf(args.json('attachments')) : undefined;
  if (attachments && attachments.length > mostAttachments) throw refuse('too_many_attachments');
  const text = markdown ? args.text('markdown_text') : args.has('text') ? args.text('text') : undefined;
  if (text === undefined && !blocks?.length && !attachments?.length) throw refuse('no_text');
  return {
    text,
    blocks: blocks && withIds(blocks, () => call.state.nextId('b').slice(-5)),
    attachments,
  };
}

/** The blocks, or the refusal with Slack's list of what is wrong with them. */
export function checkedBlocks(
  value: unknown,
  refuse: Refuse<'invalid_blocks' | 'invalid_blocks_format'>,
): JsonObject[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw refuse('invalid_blocks_format');
  const faults = faultsOfBlocks(value);
  if (faults.length > 0) {
    const lines = faultLines(faults, '/blocks');
    throw refuse('invalid_blocks', {
      errors: lines,
      response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
    });
  }
  return value;
}

export function checkLength(
  message: { blocks: JsonObject[] | undefined },
  refuse: Refuse<'msg_blocks_too_long'>,
): void {
  if (message.blocks && blocksTooLong(message.blocks)) throw refuse('msg_blocks_too_long');
}

/** A message's metadata: `{event_type, event_payload}` (https://docs.slack.dev/messaging/message-metadata). */
export function metadataOf(
  call: Call,
  refuse: Refuse<'invalid_metadata_format' | 'metadata_too_large'>,
): Message['metadata'] {
  if (!call.args.has('metadata')) return undefined;
  const metadata = call.args.object('metadata');
  if (!metadata || typeof metadata.event_type !== 'string' || metadata.event_type === '') {
    throw refuse('invalid_metadata_format');
  }
  if (!isObject(metadata.event_payload)) throw refuse('invalid_metadata_format');
  if (JSON.stringify(metadata).length > metadataBytes) throw refuse('metadata_too_large');
  return { event_type: metadata.event_type, event_payload: metadata.event_payload };
}
