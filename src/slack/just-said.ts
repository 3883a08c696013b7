import { attempt, isFailure } from './failure.ts';
import type { Tools } from './tools.ts';

/**
 * Whether a person said it just now. A command carries no time, and one that nobody acknowledged may be brought again
 * minutes later, to a process that never saw it. But its trigger opens a modal once, and for three seconds only
 * (https://docs.slack.dev/interactivity/handling-user-interaction): a modal that opens proves that the command is new.
 * False where Slack does not say so.
 */
export async function saidJustNow(
  { client, log }: Pick<Tools, 'client' | 'log'>,
  { trigger, title }: { readonly trigger: string; readonly title: string },
): Promise<boolean> {
  const text = 'Heard. The answer stands in the channel, for you alone.';
  const opened = await attempt(() =>
    client.views.open({
      trigger_id: trigger,
      view: {
        type: 'modal',
        title: { type: 'plain_text', text: title, emoji: false },
        close: { type: 'plain_text', text: 'Close', emoji: false },
        blocks: [{ type: 'section', text: { type: 'plain_text', text, emoji: false } }],
      },
    }),
  );
  if (!isFailure(opened)) return true;
  log.warn({ title, says: opened.end.says }, 'a command may be an old one');
  return false;
}
