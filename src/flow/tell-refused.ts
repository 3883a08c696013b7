import type { Clock, Log } from '../core/ports/clock.ts';
import type { Outbox } from '../core/ports/outbox.ts';
import { refusedNotice } from '../core/refused-notice.ts';

export type TellingRefused = {
  readonly outbox: Pick<Outbox, 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** A message waits. */
  readonly stored: () => void;
};

const EVERY_MS = 60 * 60_000;

/** Tells people of refused deliveries, of each source and reason at most hourly. */
export function tellRefused(telling: TellingRefused): (source: string, status: number) => void {
  const toldAt = new Map<string, number>();
  return (source, status) => {
    const now = telling.clock.now();
    const notice = refusedNotice(source, status, now);
    if (notice === null) return;
    // The notice's key holds the hour, so a restart does not repeat it; the turn of the hour must not either.
    const about = notice.key.slice(0, notice.key.lastIndexOf(':'));
    const last = toldAt.get(about);
    if (last !== undefined && Date.parse(now) - last < EVERY_MS) return;
    toldAt.set(about, Date.parse(now));
    telling.outbox
      .put([notice], now)
      .then(telling.stored)
      .catch((error: unknown) => {
        toldAt.delete(about);
        telling.log.error({ error: String(error) }, 'notice.not_stored');
      });
  };
}
