import type { Incident } from '../../core/incident.ts';
import { type Block, context, type Rendered, section } from './blocks.ts';
import { markdownParts } from './markdown.ts';
import { prose } from './text.ts';

const ROOM = 11_000;
const MOST_BLOCKS = 45;

/** The review as Slack can show it; what does not fit is left to the command line. */
export function review(incident: Incident): Rendered {
  const parts = markdownParts(incident.review ?? 'There is no review yet.');
  const blocks: Block[] = [];
  let used = 0;
  for (const part of parts) {
    if (used + part.length > ROOM || blocks.length >= MOST_BLOCKS) break;
    blocks.push(section(part));
    used += part.length;
  }
  const cut = blocks.length < parts.length;
  return {
    text: prose(`Review of ${incident.id}: ${incident.title}`, 300),
    blocks: [
      ...blocks,
      context(`${cut ? 'This is the beginning; the whole review: ' : ''}\`firstmate review ${incident.id}\``),
    ],
  };
}
