import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';

/** Slack's last retry comes six minutes after the first delivery. */
const REMEMBERED_MS = 15 * 60_000;

/**
 * Acts on each delivery once: Slack sends an event, and in Socket Mode a click or a command, again when our
 * acknowledgement was late or lost (https://docs.slack.dev/apis/events-api#retries). What comes again is
 * acknowledged and nothing more. A form that comes again is judged again: its answer is what the person waits for.
 */
export function actOnce(now: () => Date): Middleware<AnyMiddlewareArgs> {
  const seen = new Map<string, number>();
  return async (args) => {
    const id = deliveryId(args.body);
    if (id === null) return args.next();
    const at = now().getTime();
    for (const [known, until] of seen) if (until <= at) seen.delete(known);
    if (!seen.has(id)) {
      seen.set(id, at + REMEMBERED_MS);
      return args.next();
    }
    if ('ack' in args && typeof args.ack === 'function') await args.ack();
  };
}

/** What Slack keeps the same when it sends something again. */
function deliveryId(body: object): string | null {
  if ('event_id' in body && typeof body.event_id === 'string') return body.event_id;
  if ('type' in body && body.type === 'view_submission') return null;
  return 'trigger_id' in body && typeof body.trigger_id === 'string' ? body.trigger_id : null;
}
