import { type DocumentFault, faultLine } from './catalog.ts';
import { sha256 } from './json.ts';
import type { OutboxMessage } from './outbox.ts';

const SHOWN = 10;

/** Tells the incidents channel of documents that do not hold: once for the same faults, however often we start. */
export function documentNotice(faults: readonly DocumentFault[]): readonly OutboxMessage[] {
  const errors = faults.filter((fault) => fault.severity === 'error').map(faultLine);
  if (errors.length === 0) return [];
  const more = errors.length > SHOWN ? `\nand ${errors.length - SHOWN} more; see firstmate lint` : '';
  const text = `Some documents do not hold. Runbooks among them are set aside; a policy among them denies its service.\n${errors.slice(0, SHOWN).join('\n')}${more}`;
  const key = `notice:documents:${sha256(text)}`;
  return [{ key, lane: 'notices', incident: null, intent: { kind: 'notice', text } }];
}
