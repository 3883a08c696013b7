import type { IncidentId } from '../core/ids.ts';
import type { Answer, SlackActions } from './actions.ts';
import type { Asked } from './asked.ts';

/** `break-glass 15 the freeze blocks the fix`: the minutes come first, and may be left out. */
export function breakGlass(
  actions: Pick<SlackActions, 'breakGlass'>,
  incident: IncidentId,
  text: string,
  { by, isNew }: Pick<Asked, 'by' | 'isNew'>,
): Promise<Answer> {
  return actions.breakGlass({ incident, ...read(text), by, isNew: () => isNew('Break the glass') });
}

function read(text: string): { readonly minutes: number | null; readonly reason: string } {
  const [, minutes, rest] = /^(\d{1,6})(?:m|min)?(?:\s+([\s\S]*))?$/i.exec(text.trim()) ?? [];
  return minutes === undefined
    ? { minutes: null, reason: text }
    : { minutes: Number(minutes), reason: rest ?? '' };
}
