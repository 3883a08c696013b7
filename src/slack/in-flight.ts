import { setTimeout as delay } from 'node:timers/promises';
import type { AnyMiddlewareArgs, Middleware } from '@slack/bolt';
import type { Log } from '../core/ports/clock.ts';

export type InFlight = {
  readonly middleware: Middleware<AnyMiddlewareArgs>;
  /** From now on nothing is acknowledged. Resolves when all that was has been acted on, or after `mostMs`. */
  stop(mostMs: number): Promise<void>;
};

/**
 * Knows what is being acted on. What was acknowledged is ours to end: Slack does not send it again. A click or a
 * command that comes after `stop` is left unacknowledged, so that Slack sends it again, to the next process. Events
 * are acknowledged by Bolt before this sees them, so they are always acted on.
 */
export function inFlight(log: Log): InFlight {
  const open = new Set<Promise<void>>();
  let stopping = false;
  return {
    middleware: async (args) => {
      if (stopping && !('event' in args)) return;
      const done = args.next();
      open.add(done);
      try {
        await done;
      } finally {
        open.delete(done);
      }
    },
    async stop(mostMs) {
      stopping = true;
      const waited = new AbortController();
      const late = delay(mostMs, 'late' as const, { signal: waited.signal }).catch(() => 'late' as const);
      while (open.size > 0) {
        const ended = await Promise.race([late, Promise.allSettled(open)]);
        if (ended !== 'late') continue;
        log.error({ actions: open.size }, 'what people asked for in Slack did not end in time');
        break;
      }
      waited.abort();
    },
  };
}
